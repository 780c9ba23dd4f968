"""The follow-up's tables. Rows are facts; what they mean is in `integrations/followup.py`."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from integrations.database import Base, Moment


class FollowUpRow(Base):
    """One asking-back about one ticket: after it was resolved (`occasion` names the step), or after its deadline.

    `asking` is the question that stands open, `aside` that the citizen has turned to something else since it was asked.
    `misses` counts answers that were not understood, and, of somebody who is to be called, the calls in vain.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("ticket", "occasion"),
        Index("ix_follow_ups_state_due", "state", "due_at"),
        Index("ix_follow_ups_conversation_state", "conversation_id", "state"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    ticket: Mapped[str] = mapped_column(ForeignKey("tickets.number"))
    occasion: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(10))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    due_at: Mapped[datetime] = mapped_column(Moment)
    asking: Mapped[str | None] = mapped_column(String(10))
    aside: Mapped[bool] = mapped_column(Boolean, default=True)
    misses: Mapped[int] = mapped_column(Integer, default=0)
    last_turn: Mapped[int | None] = mapped_column(Integer)
    contacted: Mapped[str | None] = mapped_column(String(6))
    solved: Mapped[str | None] = mapped_column(String(6))
    satisfied: Mapped[str | None] = mapped_column(String(6))
    remarked: Mapped[bool] = mapped_column(Boolean, default=False)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class FollowUpAnswerRow(Base):
    """One answer as the citizen gave it. Never changed: another answer is another row. `value` is None for a question passed over."""

    __tablename__ = "follow_up_answers"
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    follow_up: Mapped[int] = mapped_column(ForeignKey("follow_ups.id"), index=True)
    question: Mapped[str] = mapped_column(String(10))
    value: Mapped[str | None] = mapped_column(String(6))
    raw: Mapped[str] = mapped_column(Text)
    turn: Mapped[int] = mapped_column(Integer)
    recording: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(Moment)
