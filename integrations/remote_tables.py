"""What is known of the remote desk: tickets there, changes taken over, and how far it was asked."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.database import Base, Moment


class RemoteTicketRow(Base):
    """A ticket as the remote desk knows it: by a token first, where it gives one, then by an id of its own.

    `changed_at` is when its newest change was made there: what comes late does not move it back.
    """

    __tablename__ = "remote_tickets"
    ticket: Mapped[str] = mapped_column(ForeignKey("tickets.number"), primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(120), index=True)
    token: Mapped[str | None] = mapped_column(String(120), index=True)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)


class RemoteChangeRow(Base):
    """A change that the remote desk told and that was taken over: told twice, it is taken over once."""

    __tablename__ = "remote_changes"
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)


class RemotePollRow(Base):
    """Up to when a remote desk has told its changes: a dispatcher that was away goes on from there."""

    __tablename__ = "remote_polls"
    remote: Mapped[str] = mapped_column(String(40), primary_key=True)
    until: Mapped[datetime] = mapped_column(Moment)
