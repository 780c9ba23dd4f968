"""Every database and every desk that the contract tests run on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.city import district_overlays, read
from integrations.database import Database, upgrade
from integrations.deadlines import Deadlines
from integrations.desk import TicketDesk
from integrations.drafts import Drafts
from integrations.local_desk import LocalDesk
from integrations.routing import Routes
from intents.catalog import load_catalog
from tests.conftest import NOW
from tests.fakes.desk import FakeDesk


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
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else f"sqlite:///{tmp_path}/t.db"
    made = Database(url)
    upgrade(made)
    yield made
    made.engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def drafts(database: Database, clock: Clock) -> Drafts:
    return Drafts(database, clock)


@pytest.fixture(params=["fake", "local"])
def desk(request: pytest.FixtureRequest, database: Database, clock: Clock) -> TicketDesk:
    """Each desk; a new one is one more line here."""
    if request.param == "fake":
        return FakeDesk(clock)
    names = {topic.id: topic.name for topic in load_catalog().topics.values()}
    routes = Routes.from_data(read("routes.yml"), district_overlays(), read("nearest.yml"))
    return LocalDesk(database, routes, Deadlines.from_data(read("deadlines.yml")), names, clock)
