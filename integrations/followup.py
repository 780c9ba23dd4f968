"""Follow-up (回访): after a ticket is resolved or its deadline passes its citizen is asked whether it was, reminded once, then left in peace.

This is the timetable; what the citizen answers is in `integrations/followup_answers.py`. Everything that is due lies in the database and
each step is one transaction with what it says, so that a restart or a second replica neither loses nor repeats a question.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from integrations import followup_words as words
from integrations.database import Database
from integrations.followup_tables import FollowUpRow
from integrations.journal import write_line
from integrations.phone_links import PhoneLinkRow
from integrations.quiet import QuietHours
from integrations.status import Status
from integrations.tables import ConversationRow, DraftEntryRow, DraftRow, HistoryRow, TicketRow
from intents.extraction.follow_up import CONTACTED, QUESTIONS, REMARK

WAITING, ASKED, REMINDED = "waiting", "asked", "reminded"
ANSWERED, UNANSWERED, DECLINED, WITHDRAWN = "answered", "unanswered", "declined", "withdrawn"
PENDING = (WAITING, ASKED, REMINDED)
BY = "followup"
"""Who moves a ticket here, as its history names it."""

AT_WORK = (Status.SUBMITTED, Status.ACCEPTED, Status.DISPATCHED, Status.IN_PROGRESS, Status.REOPENED, Status.RETURNED)
AT_ONCE = 50
BUSY = timedelta(minutes=30)
"""A citizen who is telling something else, or is with a person, is asked so much later."""

LOOK_BACK = timedelta(days=3)
"""How long the house may have been down without a passed deadline being missed."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """From the resolving to the question, from that to the reminder, from that to the end."""

    after: timedelta
    remind: timedelta
    close: timedelta

    def begin(self, row: FollowUpRow, state: str, now: datetime) -> None:
        """The row's next question stands open from now on: ASKED, or REMINDED for the last time."""
        row.state, row.asking, row.aside = state, next_question(row) or CONTACTED, False
        row.asked_at = row.asked_at or now
        row.due_at = now + (self.remind if state == ASKED else self.close)


class FollowUps:
    """The timetable of all follow-ups."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        intervals: Intervals,
        quiet: QuietHours,
        topic_names: Mapping[str, str],
        never_asked: frozenset[str] = frozenset(),
        only_called: frozenset[str] = frozenset(),
    ) -> None:
        self._database = database
        self._clock = clock
        self._intervals = intervals
        self._quiet = quiet
        self._names = topic_names
        self._never_asked = never_asked
        """Channels whose citizens cannot be asked: nobody reads what is said there."""
        self._only_called = only_called
        """Channels whose citizens hear what they are asked: see `integrations/followup_calls.py`."""
        self._looked: datetime | None = None

    def note_step(self, session: Session, ticket: TicketRow, step: HistoryRow) -> None:
        """A ticket has taken a step that its citizen is told of, in the caller's transaction: a follow-up begins, or ends."""
        if step.by == BY:
            return
        if step.status in (Status.RESOLVED, Status.CLOSED) and not _only_a_note(session, step):
            if step.status == Status.CLOSED and _pending(session, ticket.number):
                return
            self._withdraw(session, ticket.number)
            self._open(session, ticket, f"{words.RESOLVED}:{step.seq}", words.RESOLVED, self._intervals.after)
        elif step.status in (Status.REOPENED, Status.CANCELLED):
            self._withdraw(session, ticket.number)

    def step(self) -> set[str]:
        """Does what is due; the conversations that have news."""
        self._open_overdue()
        now = self._clock()
        due = (FollowUpRow.state.in_(PENDING), FollowUpRow.due_at <= now)
        with self._database.reading() as session:
            if session.scalar(select(FollowUpRow.id).where(*due).limit(1)) is None:
                return set()
        with self._database.session() as session:
            rows = session.scalars(
                select(FollowUpRow)
                .where(*due)
                .order_by(FollowUpRow.due_at)
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            ).all()
            return {row.conversation_id for row in rows if self._do(session, row, now)}

    def _do(self, session: Session, row: FollowUpRow, now: datetime) -> bool:
        """One follow-up's next step; whether the citizen was told something."""
        ticket = session.get_one(TicketRow, row.ticket)
        if row.state == REMINDED or (row.state == ASKED and row.asking == REMARK):
            # Nobody is reminded that they might have something to add.
            close(session, row, ticket, now)
            return False
        row.conversation_id = _where_they_are_now(session, row.conversation_id, self._only_called)
        first = row.state == WAITING
        if session.get_one(ConversationRow, row.conversation_id).channel in self._only_called:
            # Due, and not said: see `integrations/followup_calls.py`.
            self._intervals.begin(row, ASKED if first else REMINDED, now)
            row.aside = True
            return False
        if (ends := self._quiet.until(now)) is not None:
            row.due_at = ends
            return False
        if _busy(session, row.conversation_id, now):
            row.due_at = now + BUSY
            return False
        short = self._names.get(ticket.topic, ticket.topic)
        opening = words.opening(row.reason, row.ticket, short) if first else words.reminder(row.ticket, short)
        self._intervals.begin(row, ASKED if first else REMINDED, now)
        say(session, row, opening, now, unasked=True)
        return True

    def _open_overdue(self) -> None:
        """Tickets whose deadline has passed while somebody still works on them."""
        now = self._clock()
        since = (self._looked or now - LOOK_BACK) - timedelta(hours=1)
        passed = (
            TicketRow.due_at > since,
            TicketRow.due_at <= now,
            TicketRow.status.in_(AT_WORK),
            ~exists().where(FollowUpRow.ticket == TicketRow.number, FollowUpRow.opened_at >= TicketRow.due_at),
            ~exists().where(FollowUpRow.ticket == TicketRow.number, FollowUpRow.state.in_(PENDING)),
        )
        with self._database.reading() as session:
            numbers = session.scalars(select(TicketRow.number).where(*passed).limit(1000)).all()
        for number in numbers:
            with self._database.session() as session:
                # The same question again, under the ticket's lock: another replica may have been here.
                ticket = session.scalar(select(TicketRow).where(TicketRow.number == number).with_for_update())
                if ticket is not None and ticket.status in AT_WORK:
                    occasion = f"{words.OVERDUE}:{ticket.due_at:%Y-%m-%dT%H:%M}"
                    self._open(session, ticket, occasion, words.OVERDUE, timedelta(0))
        if len(numbers) < 1000:
            self._looked = now

    def _open(self, session: Session, ticket: TicketRow, occasion: str, reason: str, after: timedelta) -> None:
        if ticket.channel in self._never_asked:
            return
        known = select(FollowUpRow.id).where(FollowUpRow.ticket == ticket.number, FollowUpRow.occasion == occasion)
        if session.scalar(known) is not None:
            return
        now = self._clock()
        session.add(
            FollowUpRow(
                ticket=ticket.number,
                occasion=occasion,
                reason=reason,
                conversation_id=ticket.conversation_id,
                due_at=now + after,
                opened_at=now,
            )
        )
        session.flush()

    def _withdraw(self, session: Session, number: str) -> None:
        """What was going to be asked is no longer the question."""
        for row in _pending(session, number):
            row.state, row.closed_at, row.asking = WITHDRAWN, self._clock(), None


