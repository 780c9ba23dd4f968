"""What every operators' console keeps, ours and Chatwoot alike, on every database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.operators import words
from integrations.database import Database
from tests.contract.conftest import Clock
from tests.seats import ChatwootSeat, House, OurSeat, Seat, chatwoot_seat, until


@pytest.fixture
def here(database: Database, clock: Clock, tmp_path: Path) -> House:
    return House(database, clock, tmp_path)


@pytest.fixture(params=["ours", "chatwoot"])
def seat(request: pytest.FixtureRequest, here: House) -> Iterator[Seat]:
    """Each console; a new one is one more line here."""
    if request.param == "ours":
        yield OurSeat(here.desk)
        return
    with chatwoot_seat(here) as made:
        yield made


def test_the_queue_is_shown_with_the_most_urgent_first(here: House, seat: Seat) -> None:
    wish, danger = here.waiting("wish"), here.waiting("danger")
    assert seat.waiting() == [danger, wish]


def test_both_hear_each_other(here: House, seat: Seat) -> None:
    conversation = here.waiting()
    here.say(conversation, "我等了好久")
    seat.take(conversation)
    seat.came(conversation, "operator")
    seat.say(conversation, "您好，我是坐席")
    until(lambda: ("operator", "您好，我是坐席") in here.told(conversation), "the operator's words")
    assert here.say(conversation, "路灯不亮")["replies"] == []
    heard = seat.heard(conversation)
    assert [text for who, text in heard if who == "citizen"] == ["我等了好久", "路灯不亮"]
    assert [text for who, text in heard if who == "operator"] == ["您好，我是坐席"]
    assert [who for who, text in heard if text == words.TAKEN] == ["bot"]
    assert seat.waiting() == []


def test_given_back_the_bot_answers_and_is_to_go_on(here: House, seat: Seat) -> None:
    conversation = here.waiting()
    seat.take(conversation)
    seat.came(conversation, "operator")
    seat.give_back(conversation)
    seat.came(conversation, "bot")
    assert [entry.conversation_id for entry in here.desk.escalations.to_resume()] == [conversation]
    assert seat.waiting() == []


def test_closed_the_citizen_is_told(here: House, seat: Seat) -> None:
    conversation = here.waiting()
    seat.take(conversation)
    seat.came(conversation, "operator")
    seat.close(conversation)
    seat.came(conversation, "closed")
    assert here.told(conversation)[-1] == ("bot", words.CLOSED)
    assert seat.waiting() == []


def test_whoever_leaves_the_queue_is_no_longer_shown(here: House, seat: Seat) -> None:
    conversation = here.waiting()
    assert seat.waiting() == [conversation]
    here.desk.escalations.leave(conversation)
    assert seat.waiting() == []


def test_somebody_who_comes_again_is_shown_again_with_all_that_was_said(here: House, seat: Seat) -> None:
    conversation = here.waiting()
    seat.take(conversation)
    seat.came(conversation, "operator")
    seat.close(conversation)
    seat.came(conversation, "closed")
    assert seat.waiting() == []
    here.door.journal.append(conversation, "在这期间说的", {}, unasked=False, direction="citizen")
    here.desk.escalations.ask(conversation, "wish")
    if isinstance(seat, ChatwootSeat):
        seat.there.agent_assigns(seat.number(conversation), None)
        seat.came(conversation, "waiting")
    assert seat.waiting() == [conversation]
    assert [text for who, text in seat.heard(conversation) if who == "citizen"] == ["在这期间说的"]
