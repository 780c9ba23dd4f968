"""Finding tickets: by number, by phone, by words, by where and what and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from integrations import numbers
from integrations.database import Database
from integrations.local_desk import ticket_of
from integrations.tables import TicketRow
from integrations.ticket import Ticket

WORDS_IN = (
    "description",
    "place",
    "estate",
    "village",
    "merchant",
    "employer",
    "institution",
    "kindergarten",
    "developer",
)
"""Fields in which words are looked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty does not matter. `phone` is found by the whole number only."""

    number: str = ""
    phone: str = ""
    words: str = ""
    district: str = ""
    topic: str = ""
    status: str = ""
    since: datetime | None = None
    until: datetime | None = None


class TicketSearch:
    """Search over all tickets."""

    def __init__(self, database: Database, topic_names: Mapping[str, str]) -> None:
        self._database = database
        self._names = topic_names

    def find(self, wanted: Wanted, *, limit: int = 50, offset: int = 0) -> Sequence[Ticket]:
        """The newest first; at most `limit` of them."""
        query = select(TicketRow).where(*_conditions(wanted)).order_by(TicketRow.created_at.desc())
        with self._database.reading() as session:
            rows = session.scalars(query.limit(limit).offset(offset)).all()
            return [ticket_of(session, row, self._names) for row in rows]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.number:
        found.append(TicketRow.number == (numbers.normalise(wanted.number) or ""))
    if wanted.phone:
        found.append(TicketRow.phone == "".join(c for c in wanted.phone if c.isdigit()))
    for column, value in (
        (TicketRow.district, wanted.district),
        (TicketRow.topic, wanted.topic),
        (TicketRow.status, wanted.status),
    ):
        if value:
            found.append(column == value)
    if wanted.since is not None:
        found.append(TicketRow.created_at >= wanted.since)
    if wanted.until is not None:
        found.append(TicketRow.created_at < wanted.until)
    for word in wanted.words.split():
        found.append(
            or_(*(TicketRow.fields[name]["value"].as_string().contains(word, autoescape=True) for name in WORDS_IN))
        )
    return found
