"""Tickets that came back: returned by a unit, or refused by the city's own system. Somebody has to speak with their citizens."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, exists, literal, select

from integrations.database import Database
from integrations.escalation_tables import EscalationCauseRow
from integrations.outbox import DEAD
from integrations.status import Status
from integrations.tables import HistoryRow, OutboxRow, TicketRow

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Rejection:
    """One ticket that came back; `cause` names this time, for `Escalations.ask`."""

    conversation_id: str
    cause: str


class Rejections:
    """Those that nobody was called for yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self) -> Sequence[Rejection]:
        """The oldest ones first."""
        returned = literal("returned:") + cast(HistoryRow.seq, String)
        refused = literal("refused:") + cast(OutboxRow.seq, String)
        queries = (
            select(TicketRow.conversation_id, returned)
            .join(HistoryRow, HistoryRow.ticket == TicketRow.number)
            .where(
                TicketRow.status == Status.RETURNED,
                HistoryRow.status == Status.RETURNED,
                ~exists().where(EscalationCauseRow.id == returned),
            )
            .order_by(HistoryRow.seq),
            select(TicketRow.conversation_id, refused)
            .join(OutboxRow, OutboxRow.ticket == TicketRow.number)
            .where(OutboxRow.state == DEAD, ~exists().where(EscalationCauseRow.id == refused))
            .order_by(OutboxRow.seq),
        )
        with self._database.reading() as session:
            return [Rejection(*row) for query in queries for row in session.execute(query.limit(AT_ONCE))]
