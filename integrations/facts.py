"""What reports are made from: one narrow row a ticket, with nothing in it of who complained or in what words.

Kept in the transaction that changes the ticket, its history or its follow-up, whoever changes it: a report is never behind, and never
reads a table with personal data. `fill_in` makes the rows of a database that is older than they are.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, event, exists, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from integrations.database import Base, Database, Moment
from integrations.drafts import CARRIED, NOT_FIELDS
from integrations.followup import AT_WORK
from integrations.followup_tables import FollowUpRow
from integrations.groups import REPEATED
from integrations.status import Status
from integrations.tables import DraftEntryRow, DraftRow, HistoryRow, TicketRow
from integrations.zone import BEIJING

BATCH = 500
_TOUCHED = "tickets whose facts have changed"
_FILED = "tickets of this transaction, which have no facts yet"


class FactRow(Base):
    """One ticket. `month` is YYYYMM in Beijing; `returns` are the units that passed it on (首接负责); `turns`, `corrected` and `missed` are
    the dialog's: turns until the filing, fields told anew, messages not understood."""

    __tablename__ = "ticket_facts"
    __table_args__ = (
        # Each report reads one of these alone: its columns are all in the index.
        Index("ix_ticket_facts_what", "month", "topic", "district", "street", "status", "type", "channel"),
        Index("ix_ticket_facts_unit", "month", "lead_unit", "open", "late", "returns", "reopens", "district", "topic"),
        Index("ix_ticket_facts_follow_up", "month", "lead_unit", "follow_up", "contacted", "solved", "satisfied", "district", "topic"),
        Index("ix_ticket_facts_open", "open", "lead_unit", "due_at", "district", "topic"),
        Index("ix_ticket_facts_about", "month", "about", "topic", "district", "repeated"),
        Index("ix_ticket_facts_talk", "month", "turns", "corrected", "missed", "channel"),
        Index("ix_ticket_facts_kind", "topic", "district", "month", "kind", "open", "status"),
    )  # fmt: skip
    number: Mapped[str] = mapped_column(ForeignKey("tickets.number"), primary_key=True)
    month: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(4))
    topic: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str | None] = mapped_column(String(20))
    district: Mapped[str | None] = mapped_column(String(20))
    street: Mapped[str | None] = mapped_column(String(40))
    lead_unit: Mapped[str] = mapped_column(String(80))
    about: Mapped[str | None] = mapped_column(String(120))
    loss: Mapped[float | None] = mapped_column(Float)
    repeated: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(12))
    open: Mapped[bool] = mapped_column(Boolean)
    due_at: Mapped[datetime] = mapped_column(Moment)
    late: Mapped[bool] = mapped_column(Boolean)
    returns: Mapped[int] = mapped_column(Integer)
    reopens: Mapped[int] = mapped_column(Integer)
    follow_up: Mapped[str | None] = mapped_column(String(10))
    contacted: Mapped[str | None] = mapped_column(String(6))
    solved: Mapped[str | None] = mapped_column(String(6))
    satisfied: Mapped[str | None] = mapped_column(String(6))
    turns: Mapped[int] = mapped_column(Integer)
    corrected: Mapped[int] = mapped_column(Integer)
    missed: Mapped[int] = mapped_column(Integer)


def month_of(moment: datetime) -> int:
    """The month that a moment falls in, in Beijing: 202611."""
    local = moment.astimezone(BEIJING)
    return local.year * 100 + local.month


