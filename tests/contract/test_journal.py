"""The journal on every database: turns, leases, repeats; and drafts whose entries only grow."""

from datetime import timedelta

import pytest

from integrations.database import Database, upgrade
from integrations.drafts import Drafts, NewEntry
from integrations.journal import LEASE, Busy, Journal, NoSuchConversation, Repeat, Turn, Unauthorised
from tests.contract.conftest import Clock


@pytest.fixture
def journal(database: Database, clock: Clock) -> Journal:
    return Journal(database, clock)


def begin(journal: Journal, conversation: str, text: str, message_id: str | None = None) -> Turn:
    turn = journal.begin_turn(conversation, text, message_id)
    assert isinstance(turn, Turn)
    return turn


def test_only_the_right_token_opens_a_conversation(journal: Journal) -> None:
    opened = journal.create("test")
    journal.authenticate(opened.id, opened.token)
    with pytest.raises(Unauthorised):
        journal.authenticate(opened.id, "another")
    with pytest.raises(NoSuchConversation):
        journal.authenticate("nobody", opened.token)


def test_a_second_turn_waits_for_the_first_and_a_dead_one_can_be_taken_over(journal: Journal, clock: Clock) -> None:
    conversation = journal.create("test").id
    begin(journal, conversation, "一")
    with pytest.raises(Busy):
        journal.begin_turn(conversation, "二")
    clock.now += LEASE + timedelta(seconds=1)
    assert begin(journal, conversation, "二").number == 2


def test_an_answered_message_is_repeated_and_an_unanswered_one_begun_again(journal: Journal) -> None:
    conversation = journal.create("test").id
    turn = begin(journal, conversation, "一", "a")
    journal.give_up(turn)
    again = begin(journal, conversation, "一", "a")
    assert again.number == turn.number
    journal.finish_turn(again, [{"text": "好", "buttons": []}], {"replies": ["好"]})
    repeated = journal.begin_turn(conversation, "一", "a")
    assert repeated == Repeat({"replies": ["好"]})
    assert [line.text for line in journal.since(conversation, 0)] == ["一", "好"]


def test_entries_are_added_and_the_latest_counts(database: Database, journal: Journal, clock: Clock) -> None:
    drafts = Drafts(database, clock)
    conversation = journal.create("test").id
    draft = drafts.open_new(conversation)
    drafts.append(draft.id, [NewEntry("district", "朝阳区", "朝阳", 1)], {"asked": "place"})
    drafts.append(draft.id, [NewEntry("district", "海淀区", "海淀", 2), NewEntry("skipped", None, "跳过", 2)], {})
    now = drafts.current(conversation)
    assert now is not None
    assert now.value("district") == "海淀区"
    assert [entry.value for entry in now.entries if entry.field == "district"] == ["朝阳区", "海淀区"]
    assert now.fields["district"].turn == 2


def test_migrating_twice_is_harmless(database: Database) -> None:
    upgrade(database)
    assert database.reachable()
