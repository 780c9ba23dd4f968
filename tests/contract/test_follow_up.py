"""The follow-up's timetable on each database: once, in time, not at night, also after a restart and with two replicas."""

import random
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.city import read
from integrations.announcements import Announcements
from integrations.database import Database
from integrations.deadlines import Deadlines
from integrations.desk import NoSuchTicket
from integrations.drafts import NewEntry
from integrations.followup import FollowUps, Intervals
from integrations.followup_answers import FollowUpAnswers
from integrations.followup_tables import FollowUpAnswerRow, FollowUpRow
from integrations.followup_words import QUESTION
from integrations.outbox import NOTED
from integrations.quiet import QuietHours
from integrations.status import Status
from integrations.tables import UtteranceRow
from integrations.ticket import Ticket
from integrations.timelines import timelines
from tests.conftest import NOW
from tests.desks import NAMES, Desks, desks

HOURS = Intervals(timedelta(hours=24), timedelta(hours=48), timedelta(hours=72))


class Hands:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """A desk with follow-ups; `again` is the same after a restart."""

    here: Desks
    clock: Hands
    follow_ups: FollowUps
    answers: FollowUpAnswers
    announcements: Announcements

    def again(self, quiet: str = "22:00-07:00") -> "Office":
        return office_on(self.here.database, self.clock, quiet)

    def resolve(self, number: str) -> None:
        for status in (Status.ACCEPTED, Status.DISPATCHED, Status.RESOLVED):
            self.here.desk.move(number, status, by="unit")
        self.announcements.deliver()

    def later(self, **hours: float) -> set[str]:
        self.clock.now += timedelta(**hours)
        return self.follow_ups.step()

    def asked(self, ticket: Ticket) -> list[str]:
        lines = self.here.journal.since(ticket.conversation_id, 0)
        return [line.text for line in lines if line.unasked and "follow_up" in line.payload]

    def row(self, number: str) -> FollowUpRow:
        with self.here.database.reading() as session:
            query = select(FollowUpRow).where(FollowUpRow.ticket == number).order_by(FollowUpRow.id.desc())
            found = session.scalars(query).first()
        assert found is not None
        return found


def office_on(database: Database, clock: Hands, quiet: str = "22:00-07:00") -> Office:
    here = desks(database, clock)
    follow_ups = FollowUps(database, clock, HOURS, QuietHours.parse(quiet), NAMES, frozenset({"open311"}))
    answers = FollowUpAnswers(database, clock, HOURS, Deadlines.from_data(read("deadlines.yml")), here.outbox)
    return Office(here, clock, follow_ups, answers, Announcements(database, NAMES, clock, follow_ups))


@pytest.fixture
def office(database: Database) -> Office:
    return office_on(database, Hands())


def test_a_resolved_ticket_is_asked_about_once_reminded_once_and_then_left(office: Office) -> None:
    ticket = office.here.file()
    office.resolve(ticket.number)
    assert office.later(hours=23) == set()
    assert office.later(hours=1) == {ticket.conversation_id}
    asked = office.asked(ticket)
    assert asked[-1] == QUESTION["contacted"]
    assert ticket.number[:4] in asked[0]
    assert office.later(hours=47) == set()
    assert office.later(hours=1) == {ticket.conversation_id}
    assert len(office.asked(ticket)) == 4
    office.later(hours=72)
    assert office.later(days=30) == set()
    assert len(office.asked(ticket)) == 4
    assert office.row(ticket.number).state == "unanswered"
    closed = office.here.desk.get(ticket.number)
    assert closed.status == "closed"
    assert closed.history[-1].by == "followup"
    # Its own closing is told, and begins nothing new.
    office.announcements.deliver()
    assert office.later(days=2) == set()


