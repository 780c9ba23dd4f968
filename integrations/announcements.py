"""Every change of a ticket reaches its citizen's conversation once, in order."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select

from integrations.database import Database
from integrations.followup import FollowUps
from integrations.journal import write_line
from integrations.local_desk import ticket_of
from integrations.status import announcement
from integrations.tables import HistoryRow, TicketRow
from integrations.ticket import Step

AT_ONCE = 200
"""Changes told in one transaction."""


class Announcements:
    """Carries the history's untold lines into the journal: both in one transaction, so none is lost and none told twice."""

    def __init__(
        self,
        database: Database,
        topic_names: Mapping[str, str],
        clock: Callable[[], datetime],
        follow_ups: FollowUps | None = None,
    ) -> None:
        self._database = database
        self._names = topic_names
        self._clock = clock
        self._follow_ups = follow_ups

    def deliver(self) -> set[str]:
        """Tells what is untold; the conversations that have news."""
        with self._database.reading() as session:
            if session.scalar(select(HistoryRow.seq).where(HistoryRow.announced_at.is_(None)).limit(1)) is None:
                return set()
        told: set[str] = set()
        with self._database.session() as session:
            untold = session.scalars(
                select(HistoryRow)
                .where(HistoryRow.announced_at.is_(None))
                .order_by(HistoryRow.seq)
                .limit(AT_ONCE)
                # Another replica's are waited for, not passed by: a ticket's later step must not be told first.
                .with_for_update()
            ).all()
            for step in untold:
                row = session.get_one(TicketRow, step.ticket)
                before = session.scalar(
                    select(HistoryRow.status)
                    .where(HistoryRow.ticket == step.ticket, HistoryRow.seq < step.seq)
                    .order_by(HistoryRow.seq.desc())
                    .limit(1)
                )
                ticket = ticket_of(session, row, self._names)
                text = announcement(Step(step.at, step.status, step.by, step.note), before, ticket)
                payload = {"ticket": row.number, "status": step.status}
                write_line(session, row.conversation_id, "bot", text, payload, self._clock(), unasked=True)
                step.announced_at = self._clock()
                if self._follow_ups is not None:
                    self._follow_ups.note_step(session, row, step)
                told.add(row.conversation_id)
        return told
