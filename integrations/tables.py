"""Every table. Rows are facts; what they mean is in the module named after them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from integrations.database import Base, Moment


class ConversationRow(Base):
    """One citizen in one channel. `busy_*` is the lease of the process that handles a turn."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_created_at", "created_at", "channel", "last_turn"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    citizen_key: Mapped[str | None] = mapped_column(String(80), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="bot")
    last_turn: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    busy_until: Mapped[datetime | None] = mapped_column(Moment)
    busy_by: Mapped[str | None] = mapped_column(String(36))


class UtteranceRow(Base):
    """One line of the journal; `seq` grows over all conversations and is the event stream's id."""

    __tablename__ = "utterances"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_message_id"),
        Index("ix_utterances_conversation_seq", "conversation_id", "seq"),
    )
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    turn: Mapped[int] = mapped_column(Integer)
    direction: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    unasked: Mapped[bool] = mapped_column(Boolean, default=False)
    client_message_id: Mapped[str | None] = mapped_column(String(128))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)


class DraftRow(Base):
    """A ticket in the making: `state` is open, filed or cancelled."""

    __tablename__ = "drafts"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    dialog_state: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Moment)


class DraftEntryRow(Base):
    """One fact as somebody said it. Never changed: a correction is another entry."""

    __tablename__ = "draft_entries"
    __table_args__ = (Index("ix_draft_entries_draft_seq", "draft_id", "seq"),)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"))
    field: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(JSON, nullable=True)
    raw: Mapped[str | None] = mapped_column(Text)
    turn: Mapped[int] = mapped_column(Integer)
    span: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(10))
    confirmed: Mapped[bool] = mapped_column(Boolean, default=False)
    by: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Moment)


class FileRow(Base):
    """A photo or PDF attached to a draft, and so to its ticket; the bytes lie in a folder under their hash."""

    __tablename__ = "files"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class TicketRow(Base):
    """A filed ticket. What is searched has a column; the fields with their provenance are JSON."""

    __tablename__ = "tickets"
    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(4))
    topic: Mapped[str] = mapped_column(String(40), index=True)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    district: Mapped[str | None] = mapped_column(String(20), index=True)
    street: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(12), index=True)
    lead_unit: Mapped[str] = mapped_column(String(80))
    co_units: Mapped[list[str]] = mapped_column(JSON, default=list)
    phone: Mapped[str | None] = mapped_column(String(20))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    about: Mapped[str | None] = mapped_column(String(120), index=True)
    loss: Mapped[float | None] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)


class HistoryRow(Base):
    """One step of a ticket; `announced_at` is when its citizen was told."""

    __tablename__ = "ticket_history"
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    ticket: Mapped[str] = mapped_column(ForeignKey("tickets.number"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    announced_at: Mapped[datetime | None] = mapped_column(Moment, index=True)


class RecordingRow(Base):
    """What a citizen said aloud, in one turn: `state` is kept (nobody has understood it yet), waiting (for the second hearing), heard or failed."""

    __tablename__ = "recordings"
    __table_args__ = (Index("ix_recordings_conversation_turn", "conversation_id", "turn"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    turn: Mapped[int | None] = mapped_column(Integer)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("drafts.id"))
    seconds: Mapped[float] = mapped_column(Float)
    transcript: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    context: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    second: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), index=True, default="kept")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    at: Mapped[datetime] = mapped_column(Moment)


class DoubtRow(Base):
    """One field that the two hearings of a recording disagree about: `state` is open, asked, settled or kept (for an operator)."""

    __tablename__ = "doubts"
    __table_args__ = (UniqueConstraint("recording_id", "field"),)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), index=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"))
    field: Mapped[str] = mapped_column(String(40))
    first: Mapped[dict[str, Any]] = mapped_column(JSON)
    second: Mapped[dict[str, Any]] = mapped_column(JSON)
    audio: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), index=True, default="open")
    at: Mapped[datetime] = mapped_column(Moment)


class OutboxRow(Base):
    """Something that a remote desk has to be told: `state` is waiting, done or dead. Written with the ticket that it is about."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_due", "state", "due_at"),)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    ticket: Mapped[str] = mapped_column(ForeignKey("tickets.number"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(36))
    reason: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class InboxRow(Base):
    """An update of a messenger, kept before the messenger is told that it came; `data` goes when it is done."""

    __tablename__ = "inbox"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    chat: Mapped[str] = mapped_column(String(60), index=True)
    order: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class PayloadRow(Base):
    """A button's payload that is too long for the messenger to carry."""

    __tablename__ = "button_payloads"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    payload: Mapped[str] = mapped_column(Text)


class PushRow(Base):
    """How far an unasked line is on its way to a citizen who has to be told: `state` is waiting, done or away (they cannot be reached)."""

    __tablename__ = "pushes"
    utterance: Mapped[int] = mapped_column(ForeignKey("utterances.seq"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(Moment)
