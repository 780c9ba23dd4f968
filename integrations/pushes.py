"""What comes unasked is carried to citizens who are not looking: once, in order, also after a restart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Text, and_, cast, exists, or_, select, true, update
from sqlalchemy.orm import aliased

from integrations.database import Database
from integrations.quiet import QuietHours
from integrations.tables import ConversationRow, PushRow, UtteranceRow

WAITING, DONE, AWAY = "waiting", "done", "away"
NEWS = ('"status"', '"follow_up"')
"""In a line's payload: what can wait until the morning."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=10)


@dataclass(frozen=True, slots=True, repr=False)
class Push:
    """One line for one citizen."""

    utterance: int
    conversation_id: str
    citizen_key: str
    text: str
    buttons: Sequence[Mapping[str, str]] = ()


class Pushes:
    """The unasked lines of one channel."""

    def __init__(self, database: Database, channel: str, quiet: QuietHours, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._channel = channel
        self._quiet = quiet
        self._clock = clock

    def due(self, most: int = 50) -> Sequence[Push]:
        """The next line of every conversation that has one to be told now.

        A ticket's news wait for the end of the quiet hours; not when an operator's words wait behind them: whoever is spoken to is awake.
        """
        now = self._clock()
        earlier, told = aliased(UtteranceRow), aliased(PushRow)
        pushed = and_(PushRow.utterance == UtteranceRow.seq)
        before = exists().where(
            earlier.conversation_id == UtteranceRow.conversation_id,
            earlier.unasked.is_(True),
            earlier.seq < UtteranceRow.seq,
            ~exists().where(told.utterance == earlier.seq, told.state == DONE),
        )
        spoken_to = exists().where(
            earlier.conversation_id == UtteranceRow.conversation_id,
            earlier.unasked.is_(True),
            earlier.seq > UtteranceRow.seq,
            earlier.direction == "operator",
        )
        can_wait = or_(*(cast(UtteranceRow.payload, Text).contains(key) for key in NEWS))
        news = and_(UtteranceRow.direction == "bot", can_wait, ~spoken_to)
        quiet = self._quiet.until(now) is not None
        with self._database.reading() as session:
            rows = session.execute(
                select(UtteranceRow, ConversationRow.citizen_key)
                .join(ConversationRow, ConversationRow.id == UtteranceRow.conversation_id)
                .outerjoin(PushRow, pushed)
                .where(
                    ConversationRow.channel == self._channel,
                    ConversationRow.citizen_key.is_not(None),
                    UtteranceRow.unasked.is_(True),
                    or_(PushRow.utterance.is_(None), and_(PushRow.state == WAITING, PushRow.due_at <= now)),
                    ~before,
                    ~news if quiet else true(),
                )
                .order_by(UtteranceRow.seq)
                .limit(most)
            ).all()
        return [
            Push(line.seq, line.conversation_id, key or "", line.text, line.payload.get("buttons") or ())
            for line, key in rows
        ]

    def done(self, push: Push) -> None:
        """The citizen was told."""
        self._put(push, DONE, self._clock())

    def later(self, push: Push, after: float | None = None) -> None:
        """The channel is down, or asks to wait `after` seconds."""
        with self._database.session() as session:
            row = session.get(PushRow, push.utterance)
            attempts = row.attempts if row else 0
        pause = min(FIRST_PAUSE * 2 ** min(attempts, 12), LONGEST_PAUSE)
        self._put(push, WAITING, self._clock() + max(pause, timedelta(seconds=after or 0)))

    def away(self, push: Push) -> None:
        """The citizen cannot be reached: they are told when they come back."""
        self._put(push, AWAY, self._clock())

    def back(self, conversation_id: str) -> None:
        """The citizen has written: what waited for them is due."""
        with self._database.session() as session:
            session.execute(
                update(PushRow)
                .where(PushRow.conversation_id == conversation_id, PushRow.state == AWAY)
                .values(state=WAITING, due_at=self._clock())
            )

    def _put(self, push: Push, state: str, due_at: datetime) -> None:
        with self._database.session() as session:
            row = session.get(PushRow, push.utterance)
            if row is None:
                row = PushRow(utterance=push.utterance, conversation_id=push.conversation_id, attempts=0)
                session.add(row)
            row.state, row.due_at = state, due_at
            row.attempts += 1
