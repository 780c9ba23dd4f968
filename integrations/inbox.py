"""What a messenger sends us is kept before it is told that it came: a crash loses no message, and a message twice is one."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from integrations.database import Database
from integrations.tables import InboxRow, PayloadRow

MOST_ATTEMPTS = 5
CARRIED = 60
"""Bytes of a payload that a button carries itself (Telegram's limit is 64)."""


@dataclass(frozen=True, slots=True, repr=False)
class Arrived:
    """One update, as it came."""

    id: str
    chat: str
    data: Mapping[str, Any]
    last: bool
    """Nothing more is tried after this attempt."""


class Inbox:
    """The updates of one messenger."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def keep(self, id: str, chat: str, order: int, data: Mapping[str, Any]) -> bool:
        """Keeps an update; whether it is a new one."""
        with self._database.session() as session:
            if session.get(InboxRow, id) is not None:
                return False
            session.add(InboxRow(id=id, chat=chat, order=order, data=dict(data), at=self._clock()))
            return True

    def waiting(self) -> Sequence[Arrived]:
        """What is not done yet, in the order in which it was sent."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(InboxRow)
                .where(InboxRow.done_at.is_(None), InboxRow.attempts < MOST_ATTEMPTS)
                .order_by(InboxRow.order)
            )
            return [Arrived(r.id, r.chat, r.data or {}, r.attempts >= MOST_ATTEMPTS - 1) for r in rows]

    def trying(self, id: str) -> None:
        """Counts an attempt, so that an update that kills us is not tried for ever."""
        with self._database.session() as session:
            session.get_one(InboxRow, id).attempts += 1

    def not_counted(self, id: str) -> None:
        """The attempt failed for no reason of the update's own: the messenger was away."""
        with self._database.session() as session:
            session.get_one(InboxRow, id).attempts -= 1

    def done(self, id: str) -> None:
        """It was answered; its words are in the journal, not here."""
        with self._database.session() as session:
            row = session.get_one(InboxRow, id)
            row.done_at, row.data = self._clock(), None

    def carried(self, payload: str) -> str:
        """What a button carries for a payload: itself, or a key when it is too long."""
        if len(payload.encode()) < CARRIED:
            return f"={payload}"
        key = hashlib.sha256(payload.encode()).hexdigest()[:40]
        with self._database.session() as session:
            if session.get(PayloadRow, key) is None:
                session.add(PayloadRow(id=key, payload=payload))
        return f"#{key}"

    def payload(self, carried: str) -> str | None:
        """The payload behind what a button carried; None for what was never sent."""
        if carried.startswith("="):
            return carried[1:]
        with self._database.reading() as session:
            return session.scalar(select(PayloadRow.payload).where(PayloadRow.id == carried[1:]))
