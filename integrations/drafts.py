"""Drafts: a ticket in the making, every fact with whose words it is. Entries are only ever added."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from integrations.database import Database
from integrations.journal import locked, write_line
from integrations.tables import DraftEntryRow, DraftRow

NOT_FIELDS = ("topic", "type", "confirm")
"""Entries about the draft itself; everything else is a field of the ticket."""


CARRIED = ("contact_phone", "contact_name", "anonymous")
"""Who the citizen is holds for their next complaint as well."""


@dataclass(frozen=True, slots=True, repr=False)
class NewEntry:
    """One fact to add: `source` is citizen, operator, caller_id or default; `span` is {"start", "end"} in characters of the turn."""

    field: str
    value: Any
    raw: str | None
    turn: int
    span: Mapping[str, Any] | None = None
    source: str = "citizen"
    confirmed: bool = False
    by: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Entry(NewEntry):
    """A fact that was added, and when."""

    at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's field: value and provenance."""
        return {
            "value": self.value,
            "raw": self.raw,
            "turn": self.turn,
            "span": dict(self.span) if self.span else None,
            "confirmed": self.confirmed,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A draft with all its entries, the oldest first."""

    id: str
    conversation_id: str
    state: str
    dialog_state: Mapping[str, Any]
    entries: Sequence[Entry]

    @property
    def fields(self) -> dict[str, Entry]:
        """The latest entry of each field."""
        return {entry.field: entry for entry in self.entries}

    def value(self, name: str) -> Any:
        """A field's latest value, or None."""
        entry = self.fields.get(name)
        return entry.value if entry else None

    def as_json(self) -> dict[str, Any]:
        """The contract's draft."""
        latest = self.fields
        return {
            "type": self.value("type"),
            "topic": self.value("topic"),
            "fields": {name: entry.value for name, entry in latest.items() if name not in NOT_FIELDS},
        }


class Drafts:
    """The drafts of all conversations."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def current(self, conversation_id: str) -> Draft | None:
        """The conversation's open draft, if it has one."""
        with self._database.reading() as session:
            row = session.scalars(
                select(DraftRow)
                .where(DraftRow.conversation_id == conversation_id, DraftRow.state == "open")
                .order_by(DraftRow.created_at.desc())
                .limit(1)
            ).first()
            return draft_of(session, row) if row else None

    def latest(self, conversation_id: str) -> Draft | None:
        """The conversation's newest draft, whatever its state."""
        with self._database.reading() as session:
            row = session.scalars(
                select(DraftRow)
                .where(DraftRow.conversation_id == conversation_id)
                .order_by(DraftRow.created_at.desc())
                .limit(1)
            ).first()
            return draft_of(session, row) if row else None

    def filed_before(self, conversation_id: str) -> Draft | None:
        """The draft that this conversation filed last."""
        with self._database.reading() as session:
            row = _latest_filed(session, conversation_id)
            return draft_of(session, row) if row else None

    def by_id(self, draft_id: str) -> Draft:
        """One draft, whatever its state. NoResultFound."""
        with self._database.reading() as session:
            return draft_of(session, session.get_one(DraftRow, draft_id))

    def open_new(self, conversation_id: str, id: str | None = None) -> Draft:
        """A new draft. Whoever has filed in this conversation before is not asked again who they are. With an `id` that is there, that one."""
        draft_id, now = id or str(uuid.uuid4()), self._clock()
        with self._database.unless_there() as session:
            if id is not None and (there := session.get(DraftRow, id)) is not None:
                return draft_of(session, there)
            earlier = _latest_filed(session, conversation_id)
            row = DraftRow(id=draft_id, conversation_id=conversation_id, state="open", dialog_state={}, created_at=now)
            session.add(row)
            session.flush()
            known = draft_of(session, earlier).fields if earlier else {}
            carried = [replace(known[name], confirmed=False) for name in CARRIED if name in known]
            if carried:
                session.execute(insert(DraftEntryRow), [_row(draft_id, entry, now) for entry in carried])
            return draft_of(session, row)
        return self.by_id(draft_id)

    def append(self, draft_id: str, entries: Sequence[NewEntry], dialog_state: Mapping[str, Any]) -> None:
        """Adds entries and keeps the dialog's memory, in one transaction."""
        now = self._clock()
        with self._database.session() as session:
            session.execute(update(DraftRow).where(DraftRow.id == draft_id).values(dialog_state=dict(dialog_state)))
            if entries:
                session.execute(insert(DraftEntryRow), [_row(draft_id, entry, now) for entry in entries])

    def edit(self, draft_id: str, entry: NewEntry) -> None:
        """Adds what an operator says about a draft, and tells it to the journal: old value, new value, who.

        The dialog's memory stays as it is.
        """
        now = self._clock()
        with self._database.session() as session:
            draft = session.get_one(DraftRow, draft_id)
            locked(session, draft.conversation_id)
            before = draft_of(session, draft).value(entry.field)
            session.execute(insert(DraftEntryRow), [_row(draft_id, entry, now)])
            payload = {"event": "edited", "field": entry.field, "old": before, "new": entry.value, "operator": entry.by}
            write_line(session, draft.conversation_id, "system", f"{entry.by}修改了内容", payload, now)

    def cancel(self, draft_id: str) -> None:
        """Nothing of it will be filed; its entries stay."""
        with self._database.session() as session:
            session.execute(
                update(DraftRow).where(DraftRow.id == draft_id, DraftRow.state == "open").values(state="cancelled")
            )


def _latest_filed(session: Session, conversation_id: str) -> DraftRow | None:
    return session.scalars(
        select(DraftRow)
        .where(DraftRow.conversation_id == conversation_id, DraftRow.state == "filed")
        .order_by(DraftRow.created_at.desc())
        .limit(1)
    ).first()


def draft_of(session: Session, row: DraftRow) -> Draft:
    """A draft with its entries, read in the caller's transaction."""
    entries = session.scalars(select(DraftEntryRow).where(DraftEntryRow.draft_id == row.id).order_by(DraftEntryRow.seq))
    return Draft(
        row.id,
        row.conversation_id,
        row.state,
        row.dialog_state,
        tuple(Entry(e.field, e.value, e.raw, e.turn, e.span, e.source, e.confirmed, e.by, e.at) for e in entries),
    )


def _row(draft_id: str, entry: NewEntry, now: datetime) -> dict[str, Any]:
    return {
        "draft_id": draft_id,
        "field": entry.field,
        "value": entry.value,
        "raw": entry.raw,
        "turn": entry.turn,
        "span": dict(entry.span) if entry.span else None,
        "source": entry.source,
        "confirmed": entry.confirmed,
        "by": entry.by,
        "at": now,
    }