def test_after_a_restart_nothing_is_asked_twice_and_nothing_is_forgotten(office: Office) -> None:
    ticket = office.here.file()
    office.resolve(ticket.number)
    office.later(hours=24)
    reborn = office.again()
    assert reborn.follow_ups.step() == set()
    assert len(reborn.asked(ticket)) == 2
    assert reborn.answers.open_in(ticket.conversation_id).asking == "contacted"  # type: ignore[union-attr]
    assert reborn.again().later(hours=48) == {ticket.conversation_id}


def test_two_replicas_ask_once(office: Office) -> None:
    tickets = [office.here.file(contact_phone=f"1380000{n:04}") for n in range(12)]
    for ticket in tickets:
        office.resolve(ticket.number)
    office.clock.now += timedelta(hours=25)
    replicas = [office.again() for _ in range(3)]
    threads = [
        threading.Thread(target=lambda r=replica: [r.follow_ups.step() for _ in range(4)]) for replica in replicas
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(office.asked(ticket)) for ticket in tickets] == [2] * 12


def test_nobody_is_asked_at_night(office: Office) -> None:
    office.clock.now = NOW.replace(hour=23)
    ticket = office.here.file()
    office.resolve(ticket.number)
    assert office.later(hours=24) == set()
    assert office.later(hours=7) == set()
    assert office.later(hours=1, minutes=1) == {ticket.conversation_id}
    assert office.clock.now.hour == 7


def test_a_passed_deadline_is_asked_about_and_a_denial_urges_the_unit(office: Office) -> None:
    ticket = office.here.file()
    office.here.desk.move(ticket.number, Status.ACCEPTED, by="unit")
    office.clock.now = ticket.due_at + timedelta(minutes=5)
    assert office.follow_ups.step() == {ticket.conversation_id}
    assert "答复期限" in office.asked(ticket)[0]
    assert office.again().later(minutes=10) == set()
    open_ = office.answers.open_in(ticket.conversation_id)
    assert open_ is not None
    recorded = office.answers.record(open_.id, {"contacted": "no", "solved": "no"}, "没人管", turn=3)
    assert recorded.urged
    assert recorded.next == "satisfied"
    assert office.here.desk.get(ticket.number).status == "accepted"
    # Resolved in the end: that is another question.
    office.here.desk.move(ticket.number, Status.DISPATCHED, by="unit")
    office.here.desk.move(ticket.number, Status.RESOLVED, by="unit")
    office.announcements.deliver()
    office.later(hours=24)
    assert office.row(ticket.number).reason == "resolved"
    assert office.row(ticket.number).state == "asked"


def test_not_solved_reopens_with_a_new_deadline_and_tells_the_citys_system(office: Office) -> None:
    ticket = office.here.file()
    for message in office.here.outbox.claim():
        office.here.outbox.done(message, external_id="R1")
    office.resolve(ticket.number)
    office.later(hours=24)
    open_ = office.answers.open_in(ticket.conversation_id)
    assert open_ is not None
    recorded = office.answers.record(open_.id, {"solved": "no"}, "没解决", turn=5, recording="r1")
    reopened = office.here.desk.get(ticket.number)
    assert reopened.status == "reopened"
    assert reopened.due_at == recorded.reopened_until > ticket.due_at
    assert [m.kind for m in office.here.outbox.claim()] == [NOTED]
    # Told in the same breath: the notifier has nothing to say of it, and the follow-up goes on.
    before = len(office.here.journal.since(ticket.conversation_id, 0))
    office.announcements.deliver()
    assert len(office.here.journal.since(ticket.conversation_id, 0)) == before
    office.answers.record(open_.id, {"contacted": "yes", "satisfied": "no"}, "来过，不满意", turn=6)
    office.answers.record(open_.id, {}, "灯还黑着", turn=7, remark=True)
    assert office.row(ticket.number).state == "answered"
    with office.here.database.reading() as session:
        kept = session.scalars(select(FollowUpAnswerRow).order_by(FollowUpAnswerRow.seq)).all()
    assert next((k.question, k.value, k.recording) for k in kept) == ("solved", "no", "r1")
    both = timelines(office.here.database, ticket.number)
    assert any(moment.words == "灯还黑着" for moment in both["citizen"])
    assert {moment.by for moment in both["unit"]} == {"unit"}
    with pytest.raises(NoSuchTicket):
        timelines(office.here.database, "000000000000")


