"""The desk in our own database."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations import numbers
from integrations.database import Database
from integrations.deadlines import Deadlines
from integrations.desk import DraftNotOpen, NoSuchTicket, TicketDesk
from integrations.drafts import Draft, draft_of
from integrations.groups import REPEATED, about, loss, repeats_by_phone
from integrations.outbox import FILED, NOTED, Outbox
from integrations.remote_tables import RemoteChangeRow, RemoteTicketRow
from integrations.routing import Routes
from integrations.status import FOLLOWS, InvalidMove, Status, steps_between
from integrations.tables import DraftRow, FileRow, HistoryRow, TicketRow
from integrations.ticket import Step, Ticket


class LocalDesk(TicketDesk):
    """Files, numbers, dates and routes tickets in one transaction with the draft that they come from."""

    def __init__(
        self,
        database: Database,
        routes: Routes,
        deadlines: Deadlines,
        topic_names: Mapping[str, str],
        clock: Callable[[], datetime],
        outbox: Outbox | None = None,
    ) -> None:
        self._database = database
        self._routes = routes
        self._deadlines = deadlines
        self._names = topic_names
        self._clock = clock
        self._outbox = outbox

    def file(self, draft: Draft, channel: str, by: str = "citizen") -> Ticket:
        """See TicketDesk. The draft is read again under a lock: what was added since belongs to the ticket."""
        with self._database.session() as session:
            row = session.get(DraftRow, draft.id, with_for_update=True)
            if row is None or row.state == "cancelled":
                raise DraftNotOpen
            filed = session.scalar(select(TicketRow).where(TicketRow.draft_id == draft.id))
            if filed is None:
                filed = self._new_ticket(session, draft_of(session, row), channel, by)
                row.state = "filed"
                if self._outbox is not None:
                    self._outbox.add(session, filed.number, FILED)
            return self._ticket(session, filed)

    def _new_ticket(self, session: Session, draft: Draft, channel: str, by: str) -> TicketRow:
        now = self._clock()
        values = {name: entry.value for name, entry in draft.fields.items()}
        topic = values.get("topic") or "other"
        routing = self._routes.route(topic, values.get("district"), values.get("street"), values)
        key = about(topic, values)
        repeated = (REPEATED,) if repeats_by_phone(session, key, values.get("contact_phone")) else ()
        row = TicketRow(
            about=key,
            loss=loss(values),
            number=_free_number(session),
            draft_id=draft.id,
            conversation_id=draft.conversation_id,
            channel=channel,
            type=values.get("type") or "求助",
            topic=routing.topic,
            tags=[*routing.tags, *repeated],
            district=values.get("district"),
            street=values.get("street"),
            status=Status.SUBMITTED,
            lead_unit=routing.lead_unit,
            co_units=list(routing.co_units),
            phone=values.get("contact_phone"),
            fields={name: entry.as_json() for name, entry in draft.fields.items()},
            created_at=now,
            due_at=self._deadlines.due(now, topic, str(values.get("description") or "")),
        )
        session.add(row)
        session.flush()
        # Who files it themselves is told in the same breath: there is nothing to announce.
        told = now if by == "citizen" else None
        session.add(HistoryRow(ticket=row.number, status=Status.SUBMITTED, by=by, note="", at=now, announced_at=told))
        session.flush()
        return row

    def get(self, number: str) -> Ticket:
        """See TicketDesk."""
        with self._database.reading() as session:
            return self._ticket(session, _found(session, number))

    def latest_of(self, conversation_id: str) -> Ticket | None:
        """See TicketDesk."""
        with self._database.reading() as session:
            row = session.scalars(
                select(TicketRow)
                .where(TicketRow.conversation_id == conversation_id)
                .order_by(TicketRow.created_at.desc())
                .limit(1)
            ).first()
            return self._ticket(session, row) if row else None

    def status_for_citizen(
        self, number: str, *, phone_last4: str | None = None, conversation_id: str | None = None
    ) -> Ticket:
        """See TicketDesk."""
        with self._database.reading() as session:
            row = _found(session, numbers.normalise(number) or "")
            mine = conversation_id is not None and row.conversation_id == conversation_id
            last4 = (row.phone or "")[-4:]
            proved = len(last4) == 4 and hmac.compare_digest(last4.encode(), (phone_last4 or "").encode())
            if not mine and not proved:
                raise NoSuchTicket
            return self._ticket(session, row)

    def move(self, number: str, status: Status, *, by: str, note: str = "") -> Ticket:
        """See TicketDesk."""
        with self._database.session() as session:
            row = session.get(TicketRow, number, with_for_update=True)
            if row is None:
                raise NoSuchTicket
            if status not in FOLLOWS[Status(row.status)]:
                raise InvalidMove(Status(row.status), status)
            row.status = status
            session.add(HistoryRow(ticket=number, status=status, by=by, note=note, at=self._clock()))
            session.flush()
            return self._ticket(session, row)

    def add_note(self, number: str, text: str, *, by: str) -> Ticket:
        """See TicketDesk. Nobody is told of their own words."""
        with self._database.session() as session:
            row = session.get(TicketRow, number, with_for_update=True)
            if row is None:
                raise NoSuchTicket
            now = self._clock()
            told = now if by == "citizen" else None
            session.add(HistoryRow(ticket=number, status=row.status, by=by, note=text, at=now, announced_at=told))
            if self._outbox is not None and by == "citizen":
                self._outbox.add(session, number, NOTED, {"text": text})
            session.flush()
            return self._ticket(session, row)

    def follow(
        self, number: str, status: Status | None, *, change: str, by: str, note: str = "", at: datetime | None = None
    ) -> bool:
        """Takes over a change that a remote desk told; whether it was news. Steps that the remote left out are taken in silence.

        `change` names it: the same one told again does nothing. One made before (`at`) another that was taken over moves nothing: its
        words are told all the same. NoSuchTicket.
        """
        with self._database.reading() as session:
            if session.get(RemoteChangeRow, change) is not None:
                return False
        with self._database.session() as session:
            row = session.get(TicketRow, number, with_for_update=True)
            if row is None:
                raise NoSuchTicket
            if session.get(RemoteChangeRow, change) is not None:
                return False
            now = self._clock()
            session.add(RemoteChangeRow(id=change, at=now))
            way = self._way(session, row, status, at)
            said = select(HistoryRow.seq).where(HistoryRow.ticket == number, HistoryRow.note == note).limit(1)
            if note and session.scalar(said) is not None:
                # Words that stand there already: the citizen's own come back from some remotes.
                note = ""
            if not way and not note:
                return False
            for step in way[:-1]:
                session.add(HistoryRow(ticket=number, status=step, by=by, note="", at=now, announced_at=now))
            row.status = way[-1] if way else row.status
            session.add(HistoryRow(ticket=number, status=row.status, by=by, note=note, at=now))
            return True

    def _way(self, session: Session, row: TicketRow, status: Status | None, at: datetime | None) -> list[Status]:
        """The steps that a change takes the ticket on."""
        remote = session.get(RemoteTicketRow, row.number)
        if remote is not None and at is not None:
            if remote.changed_at is not None and at < remote.changed_at:
                return []
            remote.changed_at = at
        now = Status(row.status)
        if status is Status.ACCEPTED and now in (Status.RESOLVED, Status.CLOSED):
            status = Status.REOPENED
        return steps_between(now, status) if status is not None else []

    def search(self, *, status: str | None = None, limit: int = 50, offset: int = 0) -> Sequence[Ticket]:
        """See TicketDesk."""
        query = select(TicketRow).order_by(TicketRow.created_at.desc()).limit(limit).offset(offset)
        if status is not None:
            query = query.where(TicketRow.status == status)
        with self._database.reading() as session:
            return [self._ticket(session, row) for row in session.scalars(query)]

    def _ticket(self, session: Session, row: TicketRow) -> Ticket:
        return ticket_of(session, row, self._names)


def ticket_of(session: Session, row: TicketRow, names: Mapping[str, str]) -> Ticket:
    """A ticket with its history, read in the caller's transaction."""
    history = session.scalars(select(HistoryRow).where(HistoryRow.ticket == row.number).order_by(HistoryRow.seq))
    remote = session.get(RemoteTicketRow, row.number)
    files = session.scalars(select(FileRow).where(FileRow.draft_id == row.draft_id).order_by(FileRow.at))
    shown: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "number", "type", "topic", "tags", "district", "street", "fields", "phone", "channel", "status",
            "lead_unit", "co_units", "created_at", "due_at", "conversation_id",
        )
    }  # fmt: skip
    return Ticket(
        topic_name=names.get(row.topic, row.topic),
        finer_name=next((names[tag] for tag in row.tags if tag in names), None),
        files=tuple({"file_id": f.id, "media_type": f.media_type, "size": f.size} for f in files),
        external_id=remote.external_id if remote else None,
        history=tuple(Step(h.at, h.status, h.by, h.note) for h in history),
        **shown,
    )


def _found(session: Session, number: str) -> TicketRow:
    row = session.get(TicketRow, number)
    if row is None:
        raise NoSuchTicket
    return row


def _free_number(session: Session) -> str:
    while True:
        number = numbers.new_number()
        if session.get(TicketRow, number) is None:
            return number
