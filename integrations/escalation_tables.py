"""The tables of the queue for a person."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from integrations.database import Base, Moment

LIVE = text("state IN ('waiting', 'callback', 'held')")


class EscalationRow(Base):
    """One wish for a person, from asking to its end: `state` is waiting, callback, held, left, given_back or closed.

    `since` is what its place counts from, `resumed_at` when the bot went on after it was given back; at most one is live in a conversation.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        Index("ix_escalations_live", "conversation_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_escalations_state_place", "state", "priority", "since"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    operator: Mapped[str | None] = mapped_column(String(80), index=True)
    phone: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    since: Mapped[datetime] = mapped_column(Moment)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    resumed_at: Mapped[datetime | None] = mapped_column(Moment)


class EscalationCauseRow(Base):
    """Something outside a conversation that called for a person (a ticket that came back): it does so once."""

    __tablename__ = "escalation_causes"
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    escalation: Mapped[int] = mapped_column(ForeignKey("escalations.id"))
    at: Mapped[datetime] = mapped_column(Moment)