def test_answers_count_when_some_are_missing_and_late_denials_find_their_ticket(office: Office) -> None:
    ticket = office.here.file()
    office.resolve(ticket.number)
    office.later(hours=24)
    office.later(hours=48)
    office.later(hours=72)
    late = office.answers.open_in(ticket.conversation_id)
    assert late is not None
    assert late.late
    assert late.asking is None
    office.answers.record(late.id, {"solved": "no"}, "还是没修", turn=9)
    assert office.here.desk.get(ticket.number).status == "reopened"
    assert office.row(ticket.number).state == "asked"
    office.later(hours=48)
    office.later(hours=72)
    assert office.row(ticket.number).state == "answered"


def test_a_citizen_in_the_middle_of_something_is_asked_later(office: Office) -> None:
    ticket = office.here.file()
    office.resolve(ticket.number)
    office.clock.now += timedelta(hours=24)
    draft = office.here.drafts.open_new(ticket.conversation_id)
    office.here.drafts.append(draft.id, [NewEntry("description", "小区停水", "小区停水", 1)], {})
    assert office.follow_ups.step() == set()
    assert office.later(minutes=31) == {ticket.conversation_id}


def test_an_operator_who_reopens_or_cancels_ends_the_question(office: Office) -> None:
    ticket = office.here.file()
    office.resolve(ticket.number)
    office.here.desk.move(ticket.number, Status.REOPENED, by="operator")
    office.announcements.deliver()
    assert office.later(days=3) == set()
    assert office.row(ticket.number).state == "withdrawn"


def test_a_note_on_a_resolved_ticket_asks_nothing_new(office: Office) -> None:
    ticket = office.here.file()
    office.resolve(ticket.number)
    office.later(hours=24)
    office.here.desk.add_note(ticket.number, "照片已上传", by="unit")
    office.announcements.deliver()
    assert office.later(hours=24) == set()


def test_a_citizen_of_a_messenger_is_asked_where_they_are_now(office: Office) -> None:
    journal = office.here.journal
    first = journal.create("telegram", "tg:7")
    ticket = office.here.desk.file(office.here.draft(first.id), "telegram")
    office.resolve(ticket.number)
    office.clock.now += timedelta(hours=1)
    newer = journal.create("telegram", "tg:7")
    assert office.later(hours=24) == {newer.id}


def test_nobody_is_asked_where_nobody_reads(office: Office) -> None:
    conversation = office.here.journal.create("open311").id
    ticket = office.here.desk.file(office.here.draft(conversation), "open311")
    office.resolve(ticket.number)
    assert office.later(days=2) == set()


def test_at_random_moments_of_dying_each_question_is_said_once(office: Office) -> None:
    """A step that dies before its commit has said nothing; the next one says it."""
    dice = random.Random(7)
    tickets = [office.here.file(contact_phone=f"1390000{n:04}") for n in range(6)]
    for ticket in tickets:
        office.resolve(ticket.number)
    office.clock.now += timedelta(hours=25)

    class Died(Exception):
        pass

    original = UtteranceRow.__init__

    def dying(self: UtteranceRow, **values: object) -> None:
        if dice.random() < 0.3:
            raise Died
        original(self, **values)

    deaths = 0
    UtteranceRow.__init__ = dying  # type: ignore[method-assign]
    try:
        for _ in range(200):
            try:
                if not office.again().follow_ups.step():
                    break
            except Died:
                deaths += 1
    finally:
        UtteranceRow.__init__ = original  # type: ignore[method-assign]
    assert deaths
    office.again().follow_ups.step()
    assert [len(office.asked(ticket)) for ticket in tickets] == [2] * 6
