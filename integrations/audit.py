"""The audit log: who did or saw what. It only grows, and each line vouches for the one before."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from integrations.database import Database
from integrations.staff_tables import AuditRow

AUDIT_LOCK = 7_481_212
"""PostgreSQL advisory lock: lines are chained, so they are written one after the other."""

ORIGIN = "0" * 64
"""What the first line has before it."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line. `subject` is "ticket:…", "conversation:…" or "staff:…"; `detail` never holds a citizen's words or phone."""

    seq: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: Mapping[str, Any]


class Audit:
    """The log of one database."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, session: Session, who: str, action: str, subject: str, **detail: Any) -> None:
        """Adds a line in the caller's transaction: it is there if, and only if, what it tells of happened."""
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": AUDIT_LOCK})
        before = session.scalar(select(AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)) or ORIGIN
        now = self._clock()
        digest = _digest(before, now, who, action, subject, detail)
        session.add(
            AuditRow(at=now, who=who, action=action, subject=subject, detail=detail, before=before, hash=digest)
        )
        session.flush()

    def record(self, who: str, action: str, subject: str, **detail: Any) -> None:
        """Adds a line on its own: call it before what it tells of is shown."""
        with self._database.session() as session:
            self.add(session, who, action, subject, **detail)

    def lines(
        self, *, who: str = "", action: str = "", subject: str = "", limit: int = 100, offset: int = 0
    ) -> Sequence[AuditLine]:
        """The newest lines first, of one person, action or subject if named."""
        query = select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit).offset(offset)
        for column, wanted in ((AuditRow.who, who), (AuditRow.action, action), (AuditRow.subject, subject)):
            if wanted:
                query = query.where(column == wanted)
        with self._database.reading() as session:
            return [AuditLine(r.seq, r.at, r.who, r.action, r.subject, r.detail) for r in session.scalars(query)]

    def broken(self) -> int | None:
        """The first line that is not as it was written, or has lost the one before it; None when all are whole."""
        before = ORIGIN
        with self._database.reading() as session:
            for row in session.scalars(select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=1000)):
                digest = _digest(before, row.at, row.who, row.action, row.subject, row.detail)
                if row.before != before or row.hash != digest:
                    return row.seq
                before = row.hash
        return None


def _digest(before: str, at: datetime, who: str, action: str, subject: str, detail: Mapping[str, Any]) -> str:
    line = [before, at.astimezone(UTC).isoformat(), who, action, subject, detail]
    return hashlib.sha256(json.dumps(line, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
