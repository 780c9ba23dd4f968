"""Every database and every desk that the contract tests run on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from integrations.database import Database, upgrade
from integrations.desk import TicketDesk
from integrations.drafts import Drafts
from tests.conftest import NOW
from tests.desks import desks
from tests.fakes.desk import FakeDesk
from tests.postgres import new_database


class Clock:
    """A clock that moves a second a look: two tickets never share their moment."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of each kind."""
    if request.param == "postgresql":
        made = Database(new_database(request.getfixturevalue("postgres_url")))
    else:
        made = Database(f"sqlite:///{tmp_path}/t.db")
    upgrade(made)
    yield made
    made.engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def drafts(database: Database, clock: Clock) -> Drafts:
    return Drafts(database, clock)


@pytest.fixture(params=["fake", "local", "local with a remote"])
def desk(request: pytest.FixtureRequest, database: Database, clock: Clock) -> TicketDesk:
    """Each desk; a new one is one more line here."""
    if request.param == "fake":
        return FakeDesk(clock)
    return desks(database, clock, remote=request.param == "local with a remote").desk
