"""Whose telephone number is whose in another channel, where the channel itself has proved it (a Telegram user who shares their own contact)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.database import Base, Database, Moment


class PhoneLinkRow(Base):
    """The newest proof counts: a number has one owner."""

    __tablename__ = "phone_links"
    phone: Mapped[str] = mapped_column(String(20), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    citizen_key: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Moment)


class PhoneLinks:
    """All of them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def link(self, phone: str, channel: str, citizen_key: str) -> None:
        """This citizen of a channel has proved that the number is theirs."""
        with self._database.session() as session:
            session.merge(PhoneLinkRow(phone=phone, channel=channel, citizen_key=citizen_key, at=self._clock()))

    def citizen(self, phone: str, channel: str) -> str | None:
        """Who owns this number there."""
        with self._database.reading() as session:
            row = session.get(PhoneLinkRow, (phone, channel))
            return row.citizen_key if row else None
