"""Who is signed in: sessions on the server, which end when nobody uses them, and in any case after a shift."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update

from integrations.accounts import Person, person_of
from integrations.audit import Audit
from integrations.database import Database
from integrations.staff_tables import StaffRow, StaffSessionRow

SECONDS_REMEMBERED = 2.0
"""How long an answer of the database is believed: a locked account is out of the console after that."""

SECONDS_BETWEEN_TOUCHES = 30.0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person in one session; `key` names the session without opening it."""

    person: Person
    key: str


class Sessions:
    """The sessions of all people. `idle` and `longest` are how long one lives unused, and at all."""

    def __init__(
        self, database: Database, audit: Audit, clock: Callable[[], datetime], idle: timedelta, longest: timedelta
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._idle = idle
        self._longest = longest
        self._remembered: dict[str, tuple[float, SignedIn | None]] = {}
        self._touched: dict[str, float] = {}
        self._lock = threading.Lock()

    def open(self, person: Person, address: str) -> str:
        """Signs somebody in; the token for their browser, which is kept nowhere else."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._database.session() as session:
            session.execute(delete(StaffSessionRow).where(self._over(now)))
            session.add(
                StaffSessionRow(
                    token_hash=_hash(token), staff_id=person.id, address=address[:60], created_at=now, seen_at=now
                )
            )
            self._audit.add(session, person.login, "signed_in", f"staff:{person.login}", address=address[:60])
        return token

    def who(self, token: str) -> SignedIn | None:
        """Whose session this is; None for one that has ended. Costs a look into the database every two seconds at most."""
        return self.by_key(_hash(token)) if token else None

    def by_key(self, key: str) -> SignedIn | None:
        """The same, by the session's name."""
        now = time.monotonic()
        with self._lock:
            at, known = self._remembered.get(key, (0.0, None))
            if at and now - at < SECONDS_REMEMBERED:
                return known
        found = self._read(key)
        with self._lock:
            self._remembered = {k: v for k, v in self._remembered.items() if now - v[0] < SECONDS_REMEMBERED}
            self._remembered[key] = (now, found)
        return found

    def touch(self, key: str) -> None:
        """Somebody has done something in this session. What a page does by itself does not count."""
        now = time.monotonic()
        with self._lock:
            if now - self._touched.get(key, float("-inf")) < SECONDS_BETWEEN_TOUCHES:
                return
            self._touched = {k: v for k, v in self._touched.items() if now - v < 3600}
            self._touched[key] = now
        with self._database.session() as session:
            session.execute(
                update(StaffSessionRow).where(StaffSessionRow.token_hash == key).values(seen_at=self._clock())
            )

    def close(self, key: str) -> None:
        """Signs out."""
        with self._database.session() as session:
            row = session.get(StaffSessionRow, key)
            if row is not None:
                login = session.get_one(StaffRow, row.staff_id).login
                session.delete(row)
                self._audit.add(session, login, "signed_out", f"staff:{login}")
        with self._lock:
            self._remembered.pop(key, None)

    def _read(self, key: str) -> SignedIn | None:
        with self._database.reading() as session:
            staff = session.scalar(
                select(StaffRow)
                .join(StaffSessionRow, StaffSessionRow.staff_id == StaffRow.id)
                .where(StaffSessionRow.token_hash == key, ~self._over(self._clock()), StaffRow.disabled_at.is_(None))
            )
            return SignedIn(person_of(staff), key) if staff else None

    def _over(self, now: datetime) -> ColumnElement[bool]:
        return or_(StaffSessionRow.seen_at < now - self._idle, StaffSessionRow.created_at < now - self._longest)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