def facts_of(session: Session, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of these tickets, computed from everything that is known of them."""
    tickets = session.scalars(select(TicketRow).where(TicketRow.number.in_(numbers))).all()
    steps = _grouped(
        session.execute(
            select(HistoryRow.ticket, HistoryRow.status, HistoryRow.at)
            .where(HistoryRow.ticket.in_(numbers))
            .order_by(HistoryRow.seq)
        )
    )
    ids = [ticket.draft_id for ticket in tickets]
    told = _grouped(
        session.execute(
            select(DraftEntryRow.draft_id, DraftEntryRow.field, DraftEntryRow.value, DraftEntryRow.turn)
            .where(DraftEntryRow.draft_id.in_(ids), DraftEntryRow.source == "citizen")
            .order_by(DraftEntryRow.seq)
        )
    )
    drafts = session.execute(select(DraftRow.id, DraftRow.dialog_state).where(DraftRow.id.in_(ids)))
    memories: dict[str, Any] = {row.id: row.dialog_state for row in drafts}
    asked = {
        row.ticket: row
        for row in session.scalars(select(FollowUpRow).where(FollowUpRow.ticket.in_(numbers)).order_by(FollowUpRow.id))
    }
    return [
        {
            **_of_ticket(ticket),
            **_of_history(ticket, steps.get(ticket.number, [])),
            **_of_follow_up(asked.get(ticket.number)),
            **_of_talk(told.get(ticket.draft_id, [])),
            "missed": int((memories.get(ticket.draft_id) or {}).get("missed", 0)),
        }
        for ticket in tickets
    ]


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, *rest in rows:
        found.setdefault(key, []).append(rest)
    return found


def _of_ticket(ticket: TicketRow) -> dict[str, Any]:
    kind = (ticket.fields.get("issue_kind") or {}).get("value")
    return {
        **{
            name: getattr(ticket, name)
            for name in (
                "number", "channel", "type", "topic", "district", "street", "lead_unit", "about", "loss", "status", "due_at",
            )
        },
        "month": month_of(ticket.created_at),
        "kind": str(kind)[:20] if kind else None,
        "repeated": REPEATED in ticket.tags,
        "open": ticket.status in AT_WORK,
    }  # fmt: skip


def _of_history(ticket: TicketRow, steps: list[Any]) -> dict[str, Any]:
    """A line that repeats the status before it only added words."""
    taken = [steps[0], *(b for a, b in pairwise(steps) if b[0] != a[0])] if steps else []
    ends = [at for status, at in taken if status in (Status.RESOLVED, Status.CLOSED)]
    return {
        "returns": sum(status == Status.RETURNED for status, _ in taken),
        "reopens": sum(status == Status.REOPENED for status, _ in taken),
        "late": bool(ends) and ticket.status not in AT_WORK and ends[0] > ticket.due_at,
    }


def _of_follow_up(row: FollowUpRow | None) -> dict[str, Any]:
    if row is None:
        return dict.fromkeys(("follow_up", "contacted", "solved", "satisfied"))
    return {"follow_up": row.state, "contacted": row.contacted, "solved": row.solved, "satisfied": row.satisfied}


def _of_talk(entries: list[Any]) -> dict[str, int]:
    """From the first words to the filing; a field that gets another value was corrected."""
    own = [entry for entry in entries if entry[0] not in CARRIED]
    turns = [turn for _, _, turn in own]
    latest: dict[str, Any] = {}
    corrected = 0
    for field, value, _ in own:
        if field in latest and latest[field] not in (None, value) and field not in (*NOT_FIELDS, "description"):
            corrected += 1
        latest[field] = value
    return {"turns": max(turns) - min(turns) + 1 if turns else 0, "corrected": corrected}


def _touched(number: str, row: Any) -> None:
    if (session := object_session(row)) is not None:
        session.info.setdefault(_TOUCHED, set()).add(number)


@event.listens_for(TicketRow, "after_insert")
def _ticket_filed(_mapper: Any, _connection: Any, row: TicketRow) -> None:
    _touched(row.number, row)
    if (session := object_session(row)) is not None:
        session.info.setdefault(_FILED, set()).add(row.number)


@event.listens_for(TicketRow, "after_update")
def _ticket_changed(_mapper: Any, _connection: Any, row: TicketRow) -> None:
    _touched(row.number, row)


@event.listens_for(HistoryRow, "after_insert")
@event.listens_for(FollowUpRow, "after_insert")
@event.listens_for(FollowUpRow, "after_update")
def _something_happened(_mapper: Any, _connection: Any, row: HistoryRow | FollowUpRow) -> None:
    _touched(row.ticket, row)


@event.listens_for(Session, "before_commit")
def _keep(session: Session) -> None:
    """Before the transaction ends, the facts of the tickets that it changed are written with it."""
    session.flush()
    filed: set[str] = session.info.pop(_FILED, set())
    if numbers := session.info.pop(_TOUCHED, None):
        rows = facts_of(session, sorted(numbers))
        if new := [values for values in rows if values["number"] in filed]:
            session.execute(insert(FactRow), new)
        for values in rows:
            if values["number"] not in filed:
                session.merge(FactRow(**values))
        session.flush()
        session.info.pop(_TOUCHED, None)


def fill_in(database: Database) -> int:
    """Makes the rows that are missing; how many there were."""
    made = 0
    missing = select(TicketRow.number).where(~exists().where(FactRow.number == TicketRow.number)).limit(BATCH)
    while True:
        with database.session() as session:
            numbers = session.scalars(missing).all()
            if not numbers:
                return made
            session.execute(insert(FactRow), facts_of(session, numbers))
            made += len(numbers)
