"""What is kept of calls, on every database: who may go on with what, and who is called back."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.phone.callbacks import Callbacks
from bot.phone_talk import telling
from integrations.database import Database
from integrations.drafts import Drafts, NewEntry
from integrations.escalation import CALLBACK
from integrations.escalations import Escalations
from integrations.journal import Journal
from integrations.phone_links import PhoneLinks
from integrations.phone_talks import DONE, DROPPED, LOST, NOTED, PhoneTalks
from tests.contract.conftest import Clock

WITHIN = timedelta(minutes=10)
KEY = "phone:13800138000"


class Calls:
    """Calls of one caller."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self.journal, self.drafts = Journal(database, clock), Drafts(database, clock)
        self.talks, self.escalations = PhoneTalks(database, clock), Escalations(database, clock)
        self.callbacks = Callbacks(self.talks, self.escalations, WITHIN)

    def call(self, call_id: str, how: str | None, key: str | None = KEY, *, told: str | None = "description") -> str:
        conversation = self.journal.create("phone", key).id
        self.talks.begin(call_id, conversation, True)
        if told:
            draft = self.drafts.open_new(conversation)
            value = "13911112222" if told == "contact_phone" else "路灯不亮"
            self.drafts.append(draft.id, [NewEntry(told, value, value, 1)], {})
        if how:
            self.talks.end(call_id, how, [{"recording": "r", "at": 1.5}], "whole")
        return conversation


@pytest.fixture
def calls(database: Database, clock: Clock) -> Calls:
    return Calls(database, clock)


def test_a_call_knows_its_conversation_and_where_its_turns_lie(calls: Calls) -> None:
    conversation = calls.call("c1", DONE)
    talk = calls.talks.of_call("c1")
    assert talk is not None
    assert (talk.conversation_id, talk.recorded, talk.recording, talk.how) == (conversation, True, "whole", DONE)
    assert list(talk.turns) == [{"recording": "r", "at": 1.5}]
    assert calls.talks.latest(conversation) == talk
    assert calls.talks.of_call("c2") is None


def test_only_the_newest_call_of_the_same_number_that_broke_off_lately_is_gone_on_with(calls: Calls) -> None:
    calls.call("c1", DROPPED)
    found = calls.talks.dropped(KEY, WITHIN)
    assert found is not None
    assert found.call_id == "c1"
    assert calls.talks.dropped("phone:13800138001", WITHIN) is None
    calls.talks.resumed("c1")
    assert calls.talks.dropped(KEY, WITHIN) is None
    calls.call("c2", DONE)
    assert calls.talks.dropped(KEY, WITHIN) is None, "that one was finished"
    calls.call("c3", DROPPED, told=None)
    assert calls.talks.dropped(KEY, WITHIN) is None, "nothing was told in it"
    calls.call("c4", DROPPED)
    calls.clock.now += WITHIN
    assert calls.talks.dropped(KEY, WITHIN) is None, "that is too long ago"


def test_a_call_whose_process_died_is_gone_on_with_as_well(calls: Calls) -> None:
    calls.call("c1", None)
    found = calls.talks.dropped(KEY, WITHIN)
    assert found is not None
    assert found.call_id == "c1"


def test_who_does_not_call_again_is_called_back_once(calls: Calls) -> None:
    conversation = calls.call("c1", DROPPED)
    assert calls.callbacks.step() == 0, "they may still come back"
    calls.clock.now += WITHIN
    assert calls.callbacks.step() == 1
    assert calls.callbacks.step() == 0
    place = calls.escalations.place(conversation)
    assert place is not None
    assert place.state == CALLBACK
    assert place.reason.code == "dropped"
    assert calls.escalations.phone(place.escalation_id) == "13800138000"
    talk = calls.talks.of_call("c1")
    assert talk is not None
    assert talk.how == NOTED
    assert calls.journal.state(conversation) == "bot"


def test_who_hid_their_number_is_called_at_the_one_they_told_and_without_one_nobody_is(calls: Calls) -> None:
    hidden = calls.call("c1", DROPPED, None)
    told = calls.call("c2", DROPPED, None, told="contact_phone")
    calls.clock.now += WITHIN
    assert calls.callbacks.step() == 1
    assert calls.escalations.place(hidden) is None
    place = calls.escalations.place(told)
    assert place is not None
    assert calls.escalations.phone(place.escalation_id) == "13911112222"


def test_a_call_whose_process_died_long_ago_is_called_back(calls: Calls) -> None:
    calls.call("c1", None)
    calls.clock.now += WITHIN
    assert calls.callbacks.step() == 0
    calls.clock.now += LOST
    assert calls.callbacks.step() == 1


def test_the_number_goes_to_the_callers_telegram_only_where_they_proved_their_telephone(
    calls: Calls, database: Database
) -> None:
    links = PhoneLinks(database, calls.clock)
    tell = telling(links, calls.journal)
    ticket: Any = SimpleNamespace(number="122399473964")
    telegram = calls.journal.create("telegram", "telegram:77").id
    tell("13800138000", ticket)
    assert not calls.journal.since(telegram, 0)
    links.link("13800138000", "telegram", "telegram:76")
    links.link("13800138000", "telegram", "telegram:77")
    tell("13800138000", ticket)
    lines = calls.journal.since(telegram, 0)
    assert ["1223 9947 3964" in line.text for line in lines] == [True]
    assert lines[0].unasked
