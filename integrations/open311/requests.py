"""What anybody may read of the tickets: what it is about, in which street, how far it is. Never who, never their words, never the house."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from integrations.database import Database
from integrations.open311.forms import w3c
from integrations.status import CHINESE, OVER, Status
from integrations.tables import HistoryRow, TicketRow

SPAN = timedelta(days=90)
LIMIT = 1000
OPEN_STATUS, CLOSED_STATUS = "open", "closed"


@dataclass(frozen=True, slots=True)
class Query:
    """Which requests; empty means all. `page` counts from 1."""

    ids: Sequence[str] = ()
    codes: Sequence[str] = ()
    statuses: Sequence[str] = ()
    start: datetime | None = None
    end: datetime | None = None
    page: int = 1
    size: int = LIMIT


class PublicRequests:
    """The tickets of the local desk as service requests."""

    def __init__(
        self, database: Database, names: Mapping[str, str], streets: frozenset[str], clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._streets = streets
        self._names = names
        self._clock = clock

    def find(self, query: Query, *, extended: bool = False) -> list[dict[str, Any]]:
        """The newest first. Ids override everything else; without dates, the last 90 days."""
        with self._database.reading() as session:
            rows = session.scalars(self._rows(query)).all()
            updated = self._updated(session, [row.number for row in rows])
            return [self._shown(row, updated[row.number], extended) for row in rows]

    def updates(self, start: datetime, end: datetime, page: int, size: int) -> list[dict[str, Any]]:
        """Steps of tickets in a span, the oldest first (servicerequestupdates)."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(HistoryRow)
                .where(HistoryRow.at >= start, HistoryRow.at <= end)
                .order_by(HistoryRow.seq)
                .limit(size)
                .offset((page - 1) * size)
            )
            return [
                {
                    "update_id": str(row.seq),
                    "service_request_id": row.ticket,
                    "status": _open(row.status).upper(),
                    "updated_datetime": w3c(row.at),
                    "description": CHINESE[Status(row.status)],
                    "media_url": None,
                }
                for row in rows
            ]

    def _rows(self, query: Query) -> Select[TicketRow]:
        chosen = select(TicketRow).order_by(TicketRow.created_at.desc(), TicketRow.number)
        if query.ids:
            return chosen.where(TicketRow.number.in_(query.ids)).limit(LIMIT)
        start, end = self.span(query.start, query.end)
        chosen = chosen.where(and_(TicketRow.created_at >= start, TicketRow.created_at <= end))
        if query.codes:
            chosen = chosen.where(TicketRow.topic.in_(query.codes))
        if query.statuses and set(query.statuses) != {OPEN_STATUS, CLOSED_STATUS}:
            closed = TicketRow.status.in_(OVER)
            chosen = chosen.where(closed if CLOSED_STATUS in query.statuses else ~closed)
        return chosen.limit(query.size).offset((query.page - 1) * query.size)

    def span(self, start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
        """The dates of a query, 90 days at most: what is not given follows from what is."""
        end = end or (min(start + SPAN, self._clock()) if start else self._clock())
        return start or end - SPAN, end

    def _updated(self, session: Session, numbers: Sequence[str]) -> dict[str, datetime]:
        if not numbers:
            return {}
        newest = (
            select(HistoryRow.ticket, func.max(HistoryRow.at))
            .where(HistoryRow.ticket.in_(numbers))
            .group_by(HistoryRow.ticket)
        )
        return {row[0]: row[1] for row in session.execute(newest)}

    def _shown(self, row: TicketRow, updated: datetime, extended: bool) -> dict[str, Any]:
        # A street that is on no list may be a house, or a name.
        street = row.street if row.street in self._streets else None
        place = "".join(part for part in (row.district, street) if part)
        shown: dict[str, Any] = {
            "service_request_id": row.number,
            "status": _open(row.status),
            "status_notes": CHINESE[Status(row.status)],
            "service_name": self._names.get(row.topic, row.topic),
            "service_code": row.topic,
            # A citizen's words may name them: what it is about stands for them.
            "description": self._names.get(row.topic, row.topic),
            "agency_responsible": row.lead_unit,
            "service_notice": None,
            "requested_datetime": w3c(row.created_at),
            "updated_datetime": w3c(updated),
            "expected_datetime": w3c(row.due_at),
            "address": place or None,
            "address_id": None,
            "zipcode": None,
            "lat": None,
            "long": None,
            "media_url": None,
        }
        if extended:
            shown["extended_attributes"] = {
                "type": row.type,
                "detailed_status": row.status,
                "district": row.district,
                "street": street,
                "tags": ",".join(row.tags),
                "co_units": ",".join(unit for unit in row.co_units if unit != row.street or street),
                "channel": row.channel,
            }
        return shown


def _open(status: str) -> str:
    return CLOSED_STATUS if status in OVER else OPEN_STATUS
