"""Follow-ups of citizens who only telephone. Nobody reads lines in a call that is over: they are asked when they call again, or an operator
calls them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations import followup_words as words
from integrations.database import Database
from integrations.followup import ASKED, PENDING, REMINDED, UNANSWERED, Intervals, say
from integrations.followup_answers import LATE, FollowUpAnswers, Recorded
from integrations.followup_tables import FollowUpRow
from integrations.tables import ConversationRow, TicketRow
from intents.extraction.follow_up import REMARK

MOST_CALLS = 200
"""Rows of the list that operators work through."""


@dataclass(frozen=True, slots=True)
class AskedOnCall:
    """What a caller is asked first: the words, the question, its buttons and its name."""

    opening: str
    question: str
    buttons: Sequence[Mapping[str, str]]
    asks: str


@dataclass(frozen=True, slots=True)
class ToCall:
    """One citizen to be called; `tries` is how often nobody answered."""

    id: int
    ticket: str
    topic: str
    reason: str
    since: datetime
    until: datetime
    tries: int


class FollowUpCalls:
    """The follow-ups by voice."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        intervals: Intervals,
        names: Mapping[str, str],
        answers: FollowUpAnswers,
        only_called: frozenset[str],
    ) -> None:
        self._database = database
        self._clock = clock
        self._intervals = intervals
        self._names = names
        self._answers = answers
        self._channels = only_called
        """Channels whose citizens only hear."""

    def caller_is_here(self, citizen_key: str, conversation_id: str) -> AskedOnCall | None:
        """A caller's open follow-up moves into this call; the question to begin with, None when there is none to ask.

        One that ended without an answer moves as well, and is not asked: “还没解决” still finds its ticket.
        """
        now = self._clock()
        with self._database.session() as session:
            rows = session.scalars(
                select(FollowUpRow)
                .join(ConversationRow, ConversationRow.id == FollowUpRow.conversation_id)
                .where(
                    ConversationRow.channel.in_(self._channels),
                    ConversationRow.citizen_key == citizen_key,
                    FollowUpRow.state.in_((*PENDING, UNANSWERED)),
                )
                .order_by(FollowUpRow.opened_at.desc())
                .limit(20)
                .with_for_update(of=FollowUpRow)
            ).all()
            asked = None
            for row in rows:
                if row.state == UNANSWERED:
                    if row.closed_at is not None and row.closed_at > now - LATE:
                        row.conversation_id = conversation_id
                    continue
                row.conversation_id = conversation_id
                if asked is None and row.asking != REMARK:
                    asked = self._ask(session, row, now)
            return asked

    def _ask(self, session: Session, row: FollowUpRow, now: datetime) -> AskedOnCall:
        ticket = session.get_one(TicketRow, row.ticket)
        opening = words.opening_on_call(row.reason, self._names.get(ticket.topic, ticket.topic))
        self._intervals.begin(row, REMINDED if row.state == REMINDED else ASKED, now)
        say(session, row, opening, now, unasked=False)
        question = str(row.asking)
        return AskedOnCall(opening, words.QUESTION[question], words.buttons(question), question)

    def to_call(self) -> Sequence[ToCall]:
        """Everybody who is due and has no channel to be asked on, the longest waiting first."""
        with self._database.reading() as session:
            rows = session.execute(
                select(FollowUpRow, TicketRow.topic)
                .join(ConversationRow, ConversationRow.id == FollowUpRow.conversation_id)
                .join(TicketRow, TicketRow.number == FollowUpRow.ticket)
                .where(ConversationRow.channel.in_(self._channels), FollowUpRow.state.in_((ASKED, REMINDED)))
                .order_by(FollowUpRow.asked_at)
                .limit(MOST_CALLS)
            )
            return [
                ToCall(
                    row.id,
                    row.ticket,
                    self._names.get(topic, topic),
                    row.reason,
                    row.asked_at or row.opened_at,
                    row.due_at if row.state == REMINDED else row.due_at + self._intervals.close,
                    row.misses,
                )
                for row, topic in rows
            ]

    def number(self, id: int) -> str | None:
        """The telephone number to call: the ticket's, else the one that called."""
        with self._database.reading() as session:
            row = session.get_one(FollowUpRow, id)
            ticket = session.get_one(TicketRow, row.ticket)
            told = ticket.phone
            called = session.get_one(ConversationRow, ticket.conversation_id)
            key = called.citizen_key
            return str(told) if told else (key.removeprefix(f"{called.channel}:") if key else None)

    def told(self, id: int, answers: Mapping[str, str], remark: str) -> Recorded:
        """What the citizen told the operator who called: the follow-up ends with it. An answer that is missing was passed over."""
        given: dict[str, str | None] = {**answers, REMARK: None}
        return self._answers.record(id, given, remark or words.BY_TELEPHONE, turn=0, remark=bool(remark))

    def nobody_answered(self, id: int) -> None:
        """Called in vain; they stay on the list until their time is over."""
        with self._database.session() as session:
            session.get_one(FollowUpRow, id, with_for_update=True).misses += 1
