"""How calls came and ended: what the dialplan asks for by UUID, kept over a restart. A number is kept for the call alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from integrations.database import Base, Database, Moment

KEPT = timedelta(days=7)
"""How long a call can be asked for."""


class Outcome(StrEnum):
    """Why the bot's part of a call ended."""

    HUMAN = "human"
    DONE = "done"
    HUNG_UP = "hung_up"
    DRAINED = "drained"
    FAILED = "failed"


class CallRow(Base):
    """One call. `outcome` is None while it lasts; the number and name are forgotten when it ends."""

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_at", "at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[str | None] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[str | None] = mapped_column(String(10))
    queue: Mapped[str | None] = mapped_column(String(40))
    draft: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing personal: how it ended, for which operator queue, about which draft. `outcome` is None while the call lasts."""

    outcome: Outcome | None
    queue: str | None
    draft: str | None


class Calls:
    """The table."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def announce(self, call: UUID, number: str | None, name: str | None) -> None:
        """A call is about to come (again: the same caller, back from a queue): who calls. Older than KEPT are forgotten."""
        now = self._clock()
        with self._database.session() as session:
            session.execute(delete(CallRow).where(CallRow.at < now - KEPT))
            row = session.get(CallRow, str(call))
            if row is None:
                session.add(CallRow(id=str(call), number=number, name=name, at=now))
            else:
                row.number, row.name, row.at = number, name, now
                row.outcome = row.queue = row.ended_at = None

    def begin(self, call: UUID) -> tuple[str | None, str | None]:
        """The call is here: number and name, as far as they were announced. Nothing is written, unless the same call ended before."""
        with self._database.reading() as session:
            row = session.get(CallRow, str(call))
            if row is None or row.outcome is None:
                return (row.number, row.name) if row else (None, None)
        with self._database.session() as session:
            row = session.get_one(CallRow, str(call))
            row.outcome = row.queue = row.ended_at = None
            return row.number, row.name

    def end(self, call: UUID, outcome: Outcome, queue: str | None, draft: str | None) -> None:
        """It has ended; who called is forgotten."""
        now = self._clock()
        with self._database.session() as session:
            row = session.get(CallRow, str(call))
            if row is None:
                row = CallRow(id=str(call), at=now)
                session.add(row)
            row.number = row.name = None
            row.outcome, row.queue, row.draft, row.ended_at = outcome.value, queue, draft or row.draft, now

    def ended(self, call: UUID) -> Ended | None:
        """How it ended; None for a call that nobody knows."""
        with self._database.reading() as session:
            row = session.get(CallRow, str(call))
            return Ended(Outcome(row.outcome) if row.outcome else None, row.queue, row.draft) if row else None
