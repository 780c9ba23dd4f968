"""What every kind of test may need: a trained model, and the real house on it."""

import asyncio
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.conversation import Conversation
from bot.main import conversing
from bot.rasa_process import ensure_model
from config.settings import Settings
from tests.postgres import binaries, postgres

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The clock of the golden conversations: a Monday morning."""


@pytest.fixture(scope="session")
def model() -> Path:
    """The dialog model of the present sources, trained when stale and kept for the next run."""
    return asyncio.run(ensure_model(ROOT / "var", ROOT / ".rasa-venv/bin/python", print))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A JIESU_HOME of the tests' own, with the trained model in it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "models").symlink_to(model.parent)
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder with reference lists, where it is there; the test that wants it skips visibly where it is not."""
    folder = Path(os.environ.get("JIESU_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder} (set JIESU_REFERENCE_DATA)")
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL, where its binaries are; a visible skip where they are not."""
    if binaries() is None:
        pytest.skip("no PostgreSQL (apt-get install postgresql)")
    with postgres() as url:
        yield url


class Talker:
    """A citizen of the tests, talking to the real dialog through the door that every channel uses."""

    def __init__(self, runner: asyncio.Runner, conversation: Conversation) -> None:
        self._runner = runner
        self.door = conversation
        self.id = self.run(conversation.start("test"))["conversation_id"]

    def run(self, awaitable: Any) -> Any:
        """Runs one coroutine in the house's event loop."""
        return self._runner.run(awaitable)

    def say(self, text: str, client_message_id: str | None = None) -> dict[str, Any]:
        """One turn."""
        told: dict[str, Any] = self.run(self.door.say(self.id, text, client_message_id))
        return told


@pytest.fixture(scope="session")
def house(home: Path) -> Iterator[tuple[asyncio.Runner, Conversation]]:
    """The real dialog (a Rasa process, the actions, SQLite), with the clock pinned."""
    settings = Settings(home=home, rasa_python=ROOT / ".rasa-venv/bin/python", _env_file=None)  # type: ignore[call-arg]
    with asyncio.Runner() as runner:
        context = conversing(settings, print, lambda: NOW)
        conversation = runner.run(context.__aenter__())
        try:
            yield runner, conversation
        finally:
            runner.run(context.__aexit__(None, None, None))


@pytest.fixture
def citizen(house: tuple[asyncio.Runner, Conversation]) -> Talker:
    """A citizen in a conversation of their own."""
    return Talker(*house)
