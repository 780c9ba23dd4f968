"""What citizens answer to a follow-up, kept as they said it; “not solved” reopens the ticket under its number, in the same transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations import followup_words as words
from integrations.database import Database
from integrations.deadlines import Deadlines
from integrations.followup import (
    ANSWERED,
    ASKED,
    DECLINED,
    PENDING,
    REMINDED,
    UNANSWERED,
    Intervals,
    close,
    next_question,
)
from integrations.followup_tables import FollowUpAnswerRow, FollowUpRow
from integrations.outbox import NOTED, Outbox
from integrations.status import Status
from integrations.tables import HistoryRow, TicketRow
from intents.extraction.follow_up import NO, QUESTIONS, REMARK, SOLVED

LATE = timedelta(days=30)
"""So long after the end “it is not solved” still finds its ticket."""


@dataclass(frozen=True, slots=True)
class Open:
    """A follow-up that may be answered: `asking` is the question that was just asked, None when the talk has moved on since."""

    id: int
    ticket: str
    topic: str
    district: str | None
    street: str | None
    asking: str | None
    late: bool
    last_turn: int | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an answer led to: `reopened_until` is the new deadline, `urged` that the unit is still at work; `next` None is the end."""

    next: str | None
    reopened_until: datetime | None = None
    urged: bool = False


class FollowUpAnswers:
    """The citizen's side of all follow-ups."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        intervals: Intervals,
        deadlines: Deadlines,
        outbox: Outbox | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._intervals = intervals
        self._deadlines = deadlines
        self._outbox = outbox

    def open_in(self, conversation_id: str) -> Open | None:
        """The follow-up that this conversation's citizen may be answering: one under way, else one that just ended without an answer."""
        with self._database.reading() as session:
            mine = FollowUpRow.conversation_id == conversation_id
            since = func.coalesce(FollowUpRow.asked_at, FollowUpRow.opened_at)
            query = select(FollowUpRow).order_by(FollowUpRow.aside, since.desc(), FollowUpRow.id.desc())
            row = session.scalars(query.where(mine, FollowUpRow.state.in_(PENDING)).limit(1)).first()
            if row is None:
                ended = (FollowUpRow.state == UNANSWERED, FollowUpRow.closed_at > self._clock() - LATE)
                row = session.scalars(query.where(mine, *ended).limit(1)).first()
            if row is None:
                return None
            ticket = session.get_one(TicketRow, row.ticket)
            asking = None if row.aside else row.asking
            return Open(
                row.id,
                row.ticket,
                ticket.topic,
                ticket.district,
                ticket.street,
                asking,
                row.state == UNANSWERED,
                row.last_turn,
            )

    def record(
        self,
        id: int,
        answers: Mapping[str, str | None],
        raw: str,
        *,
        turn: int,
        recording: str | None = None,
        remark: bool = False,
    ) -> Recorded:
        """Keeps answers (None: passed over), and with `remark` the words themselves; goes on to the next question, or ends."""
        now = self._clock()
        with self._database.session() as session:
            row = session.get_one(FollowUpRow, id, with_for_update=True)
            ticket = session.get_one(TicketRow, row.ticket, with_for_update=True)
            denied = answers.get(SOLVED) == NO and row.solved != NO
            for question, value in {**answers, **({REMARK: None} if remark else {})}.items():
                session.add(
                    FollowUpAnswerRow(
                        follow_up=id, question=question, value=value, raw=raw, turn=turn, recording=recording, at=now
                    )
                )
                if question != REMARK and value is not None:
                    setattr(row, question, value)
            told = Recorded(self._go_on(row, answers, remark))
            if denied:
                told = self._not_solved(session, row, ticket, told.next, now)
            if remark:
                row.remarked = True
                self._note(session, ticket, f"市民回访补充：{raw}", now)
            row.asking, row.aside, row.misses, row.last_turn, row.closed_at = told.next, False, 0, turn, None
            if told.next is None:
                close(session, row, ticket, now, told=True)
            else:
                row.state = row.state if row.state == REMINDED else ASKED
                row.due_at = now + (self._intervals.close if row.state == REMINDED else self._intervals.remind)
            return told

    def _go_on(self, row: FollowUpRow, answers: Mapping[str, str | None], remark: bool) -> str | None:
        """The next question; whoever has added something already is not asked for it."""
        if REMARK in answers or (remark and row.asking == REMARK):
            return None
        if row.asking in answers and answers[str(row.asking)] is None:
            # Passed over: not asked again.
            row.asking = QUESTIONS[QUESTIONS.index(str(row.asking)) + 1]
        return next_question(row) or (None if remark or row.remarked else REMARK)

    def _not_solved(
        self, session: Session, row: FollowUpRow, ticket: TicketRow, following: str | None, now: datetime
    ) -> Recorded:
        """Reopens what was resolved, under its number and with a new deadline; a unit that is still at work is urged."""
        note = f"市民回访：{words.SHOWN[SOLVED][NO]}"
        if ticket.status not in (Status.RESOLVED, Status.CLOSED):
            self._note(session, ticket, note, now)
            return Recorded(following, urged=True)
        ticket.status = Status.REOPENED
        story = str((ticket.fields.get("description") or {}).get("value") or "")
        ticket.due_at = self._deadlines.due(now, ticket.topic, story)
        # The citizen is told in the same breath, so there is nothing to announce.
        session.add(
            HistoryRow(ticket=ticket.number, status=Status.REOPENED, by="citizen", note=note, at=now, announced_at=now)
        )
        if self._outbox is not None:
            self._outbox.add(session, ticket.number, NOTED, {"text": f"{note}，请重新办理"})
        return Recorded(following, reopened_until=ticket.due_at)

    def _note(self, session: Session, ticket: TicketRow, text: str, now: datetime) -> None:
        session.add(
            HistoryRow(ticket=ticket.number, status=ticket.status, by="citizen", note=text, at=now, announced_at=now)
        )
        if self._outbox is not None:
            self._outbox.add(session, ticket.number, NOTED, {"text": text})

    def not_clear(self, id: int, turn: int) -> int:
        """An answer that nobody understands; how many in a row."""
        with self._database.session() as session:
            row = session.get_one(FollowUpRow, id, with_for_update=True)
            row.misses, row.last_turn = row.misses + 1, turn
            return row.misses

    def set_aside(self, id: int) -> None:
        """The citizen has turned to something else: the question waits until it is asked again."""
        with self._database.session() as session:
            session.get_one(FollowUpRow, id, with_for_update=True).aside = True

    def decline(self, id: int, turn: int) -> None:
        """The citizen does not want to be asked: nothing more is."""
        now = self._clock()
        with self._database.session() as session:
            row = session.get_one(FollowUpRow, id, with_for_update=True)
            ticket = session.get_one(TicketRow, row.ticket, with_for_update=True)
            close(session, row, ticket, now, told=True)
            row.state = row.state if row.state == ANSWERED else DECLINED
            row.last_turn = turn
