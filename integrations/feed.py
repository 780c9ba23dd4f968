"""Everything that is said and done in all conversations, as it happens: what a console and Chatwoot live on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from integrations.database import Database
from integrations.journal import Line
from integrations.tables import ConversationRow, UtteranceRow

OVERLAP = 1000
"""Lines that are looked at again: two that are written at once may become visible in the wrong order."""

AT_ONCE = 500


@dataclass(frozen=True, slots=True, repr=False)
class News:
    """One line, and the conversation that it stands in."""

    conversation_id: str
    line: Line


@dataclass(frozen=True, slots=True, repr=False)
class Live:
    """A conversation in which something was said lately; `last` is its newest line."""

    conversation_id: str
    channel: str
    state: str
    last: Line


class Feed:
    """Follows the journal from now on (or from `after`); each follower has one of its own."""

    def __init__(self, database: Database, after: int | None = None) -> None:
        self._database = database
        with database.reading() as session:
            newest = session.scalar(select(func.max(UtteranceRow.seq))) or 0
            self._seen_to = newest if after is None else after
            self._seen = set(
                session.scalars(
                    select(UtteranceRow.seq).where(
                        UtteranceRow.seq > self._seen_to - OVERLAP, UtteranceRow.seq <= self._seen_to
                    )
                )
            )

    def poll(self) -> Sequence[News]:
        """What is new since the last look, oldest first, every line once; cheap when there is nothing."""
        with self._database.reading() as session:
            numbers = session.scalars(
                select(UtteranceRow.seq)
                .where(UtteranceRow.seq > self._seen_to - OVERLAP)
                .order_by(UtteranceRow.seq)
                .limit(OVERLAP + AT_ONCE)
            ).all()
            new = [number for number in numbers if number not in self._seen]
            rows = session.scalars(
                select(UtteranceRow).where(UtteranceRow.seq.in_(new)).order_by(UtteranceRow.seq)
            ).all()
        if numbers:
            self._seen_to = max(self._seen_to, numbers[-1])
        self._seen = {number for number in (*self._seen, *new) if number > self._seen_to - OVERLAP}
        return [News(row.conversation_id, line_of(row)) for row in rows]


def live(database: Database, since: datetime, most: int = 500) -> Sequence[Live]:
    """Conversations of all channels in which something was said since then, the newest first."""
    with database.reading() as session:
        newest = (
            select(func.max(UtteranceRow.seq).label("seq"))
            .where(UtteranceRow.at >= since, UtteranceRow.direction != "system")
            .group_by(UtteranceRow.conversation_id)
            .subquery()
        )
        rows = session.execute(
            select(UtteranceRow, ConversationRow.channel, ConversationRow.state)
            .join(newest, newest.c.seq == UtteranceRow.seq)
            .join(ConversationRow, ConversationRow.id == UtteranceRow.conversation_id)
            .order_by(UtteranceRow.seq.desc())
            .limit(most)
        )
        return [Live(row.conversation_id, channel, state, line_of(row)) for row, channel, state in rows]


def line_of(row: UtteranceRow) -> Line:
    """A row as the journal shows it."""
    payload: dict[str, Any] = row.payload
    return Line(row.seq, row.turn, row.direction, row.text, payload, row.unasked, row.at)
