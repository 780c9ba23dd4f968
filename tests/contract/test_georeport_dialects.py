"""GeoReport as cities really speak it: each departure from its letter is met by a server, over a socket, and nothing is lost or doubled by it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.database import Database, upgrade
from integrations.dispatcher import Dispatcher
from integrations.open311.calls import Calls
from integrations.open311.client import Open311Desk
from integrations.open311.forms import read, records, w3c
from integrations.status import Status
from tests.contract.test_remote_desk import Clock, deliver_all
from tests.desks import Desks, desks
from tests.fakes.city import KEY, City, Dialect, city, now

DIALECTS = {
    "small pages": Dialect(largest_page=10),
    "no pages": Dialect(pages=False, largest_page=50),
    "newest first": Dialect(newest_first=True, largest_page=50),
    "a list in an object": Dialect(wrapped="list"),
    "objects in an object": Dialect(wrapped="members"),
    "numbers for ids": Dialect(numbers=True),
    "a namespace and line breaks": Dialect(namespace="http://example.org/geo"),
    "nothing that is optional": Dialect(
        without=("updated_datetime", "status_notes", "service_notice", "address", "keywords", "group", "media_url")
    ),
    "updates refused": Dialect(updates="refused"),
    "updates are a page": Dialect(updates="page"),
    "updates are broken": Dialect(updates="broken"),
    "errors with 200": Dialect(errors_with_200=True),
}


@pytest.fixture
def town() -> Iterator[City]:
    with city() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def here(tmp_path: Path, clock: Clock) -> Iterator[Desks]:
    database = Database(f"sqlite:///{tmp_path}/t.db")
    upgrade(database)
    yield desks(database, clock)
    database.engine.dispose()


def dispatcher_of(here: Desks, town: City, clock: Clock, form: Any = "json", jurisdiction: str = "") -> Dispatcher:
    calls = Calls(f"{town.url}/v2", KEY, form, jurisdiction)
    return Dispatcher(here.outbox, here.desk, Open311Desk(calls), clock, poll_every=60)


def others(town: City, count: int) -> None:
    """Requests of other people, each with a step."""
    for n in range(count):
        town.take({"service_code": "other", "description": f"别人的事 {n}"})
        town.change(f"R{len(town.requests)}", "INVESTIGATING", f"别人的进展 {n}")
        at = w3c(now() - timedelta(seconds=5 * n))
        town.requests[-1] |= {"requested_datetime": at, "updated_datetime": at}
        town.updates[-1]["updated_datetime"] = at


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("name", DIALECTS)
def test_a_ticket_goes_there_once_and_its_end_comes_home_once(
    here: Desks, town: City, clock: Clock, name: str, form: str
) -> None:
    town.dialect = DIALECTS[name]
    others(town, 100)
    town.failing = [503, "lost"]
    dispatcher = dispatcher_of(here, town, clock, form)
    number = here.file().number
    deliver_all(dispatcher, clock)
    mine = [r for r in town.requests if number in r["description"]]
    assert len(mine) == 1, "it was found again among the others"
    external_id = here.desk.get(number).external_id
    assert (external_id or "").removeprefix("R") == mine[0]["service_request_id"].removeprefix("R")
    others(town, 30)
    town.change(mine[0]["service_request_id"], "CLOSED", "灯修好了")
    clock.ahead += timedelta(seconds=2)
    dispatcher.poll()
    dispatcher.poll()
    assert here.desk.get(number).status == Status.RESOLVED
    steps = [step.status for step in here.desk.get(number).history if step.by == "open311"]
    assert steps.count("resolved") == 1
    assert "别人" not in "".join(step.note for step in here.desk.get(number).history)


@pytest.mark.parametrize("failure", ["page", 400, 500])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_a_server_says_with_200_is_no_ticket(
    here: Desks, town: City, clock: Clock, form: str, failure: str | int
) -> None:
    town.dialect, town.failing = Dialect(errors_with_200=True), [failure]
    number = here.file().number
    dispatcher = dispatcher_of(here, town, clock, form)
    dispatcher.deliver()
    assert here.desk.get(number).external_id is None
    assert bool(here.outbox.dead()) == (failure == 400)
    deliver_all(dispatcher, clock)
    assert len(town.requests) == (0 if failure == 400 else 1)


def test_a_post_that_is_sent_elsewhere_takes_nobody_elses_number(here: Desks, town: City, clock: Clock) -> None:
    others(town, 3)
    town.failing = ["moved"]
    number = here.file().number
    dispatcher_of(here, town, clock).deliver()
    [dead] = here.outbox.dead()
    assert "302" in dead.reason
    assert here.desk.get(number).external_id is None


def test_a_replayed_letter_that_had_arrived_is_not_filed_twice(here: Desks, town: City, clock: Clock) -> None:
    town.failing = ["lost"]
    number = here.file().number
    dispatcher = dispatcher_of(here, town, clock)
    dispatcher.deliver()
    clock.ahead += timedelta(days=4)
    town.failing = [503]
    # Found there, were it asked for; but the budget ends first.
    town.requests[0], kept = {**town.requests[0], "description": ""}, town.requests[0]
    dispatcher.deliver()
    [dead] = here.outbox.dead()
    town.requests[0] = kept
    here.outbox.replay(dead.id)
    deliver_all(dispatcher, clock)
    assert len(town.requests) == 1
    assert here.desk.get(number).external_id == "R1"


def test_steps_are_told_in_the_order_in_which_they_were_made(here: Desks, town: City, clock: Clock) -> None:
    town.dialect = Dialect(newest_first=True)
    dispatcher = dispatcher_of(here, town, clock)
    number = here.file().number
    dispatcher.deliver()
    for seconds, status in ((1, "INVESTIGATING"), (2, "ACTION_SCHEDULED"), (3, "CLOSED")):
        town.change("R1", status, f"第{seconds}步")
        town.updates[-1]["updated_datetime"] = w3c(now() + timedelta(seconds=seconds))
    clock.ahead += timedelta(seconds=10)
    dispatcher.poll()
    assert [step.note for step in here.desk.get(number).history if step.note] == ["第1步", "第2步", "第3步"]
    town.change("R1", "INVESTIGATING", "早先去看过")
    town.updates[-1]["updated_datetime"] = w3c(now() + timedelta(seconds=1))
    dispatcher.poll()
    assert here.desk.get(number).history[-1].note == "早先去看过", "late words are told"
    assert here.desk.get(number).status == Status.RESOLVED, "and move nothing back"


def test_what_a_server_calls_by_no_known_name_is_told_as_words(here: Desks, town: City, clock: Clock) -> None:
    dispatcher = dispatcher_of(here, town, clock)
    number = here.file().number
    dispatcher.deliver()
    town.change("R1", "AWAITING_PARTS", "等配件，下周到")
    town.change("R1", "Fixed - Council", "换好了")
    town.updates[0]["updated_datetime"] = "next tuesday"
    clock.ahead += timedelta(seconds=2)
    town.updates[0]["updated_datetime"] = w3c(now())
    dispatcher.poll()
    told = [(step.status, step.note) for step in here.desk.get(number).history if step.note]
    assert told == [("submitted", "等配件，下周到"), ("resolved", "换好了")]


def test_the_citizens_own_words_are_not_told_back_to_them(here: Desks, town: City, clock: Clock) -> None:
    dispatcher = dispatcher_of(here, town, clock)
    number = here.file().number
    here.desk.add_note(number, "今天又坏了一盏", by="citizen")
    deliver_all(dispatcher, clock)
    town.change("R1", "OPEN", "今天又坏了一盏")
    clock.ahead += timedelta(seconds=2)
    dispatcher.poll()
    assert [step.note for step in here.desk.get(number).history].count("今天又坏了一盏") == 1


def test_a_request_that_is_open_again_is_a_ticket_reopened(here: Desks, town: City, clock: Clock) -> None:
    town.dialect.updates = "refused"
    dispatcher = dispatcher_of(here, town, clock)
    number = here.file().number
    dispatcher.deliver()
    for seconds, status in ((5, "CLOSED"), (9, "OPEN")):
        town.change("R1", status, "")
        town.requests[0]["updated_datetime"] = w3c(now() + timedelta(seconds=seconds))
        clock.ahead += timedelta(seconds=5)
        dispatcher.poll()
    assert here.desk.get(number).status == Status.REOPENED


def test_a_dispatcher_that_was_away_for_days_misses_no_step(here: Desks, town: City, clock: Clock) -> None:
    number = here.file().number
    dispatcher = dispatcher_of(here, town, clock)
    dispatcher.deliver()
    dispatcher.poll()
    clock.ahead += timedelta(days=2)
    town.change("R1", "INVESTIGATING", "已派人查看")
    town.updates[-1]["updated_datetime"] = w3c(clock())
    clock.ahead += timedelta(days=19)
    dispatcher_of(here, town, clock).poll()
    assert here.desk.get(number).history[-1].note == "已派人查看"
    spans = [a for a in town.asked if a["what"] == "servicerequestupdates"]
    assert max(len({a["start_date"] for a in spans}), 3) >= 3, "windows, not one span of three weeks"


def test_a_jurisdiction_is_told_with_every_call(here: Desks, town: City, clock: Clock) -> None:
    here.file()
    dispatcher = dispatcher_of(here, town, clock, jurisdiction="beijing.gov.cn")
    dispatcher.deliver()
    dispatcher.poll()
    assert {asked["jurisdiction_id"] for asked in town.asked} == {"beijing.gov.cn"}
    assert town.requests[0]["posted"]["jurisdiction_id"] == "beijing.gov.cn"


def test_a_slow_remote_is_not_overtaken_by_another_dispatcher(
    here: Desks, town: City, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is renewed while its holder lives: what it still holds is nobody else's, however long it takes."""
    monkeypatch.setattr("integrations.dispatcher.HEARTBEAT", 0.02)
    first, second = dispatcher_of(here, town, clock), dispatcher_of(desks(here.database, clock), town, clock)
    for _ in range(3):
        here.file()
    seen: list[int] = []
    submit = first.remote.submit

    def slowly(*given: Any, **named: Any) -> Any:
        clock.ahead += timedelta(seconds=50)
        deadline = clock() + timedelta(seconds=0.3)
        while clock() < deadline:
            pass
        seen.append(second.deliver())
        return submit(*given, **named)

    monkeypatch.setattr(first.remote, "submit", slowly)
    first.deliver()
    assert seen == [0, 0, 0]
    assert len(town.requests) == 3


