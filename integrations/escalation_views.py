"""What the queue shows: to a citizen their place, to operators who waits, who is to be called back, and what they hold."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from integrations.database import Database
from integrations.escalation import CALLBACK, GIVEN_BACK, HELD, LIVE, WAITING, Entry, Place, entry_of
from integrations.escalation_reasons import REASONS
from integrations.escalation_tables import EscalationCauseRow, EscalationRow
from integrations.tables import ConversationRow

_ORDER = (EscalationRow.priority, EscalationRow.since, EscalationRow.id)
_SINCE = (EscalationRow.taken_at, EscalationRow.id)


class EscalationViews:
    """Looks at the queue; `Escalations` moves it."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def called(self, cause: str) -> bool:
        """Whether this cause has called for a person before."""
        with self._database.reading() as session:
            return session.get(EscalationCauseRow, cause) is not None

    def place(self, conversation_id: str) -> Place | None:
        """Where the citizen stands; None when nobody is wanted there."""
        with self._database.reading() as session:
            row = live(session, conversation_id)
            return place_of(session, row) if row else None

    def to_resume(self) -> Sequence[Entry]:
        """What was given back and not yet taken up by the bot, the oldest first."""
        wanted = and_(EscalationRow.state == GIVEN_BACK, EscalationRow.resumed_at.is_(None))
        return self._entries(wanted, EscalationRow.ended_at)

    def queue(self) -> Sequence[Entry]:
        """Who waits, in the order in which they are to be taken; then who is to be called back."""
        return [
            *self._entries(EscalationRow.state == WAITING, *_ORDER),
            *self._entries(EscalationRow.state == CALLBACK, *_ORDER),
        ]

    def held_by(self, operator: str) -> Sequence[Entry]:
        """What an operator holds, the oldest first."""
        return self._entries(and_(EscalationRow.state == HELD, EscalationRow.operator == operator), *_SINCE)

    def held(self) -> Sequence[Entry]:
        """What all operators hold."""
        return self._entries(EscalationRow.state == HELD, *_SINCE)

    def of(self, conversation_id: str) -> Sequence[Entry]:
        """A conversation's escalations, the oldest first; the last may be live."""
        return self._entries(EscalationRow.conversation_id == conversation_id, EscalationRow.id)

    def phone(self, escalation_id: int) -> str | None:
        """The number that the citizen wants to be called at, if they left one of its own."""
        with self._database.reading() as session:
            return session.get_one(EscalationRow, escalation_id).phone

    def _entries(self, wanted: object, *order: object) -> Sequence[Entry]:
        with self._database.reading() as session:
            rows = session.execute(
                select(EscalationRow, ConversationRow)
                .join(ConversationRow, ConversationRow.id == EscalationRow.conversation_id)
                .where(wanted)  # type: ignore[arg-type]
                .order_by(*order)  # type: ignore[arg-type]
            )
            return [entry_of(row, conversation) for row, conversation in rows]


def live(session: Session, conversation_id: str) -> EscalationRow | None:
    """The conversation's escalation that is not over."""
    return session.scalars(
        select(EscalationRow).where(EscalationRow.conversation_id == conversation_id, EscalationRow.state.in_(LIVE))
    ).first()


def place_of(session: Session, row: EscalationRow) -> Place:
    """Where it stands, counted in the caller\'s transaction."""
    position = None
    if row.state == WAITING:
        earlier = or_(
            EscalationRow.since < row.since, and_(EscalationRow.since == row.since, EscalationRow.id < row.id)
        )
        before = or_(EscalationRow.priority < row.priority, and_(EscalationRow.priority == row.priority, earlier))
        ahead = session.scalar(
            select(func.count()).select_from(EscalationRow).where(EscalationRow.state == WAITING, before)
        )
        position = (ahead or 0) + 1
    return Place(row.id, row.conversation_id, row.state, REASONS[row.reason], position, row.since, row.operator)
