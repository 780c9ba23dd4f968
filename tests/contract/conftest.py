"""Every database and every desk that the contract tests run on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.database import Database, upgrade
from integrations.desk import TicketDesk
from integrations.dispatcher import Dispatcher
from integrations.drafts import Drafts
from integrations.open311.calls import Calls
from integrations.open311.client import Open311Desk
from integrations.webhook_desk import WebhookDesk
from tests.conftest import NOW
from tests.desks import desks
from tests.fakes.city import KEY, City, city
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


@pytest.fixture(params=["fake", "local", "open311 json", "open311 xml", "webhook"])
def desk(request: pytest.FixtureRequest, database: Database, clock: Clock) -> Iterator[TicketDesk]:
    """Each desk; a new one is one more line here. Behind those of a city, the city takes what is filed while the test goes on."""
    kind: str = request.param
    if kind == "fake":
        yield FakeDesk(clock)
    elif kind == "local":
        yield desks(database, clock, remote=False).desk
    else:
        here = desks(database, clock)
        with city() as town:
            webhook = WebhookDesk(f"{town.url}/hook", KEY)
            remote = webhook if kind == "webhook" else Open311Desk(Calls(f"{town.url}/v2", KEY, kind.split()[1]))  # type: ignore[arg-type]
            dispatcher = Dispatcher(here.outbox, here.desk, remote, clock, poll_every=60)
            with delivering(dispatcher):
                yield here.desk
            while dispatcher.deliver():
                pass
            assert (here.outbox.waiting(), here.outbox.dead()) == (0, [])
            filed = {ticket.number for ticket in here.desk.search()}
            assert filed == {number_in(town, request) for request in town.requests}
            assert len(filed) == len(town.requests)


@contextmanager
def delivering(dispatcher: Dispatcher) -> Iterator[None]:
    """A dispatcher at work meanwhile."""
    ended = threading.Event()

    def deliver() -> None:
        while not ended.is_set():
            dispatcher.deliver()
            ended.wait(0.01)

    worker = threading.Thread(target=deliver, daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()


def number_in(town: City, request: dict[str, Any]) -> str:
    """Our number of a ticket that has arrived."""
    posted: dict[str, str] = request["posted"]
    return posted.get("key") or posted["description"].rpartition(" ")[2].rstrip("〕")