@pytest.mark.parametrize(
    ("data", "form", "ids"),
    [
        (b'[{"service_request_id": "1"}]', "json", ["1"]),
        (b'{"service_requests": [{"service_request_id": "1"}]}', "json", ["1"]),
        (b'{"service_requests": [{"request": {"service_request_id": "1"}}]}', "json", ["1"]),
        (b'{"service_requests": {"request": {"service_request_id": "1"}}}', "json", ["1"]),
        (b'{"service_request_id": "1", "token": null}', "json", ["1"]),
        (b'{"service_requests": []}', "json", []),
        (b'{"service_requests": null}', "json", []),
        (b"[]", "json", []),
        (b"null", "json", []),
        (b'"maintenance"', "json", []),
        (b"<service_requests/>", "xml", []),
        (b"<service_requests><request><service_request_id>1</service_request_id></request></service_requests>", "xml", ["1"]),
        (b"<requests><request><service_request_id>1</service_request_id></request>"
         b"<request><service_request_id>2</service_request_id></request></requests>", "xml", ["1", "2"]),
        (b"<requests><request><service_request_id>\n 1\n</service_request_id></request></requests>", "xml", ["1"]),
        (b"<service_requests><request><token>t</token><service_request_id/></request></service_requests>", "xml", [None]),
    ],
)  # fmt: skip
def test_records_are_found_in_whatever_they_are_wrapped(data: bytes, form: str, ids: list[str | None]) -> None:
    assert [one.get("service_request_id") for one in records(read(data, form))] == ids
