"""Which conversation is which in Chatwoot, and how far it is told there; one process at a time tells it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Integer, String, and_, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from integrations.database import Base, Database, Moment
from integrations.escalation import LIVE
from integrations.escalation_tables import EscalationRow
from integrations.journal import locked
from integrations.tables import UtteranceRow

LEASE = timedelta(seconds=20)
"""Since the last line that was told: a process that dies holds nobody up for longer."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)


class MirrorRow(Base):
    """A conversation's double: `sent_to` is the last line of the journal that it holds, `status` what it was set to last."""

    __tablename__ = "chatwoot_conversations"
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    chatwoot_id: Mapped[int | None] = mapped_column(Integer, unique=True)
    sent_to: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[str] = mapped_column(String(10), default="pending", index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Mirror:
    """One of them as it was when it was claimed; `attempts` counts the failures before this one."""

    conversation_id: str
    chatwoot_id: int | None
    sent_to: int
    status: str
    attempts: int


class Mirrors:
    """All of them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def behind(self) -> Sequence[str]:
        """Conversations that Chatwoot has to be told of: somebody is wanted there and something is new, or nobody is any more."""
        wanted = exists().where(
            EscalationRow.conversation_id == MirrorRow.conversation_id, EscalationRow.state.in_(LIVE)
        )
        new = exists().where(
            UtteranceRow.conversation_id == MirrorRow.conversation_id, UtteranceRow.seq > MirrorRow.sent_to
        )
        free = or_(MirrorRow.leased_until.is_(None), MirrorRow.leased_until <= self._clock())
        with self._database.reading() as session:
            unknown = session.scalars(
                select(EscalationRow.conversation_id)
                .outerjoin(MirrorRow, MirrorRow.conversation_id == EscalationRow.conversation_id)
                .where(EscalationRow.state.in_(LIVE), MirrorRow.conversation_id.is_(None))
            ).all()
            old = session.scalars(
                select(MirrorRow.conversation_id).where(
                    free,
                    or_(and_(wanted, or_(new, MirrorRow.status != "open")), and_(MirrorRow.status == "open", ~wanted)),
                )
            ).all()
            return [*unknown, *old]

    def claim(self, conversation_id: str) -> Mirror | None:
        """The right to tell it to Chatwoot; None while another process has it. Each line that is told prolongs it."""
        now = self._clock()
        with self._database.session() as session:
            locked(session, conversation_id)
            row = session.get(MirrorRow, conversation_id)
            if row is None:
                row = MirrorRow(conversation_id=conversation_id, sent_to=0, status="pending", attempts=0)
                session.add(row)
            if row.leased_until is not None and row.leased_until > now:
                return None
            row.leased_until = now + LEASE
            return _mirror(row)

    def known_as(self, conversation_id: str, chatwoot_id: int) -> None:
        """Chatwoot's own number for it."""
        self._set(conversation_id, chatwoot_id=chatwoot_id, leased_until=self._clock() + LEASE)

    def sent(self, conversation_id: str, seq: int) -> None:
        """Chatwoot has everything up to this line."""
        self._set(conversation_id, sent_to=seq, leased_until=self._clock() + LEASE)

    def done(self, conversation_id: str, status: str) -> None:
        """Told; the next may tell more."""
        self._set(conversation_id, status=status, attempts=0, leased_until=None)

    def failed(self, mirror: Mirror) -> None:
        """Chatwoot did not take it: again after a pause."""
        pause = min(FIRST_PAUSE * 2 ** min(mirror.attempts, 12), LONGEST_PAUSE)
        self._set(mirror.conversation_id, attempts=mirror.attempts + 1, leased_until=self._clock() + pause)

    def set_status(self, conversation_id: str, status: str) -> None:
        """Chatwoot changed it by itself."""
        self._set(conversation_id, status=status)

    def of(self, chatwoot_id: int) -> Mirror | None:
        """By Chatwoot's number."""
        with self._database.reading() as session:
            row = session.scalar(select(MirrorRow).where(MirrorRow.chatwoot_id == chatwoot_id))
            return _mirror(row) if row else None

    def open(self) -> Sequence[Mirror]:
        """Those in which Chatwoot's people are wanted, or may be: whoever was telling it may have died after that."""
        with self._database.reading() as session:
            wanted = or_(MirrorRow.status == "open", MirrorRow.leased_until.is_not(None))
            rows = session.scalars(select(MirrorRow).where(wanted, MirrorRow.chatwoot_id.is_not(None)))
            return [_mirror(row) for row in rows]

    def _set(self, conversation_id: str, **values: object) -> None:
        with self._database.session() as session:
            row = session.get_one(MirrorRow, conversation_id, with_for_update=True)
            for name, value in values.items():
                setattr(row, name, value)


def _mirror(row: MirrorRow) -> Mirror:
    return Mirror(row.conversation_id, row.chatwoot_id, row.sent_to, row.status, row.attempts)
