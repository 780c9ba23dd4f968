"""A ticket desk in memory. It passes the same contract tests as the real ones."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from integrations import numbers
from integrations.desk import DraftNotOpen, NoSuchTicket, TicketDesk
from integrations.drafts import Draft
from integrations.status import FOLLOWS, InvalidMove, Status
from integrations.ticket import Step, Ticket


class FakeDesk(TicketDesk):
    """Keeps tickets in a dictionary."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._tickets: dict[str, Ticket] = {}
        self._by_draft: dict[str, str] = {}

    def file(self, draft: Draft, channel: str, by: str = "citizen") -> Ticket:
        if draft.id in self._by_draft:
            return self.get(self._by_draft[draft.id])
        if draft.state == "cancelled":
            raise DraftNotOpen
        now = self._clock()
        topic = draft.value("topic") or "other"
        ticket = Ticket(
            number=numbers.new_number(),
            type=draft.value("type") or "求助",
            topic=topic,
            topic_name=topic,
            tags=(),
            district=draft.value("district"),
            street=draft.value("street"),
            fields={name: entry.as_json() for name, entry in draft.fields.items()},
            phone=draft.value("contact_phone"),
            channel=channel,
            status=Status.SUBMITTED,
            lead_unit="市民热线服务中心",
            co_units=(),
            created_at=now,
            due_at=now + timedelta(days=7),
            history=(Step(now, Status.SUBMITTED, by, ""),),
            conversation_id=draft.conversation_id,
        )
        self._tickets[ticket.number] = ticket
        self._by_draft[draft.id] = ticket.number
        return ticket

    def get(self, number: str) -> Ticket:
        try:
            return self._tickets[number]
        except KeyError:
            raise NoSuchTicket from None

    def latest_of(self, conversation_id: str) -> Ticket | None:
        mine = [ticket for ticket in self._tickets.values() if ticket.conversation_id == conversation_id]
        return mine[-1] if mine else None

    def status_for_citizen(
        self, number: str, *, phone_last4: str | None = None, conversation_id: str | None = None
    ) -> Ticket:
        ticket = self.get(numbers.normalise(number) or "")
        last4 = (ticket.phone or "")[-4:]
        if ticket.conversation_id != conversation_id and not (len(last4) == 4 and last4 == phone_last4):
            raise NoSuchTicket
        return ticket

    def move(self, number: str, status: Status, *, by: str, note: str = "") -> Ticket:
        ticket = self.get(number)
        if status not in FOLLOWS[Status(ticket.status)]:
            raise InvalidMove(Status(ticket.status), status)
        step = Step(self._clock(), status, by, note)
        moved = replace(ticket, status=status, history=(*ticket.history, step))
        self._tickets[number] = moved
        return moved

    def add_note(self, number: str, text: str, *, by: str) -> Ticket:
        ticket = self.get(number)
        noted = replace(ticket, history=(*ticket.history, Step(self._clock(), ticket.status, by, text)))
        self._tickets[number] = noted
        return noted

    def search(self, *, status: str | None = None, limit: int = 50, offset: int = 0) -> Sequence[Ticket]:
        found = [t for t in reversed(self._tickets.values()) if status in (None, t.status)]
        return found[offset : offset + limit]