def say(session: Session, row: FollowUpRow, opening: str, now: datetime, *, unasked: bool) -> None:
    """What it is about and the open question become lines of the conversation."""
    question, row.misses = str(row.asking), 0
    for text, buttons in ((opening, []), (words.QUESTION[question], words.buttons(question))):
        payload = {"buttons": buttons, "follow_up": row.id, "ticket": row.ticket}
        write_line(session, row.conversation_id, "bot", text, payload, now, unasked=unasked)


def next_question(row: FollowUpRow) -> str | None:
    """The first of the three that is not answered and was not passed over; None when all are."""
    start = QUESTIONS.index(row.asking) if row.asking in QUESTIONS else QUESTIONS.index(CONTACTED)
    return next((q for q in QUESTIONS[start:-1] if getattr(row, q) is None), None)


def close(session: Session, row: FollowUpRow, ticket: TicketRow, now: datetime, *, told: bool = False) -> None:
    """The end, with whatever was answered; a resolved ticket is closed with it. `told`: the citizen hears of it in the same breath."""
    answers = [words.SHOWN[q][value] for q in QUESTIONS[:-1] if (value := getattr(row, q))]
    answered = bool(answers)
    row.state, row.asking, row.closed_at = ANSWERED if answered else UNANSWERED, None, now
    if ticket.status == Status.RESOLVED:
        ticket.status = Status.CLOSED
        note = f"市民回访：{'，'.join(answers)}" if answered else words.NO_ANSWER
        announced = now if told else None
        session.add(
            HistoryRow(ticket=ticket.number, status=Status.CLOSED, by=BY, note=note, at=now, announced_at=announced)
        )


def _pending(session: Session, number: str) -> list[FollowUpRow]:
    return list(
        session.scalars(select(FollowUpRow).where(FollowUpRow.ticket == number, FollowUpRow.state.in_(PENDING)))
    )


def _only_a_note(session: Session, step: HistoryRow) -> bool:
    """Whether this line of the history only added words to the step before it."""
    before = (
        select(HistoryRow.status)
        .where(HistoryRow.ticket == step.ticket, HistoryRow.seq < step.seq)
        .order_by(HistoryRow.seq.desc())
        .limit(1)
    )
    return session.scalar(before) == step.status


def _where_they_are_now(session: Session, conversation_id: str, only_called: frozenset[str]) -> str:
    """The newest conversation of the same citizen in the same channel; a caller's in the channel where they have proved their number."""
    filed = session.get_one(ConversationRow, conversation_id)
    if filed.citizen_key is None:
        return conversation_id
    wheres: list[tuple[str, str]] = []
    if filed.channel in only_called:
        number = filed.citizen_key.removeprefix(f"{filed.channel}:")
        proofs = select(PhoneLinkRow).where(PhoneLinkRow.phone == number).order_by(PhoneLinkRow.at.desc())
        wheres = [(link.channel, link.citizen_key) for link in session.scalars(proofs)]
    for channel, key in [*wheres, (filed.channel, filed.citizen_key)]:
        newest = session.scalar(
            select(ConversationRow.id)
            .where(ConversationRow.channel == channel, ConversationRow.citizen_key == key)
            .order_by(ConversationRow.created_at.desc())
            .limit(1)
        )
        if newest:
            return newest
    return conversation_id


def _busy(session: Session, conversation_id: str, now: datetime) -> bool:
    """Whether the citizen is with a person, or in the middle of telling something."""
    conversation = session.get_one(ConversationRow, conversation_id)
    if conversation.state != "bot" or (conversation.busy_until is not None and conversation.busy_until > now):
        return True
    telling = (
        select(DraftEntryRow.seq)
        .join(DraftRow, DraftRow.id == DraftEntryRow.draft_id)
        .where(DraftRow.conversation_id == conversation_id, DraftRow.state == "open", DraftEntryRow.at > now - BUSY)
        .limit(1)
    )
    return session.scalar(telling) is not None
