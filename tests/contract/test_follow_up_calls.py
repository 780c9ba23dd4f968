"""Citizens who only telephone: asked when they call again, or called from the operators' list; on each database."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from integrations.database import Database
from integrations.followup import FollowUps
from integrations.followup_calls import FollowUpCalls
from integrations.followup_words import QUESTION
from integrations.phone_links import PhoneLinks
from integrations.quiet import QuietHours
from integrations.ticket import Ticket
from tests.contract.test_follow_up import HOURS, Hands, Office, office_on
from tests.desks import NAMES

CALLER = "phone:13800001234"


@dataclass
class Callers:
    """Somebody who called, with a ticket that the unit says is done."""

    office: Office
    calls: FollowUpCalls
    ticket: Ticket

    def calls_again(self, key: str = CALLER) -> str:
        return self.office.here.journal.create("phone", key).id


@pytest.fixture
def callers(database: Database) -> Callers:
    clock = Hands()
    office = office_on(database, clock)
    office.follow_ups = FollowUps(
        database, clock, HOURS, QuietHours.parse("22:00-07:00"), NAMES, frozenset(), frozenset({"phone"})
    )
    office.announcements._follow_ups = office.follow_ups  # type: ignore[attr-defined]
    conversation = office.here.journal.create("phone", CALLER).id
    ticket = office.here.desk.file(office.here.draft(conversation), "phone")
    office.resolve(ticket.number)
    return Callers(office, FollowUpCalls(database, clock, HOURS, NAMES, office.answers, frozenset({"phone"})), ticket)


def test_nobody_is_asked_in_a_call_that_is_over_and_operators_see_whom_to_call(callers: Callers) -> None:
    assert callers.office.later(hours=24) == set()
    assert callers.office.asked(callers.ticket) == []
    (row,) = callers.calls.to_call()
    assert row.ticket == callers.ticket.number
    assert callers.calls.number(row.id) == "13800001234"
    callers.calls.nobody_answered(row.id)
    assert callers.calls.to_call()[0].tries == 1
    callers.office.later(hours=48)
    assert [row.tries for row in callers.calls.to_call()] == [1], (
        "the reminder's time has come, and changes nothing here"
    )
    callers.office.later(hours=72)
    assert callers.calls.to_call() == []
    assert callers.office.row(callers.ticket.number).state == "unanswered"


def test_whoever_calls_again_is_asked_first_and_no_longer_called(callers: Callers) -> None:
    callers.office.later(hours=24)
    conversation = callers.calls_again()
    asked = callers.calls.caller_is_here(CALLER, conversation)
    assert asked is not None
    assert asked.question == QUESTION["contacted"]
    assert callers.ticket.number not in asked.opening
    open_ = callers.office.answers.open_in(conversation)
    assert open_ is not None
    assert (open_.ticket, open_.asking) == (callers.ticket.number, "contacted")
    callers.office.answers.record(
        open_.id, {"contacted": "yes", "solved": "no", "satisfied": "no", "remark": None}, "没解决", turn=1
    )
    assert callers.calls.to_call() == []
    assert callers.office.here.desk.get(callers.ticket.number).status == "reopened"


def test_another_caller_hears_nothing_of_it(callers: Callers) -> None:
    callers.office.later(hours=24)
    stranger = callers.calls_again("phone:13900005678")
    assert callers.calls.caller_is_here("phone:13900005678", stranger) is None
    assert callers.office.answers.open_in(stranger) is None


def test_what_an_operator_hears_on_the_telephone_reopens_under_the_same_number(callers: Callers) -> None:
    callers.office.later(hours=24)
    (row,) = callers.calls.to_call()
    told = callers.calls.told(row.id, {"contacted": "no", "solved": "no"}, "灯还是不亮")
    assert told.reopened_until is not None
    ticket = callers.office.here.desk.get(callers.ticket.number)
    assert ticket.status == "reopened"
    assert any("灯还是不亮" in step.note for step in ticket.history)
    assert callers.calls.to_call() == []


def test_who_let_it_pass_can_still_say_that_it_is_not_solved(callers: Callers) -> None:
    callers.office.later(hours=24)
    callers.office.later(hours=48)
    callers.office.later(hours=72)
    conversation = callers.calls_again()
    assert callers.calls.caller_is_here(CALLER, conversation) is None
    open_ = callers.office.answers.open_in(conversation)
    assert open_ is not None
    assert open_.late


def test_a_caller_who_is_known_on_telegram_is_asked_there(callers: Callers, database: Database) -> None:
    links = PhoneLinks(database, callers.office.clock)
    links.link("13800001234", "telegram", "telegram:7")
    chat = callers.office.here.journal.create("telegram", "telegram:7").id
    assert callers.office.later(hours=24) == {chat}
    assert callers.calls.to_call() == []


def test_no_pause_is_too_short_for_a_call(callers: Callers) -> None:
    """Whoever calls before they are due to be asked is asked now, and not again."""
    conversation = callers.calls_again()
    assert callers.calls.caller_is_here(CALLER, conversation) is not None
    assert callers.office.later(hours=25) == set()
    assert callers.office.row(callers.ticket.number).asked_at is not None
    assert HOURS.after == timedelta(hours=24)
