"""What the telephone's tests share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def phone_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for the calls' database: every test has calls of its own in it."""
    return tmp_path_factory.mktemp("phone")
