"""The queue for a person, on every database: places, who may take, nothing lost, nobody taken twice."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from integrations.database import Database
from integrations.escalation import CALLBACK, HELD, WAITING, AlreadyTaken, NotInQueue, NotYours
from integrations.escalation_reasons import REASONS
from integrations.escalations import Escalations
from integrations.journal import Journal
from tests.conftest import ROOT
from tests.contract.conftest import Clock

PATIENCE = timedelta(minutes=10)


@pytest.fixture
def journal(database: Database, clock: Clock) -> Journal:
    return Journal(database, clock)


@pytest.fixture
def escalations(database: Database, clock: Clock) -> Escalations:
    return Escalations(database, clock)


def states(journal: Journal, *conversations: str) -> list[str]:
    return [journal.state(conversation) for conversation in conversations]


def position(escalations: Escalations, conversation: str) -> int | None:
    place = escalations.place(conversation)
    assert place is not None
    return place.position


def test_the_more_urgent_goes_first_and_whoever_asks_again_keeps_their_place(
    journal: Journal, escalations: Escalations
) -> None:
    first, second, third = (journal.create("test").id for _ in range(3))
    assert escalations.ask(first, "wish").position == 1
    assert escalations.ask(second, "wish").position == 2
    assert escalations.ask(third, "danger").position == 1
    assert [position(escalations, one) for one in (third, first, second)] == [1, 2, 3]
    assert escalations.ask(second, "abuse").position == 3, "a lesser reason changes nothing"
    assert escalations.ask(first, "wish").position == 2
    assert escalations.ask(second, "distress").position == 2, "a more urgent one moves up"
    assert [entry.conversation_id for entry in escalations.queue()] == [third, second, first]
    assert states(journal, first, second, third) == ["waiting"] * 3


def test_leaving_gives_the_place_up_and_asking_again_is_the_end_of_the_queue(
    journal: Journal, escalations: Escalations
) -> None:
    first, second = (journal.create("test").id for _ in range(2))
    escalations.ask(first, "wish")
    escalations.ask(second, "wish")
    assert escalations.leave(first)
    assert not escalations.leave(first)
    assert escalations.place(first) is None
    assert position(escalations, second) == 1
    assert escalations.ask(first, "wish").position == 2
    assert states(journal, first, second) == ["waiting", "waiting"]


def test_whoever_holds_it_holds_it_alone(journal: Journal, escalations: Escalations) -> None:
    conversation = journal.create("test").id
    asked = escalations.ask(conversation, "wish")
    entry = escalations.take(asked.escalation_id, "li", tell="坐席已接入")
    assert (entry.state, entry.operator) == (HELD, "li")
    assert escalations.take(conversation, "li").id == entry.id, "taken twice by the same one, it is theirs"
    with pytest.raises(AlreadyTaken) as taken:
        escalations.take(asked.escalation_id, "wang")
    assert taken.value.operator == "li"
    for refused in (
        lambda: escalations.give_back(conversation, "wang"),
        lambda: escalations.close(conversation, "wang"),
        lambda: escalations.transfer(conversation, "wang", "li"),
    ):
        with pytest.raises(NotYours):
            refused()
    assert journal.state(conversation) == "operator"
    assert not escalations.leave(conversation)
    assert not escalations.callback(conversation, "13800001234")
    assert [e.id for e in escalations.held_by("li")] == [entry.id]
    assert [line.text for line in journal.since(conversation, 0) if line.unasked] == ["坐席已接入"]


def test_any_conversation_can_be_taken_but_no_escalation_that_is_over(
    journal: Journal, escalations: Escalations
) -> None:
    conversation = journal.create("test").id
    entry = escalations.take(conversation, "li")
    assert entry.reason == REASONS["operator"]
    escalations.close(conversation, "li", "办完了", tell="再见")
    assert journal.state(conversation) == "closed"
    with pytest.raises(NotInQueue):
        escalations.take(entry.id, "li")
    with pytest.raises(NotInQueue):
        escalations.take(10**6, "li")
    journal.begin_turn(conversation, "还有一件事")
    assert journal.state(conversation) == "bot", "whoever speaks in a closed conversation opens it again"


def test_given_back_it_waits_for_the_bot_until_the_bot_has_gone_on(journal: Journal, escalations: Escalations) -> None:
    conversation = journal.create("test").id
    entry = escalations.take(conversation, "li")
    escalations.give_back(conversation, "li", "地址改好了")
    assert journal.state(conversation) == "bot"
    assert [(e.id, e.note) for e in escalations.to_resume()] == [(entry.id, "地址改好了")]
    escalations.resumed(entry.id)
    assert not escalations.to_resume()
    assert not escalations.held()


def test_a_colleague_takes_over_or_the_queue_gets_it_back_in_its_old_place(
    journal: Journal, escalations: Escalations
) -> None:
    first, second = (journal.create("test").id for _ in range(2))
    escalations.ask(first, "wish")
    escalations.ask(second, "wish")
    escalations.take(first, "li")
    escalations.transfer(first, "li", "wang", "方言")
    assert [e.note for e in escalations.held_by("wang")] == ["方言"]
    with pytest.raises(NotYours):
        escalations.give_back(first, "li")
    escalations.transfer(first, "wang", None)
    assert position(escalations, first) == 1
    assert states(journal, first, second) == ["waiting", "waiting"]


def test_whom_nobody_takes_is_told_once_and_called_back(
    journal: Journal, escalations: Escalations, clock: Clock
) -> None:
    late, early = (journal.create("test").id for _ in range(2))
    escalations.ask(late, "wish")
    clock.now += PATIENCE / 2
    escalations.ask(early, "wish")
    clock.now += PATIENCE / 2
    assert escalations.overdue(PATIENCE, lambda entry: f"久等了 {entry.has_phone}") == [late]
    assert escalations.overdue(PATIENCE, lambda entry: "久等了") == []
    assert [line.text for line in journal.since(late, 0) if line.unasked] == ["久等了 False"]
    assert [(e.conversation_id, e.state) for e in escalations.queue()] == [(early, WAITING), (late, CALLBACK)]
    assert states(journal, late, early) == ["bot", "waiting"]
    assert escalations.callback(late, "13800001234")
    entry = escalations.queue()[-1]
    assert entry.has_phone and escalations.phone(entry.id) == "13800001234"
    assert escalations.take(entry.id, "li").state == HELD


def test_the_same_cause_calls_once(journal: Journal, escalations: Escalations) -> None:
    conversation = journal.create("test").id
    escalations.ask(conversation, "rejected", cause="history:1")
    escalations.leave(conversation)
    assert escalations.called("history:1")
    escalations.ask(conversation, "rejected", cause="history:1")
    assert escalations.place(conversation) is None
    assert escalations.ask(conversation, "rejected", cause="history:2").position == 1


def test_of_many_who_reach_for_the_same_one_gets_it(database: Database, journal: Journal, clock: Clock) -> None:
    conversations = [journal.create("test").id for _ in range(6)]
    for conversation in conversations:
        Escalations(database, clock).ask(conversation, "wish")

    def reach(operator: str) -> list[str]:
        mine = []
        for conversation in conversations:
            try:
                Escalations(database, clock).take(conversation, operator)
                mine.append(conversation)
            except AlreadyTaken:
                pass
        return mine

    with ThreadPoolExecutor(8) as pool:
        got = [conversation for mine in pool.map(reach, map(str, range(8))) for conversation in mine]
    assert sorted(got) == sorted(conversations)


TAKER = """
import sys
from datetime import datetime, timezone
from integrations.database import Database
from integrations.escalation import AlreadyTaken
from integrations.escalations import Escalations
escalations = Escalations(Database(sys.argv[1]), lambda: datetime.now(timezone.utc))
sys.stdin.readline()
for n in range(1, 31):
    try:
        escalations.take(n, sys.argv[2])
        print(n)
    except AlreadyTaken:
        pass
"""


def test_of_two_processes_one_gets_it(database: Database, journal: Journal, escalations: Escalations) -> None:
    for _ in range(30):
        escalations.ask(journal.create("test").id, "wish")
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, database.url.replace("+psycopg", ""), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("li", "wang")
    ]
    for taker in takers:
        assert taker.stdin is not None
        taker.stdin.write("\n")
        taker.stdin.flush()
    got = [int(line) for taker in takers for line in taker.communicate(timeout=60)[0].split()]
    assert sorted(got) == list(range(1, 31))
