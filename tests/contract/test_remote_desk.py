"""What every remote desk keeps, over real sockets: tickets arrive once, failures are told apart, changes come home once and in order."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from integrations.database import Database, upgrade
from integrations.dispatcher import Dispatcher
from integrations.open311.calls import Calls
from integrations.open311.client import Open311Desk
from integrations.outbox import MOST_ATTEMPTS
from integrations.remote import RemoteDesk, RemoteRefused, RemoteUnavailable
from integrations.status import Status
from integrations.webhook_desk import WebhookDesk
from integrations.zone import BEIJING
from tests.desks import Desks, desks
from tests.fakes.city import KEY, City, city


class Clock:
    """The real time, and what the test adds to it: a remote has a clock of its own."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(BEIJING) + self.ahead


@pytest.fixture
def town() -> Iterator[City]:
    with city() as running:
        yield running


@pytest.fixture(params=["open311 json", "open311 xml", "webhook"])
def remote(request: pytest.FixtureRequest, town: City) -> RemoteDesk:
    if request.param == "webhook":
        return WebhookDesk(f"{town.url}/hook", KEY)
    return Open311Desk(Calls(f"{town.url}/v2", KEY, request.param.split()[1]))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def here(tmp_path: Path, clock: Clock) -> Iterator[Desks]:
    database = Database(f"sqlite:///{tmp_path}/t.db")
    upgrade(database)
    yield desks(database, clock)
    database.engine.dispose()


@pytest.fixture
def dispatcher(here: Desks, remote: RemoteDesk, clock: Clock) -> Dispatcher:
    return Dispatcher(here.outbox, here.desk, remote, clock, poll_every=60)


def deliver_all(dispatcher: Dispatcher, clock: Clock, rounds: int = 12) -> None:
    """Until nothing waits, the pauses between attempts skipped."""
    for _ in range(rounds):
        dispatcher.deliver()
        if not dispatcher.outbox.waiting():
            return
        clock.ahead += timedelta(minutes=20)


def test_a_filed_ticket_arrives_and_its_id_comes_home(here: Desks, dispatcher: Dispatcher, town: City) -> None:
    number = here.file().number
    assert here.desk.get(number).external_id is None
    assert dispatcher.deliver() == 1
    assert [r["service_request_id"] for r in town.requests] == ["R1"]
    assert here.desk.get(number).external_id == "R1"
    assert dispatcher.deliver() == 0


def test_a_citizens_words_follow_the_ticket_in_order(
    here: Desks, dispatcher: Dispatcher, clock: Clock, town: City
) -> None:
    number = here.file().number
    here.desk.add_note(number, "今天又坏了一盏", by="citizen")
    deliver_all(dispatcher, clock)
    assert [note["description"] for note in town.noted] == ["今天又坏了一盏"]


@pytest.mark.parametrize("failure", [500, 503, 429, "hang up"])
def test_what_cannot_be_delivered_now_is_delivered_later_once(
    here: Desks, dispatcher: Dispatcher, clock: Clock, town: City, failure: int | str
) -> None:
    town.failing = [failure, failure]
    number = here.file().number
    assert dispatcher.deliver() == 1
    assert here.desk.get(number).external_id is None
    deliver_all(dispatcher, clock)
    assert len(town.requests) == 1
    assert here.desk.get(number).external_id == "R1"


def test_an_answer_that_was_lost_does_not_file_twice(
    here: Desks, dispatcher: Dispatcher, clock: Clock, town: City
) -> None:
    town.failing = ["lost"]
    number = here.file().number
    deliver_all(dispatcher, clock)
    assert len(town.requests) == 1
    assert here.desk.get(number).external_id == "R1"


def test_what_is_refused_goes_to_an_operator_and_can_be_replayed(
    here: Desks, dispatcher: Dispatcher, clock: Clock, town: City
) -> None:
    town.failing = [400]
    number = here.file().number
    dispatcher.deliver()
    [dead] = here.outbox.dead()
    assert dead.ticket == number
    assert "400" in dead.reason
    assert here.desk.get(number).status == Status.RETURNED
    here.outbox.replay(dead.id)
    deliver_all(dispatcher, clock)
    assert here.desk.get(number).external_id == "R1"
    with pytest.raises(KeyError):
        here.outbox.replay(dead.id)


def test_a_remote_that_never_comes_back_leaves_a_dead_letter(
    here: Desks, dispatcher: Dispatcher, clock: Clock, town: City
) -> None:
    town.failing = [503] * (MOST_ATTEMPTS + 5)
    here.file()
    deliver_all(dispatcher, clock, MOST_ATTEMPTS + 5)
    assert len(here.outbox.dead()) == 1
    assert not town.requests


def test_a_wrong_key_is_refused(town: City, here: Desks) -> None:
    ticket = here.file()
    for desk in (Open311Desk(Calls(f"{town.url}/v2", "wrong")), WebhookDesk(f"{town.url}/hook", "wrong")):
        with pytest.raises(RemoteRefused):
            desk.submit(ticket, ticket.number, again=False)
    with pytest.raises(RemoteUnavailable):
        Open311Desk(Calls("http://127.0.0.1:9/v2", KEY)).submit(ticket, ticket.number, again=False)


@pytest.mark.parametrize("offers_updates", [True, False])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_changes_come_home_once_and_in_order(
    here: Desks, town: City, clock: Clock, form: str, offers_updates: bool
) -> None:
    town.dialect.updates = "offered" if offers_updates else "refused"
    dispatcher = Dispatcher(here.outbox, here.desk, Open311Desk(Calls(f"{town.url}/v2", KEY, form)), clock, 60)
    number = here.file().number
    dispatcher.deliver()
    if offers_updates:
        town.change("R1", "INVESTIGATING", "已派人查看")
    town.change("R1", "CLOSED", "灯修好了")
    clock.ahead += timedelta(seconds=2)
    assert dispatcher.poll() == (2 if offers_updates else 1)
    assert dispatcher.poll() == 0
    told = [(step.status, step.note) for step in here.desk.get(number).history if step.note]
    assert told == ([("in_progress", "已派人查看")] if offers_updates else []) + [("resolved", "灯修好了")]


def test_a_token_becomes_an_id(here: Desks, town: City, clock: Clock) -> None:
    town.gives_tokens = True
    dispatcher = Dispatcher(here.outbox, here.desk, Open311Desk(Calls(f"{town.url}/v2", KEY)), clock, 60)
    number = here.file().number
    dispatcher.deliver()
    dispatcher.poll()
    assert here.desk.get(number).external_id is None
    town.give_ids()
    dispatcher.poll()
    assert here.desk.get(number).external_id == "R1"


def test_our_fields_are_told_in_the_remotes_words(here: Desks, town: City) -> None:
    ticket = here.file()
    Open311Desk(Calls(f"{town.url}/v2", KEY)).submit(ticket, ticket.number, again=False)
    posted = town.requests[0]["posted"]
    assert posted["service_code"] == "light"
    assert posted["attribute[issue_kind]"] == "off"
    assert posted["address_string"] == "朝阳区青年路12号"
    assert posted["phone"] == "13800001234"


def test_an_anonymous_citizen_stays_so_elsewhere(here: Desks, town: City) -> None:
    ticket = here.file(anonymous=True, contact_name="王某")
    Open311Desk(Calls(f"{town.url}/v2", KEY)).submit(ticket, ticket.number, again=False)
    assert not {"phone", "first_name"} & set(town.requests[0]["posted"])
