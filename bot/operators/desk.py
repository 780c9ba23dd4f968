"""What an operator does with a conversation, whichever console they sit at: ours, or Chatwoot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.operators import words
from bot.operators.values import read_value
from integrations.desk import TicketDesk
from integrations.doubts import Doubt, Doubts
from integrations.drafts import Draft, Drafts, NewEntry
from integrations.escalation import HELD, Entry, NotYours
from integrations.escalations import Escalations
from integrations.journal import Journal, Line
from integrations.ticket import Ticket
from intents.catalog import Catalog
from intents.show import show


class NothingToFile(Exception):
    """There is no open draft with a description."""


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """All of one conversation as an operator sees it; `draft` is the newest one, `escalations` the oldest first."""

    conversation_id: str
    state: str
    lines: Sequence[Line]
    draft: Draft | None
    doubts: Sequence[Doubt]
    ticket: Ticket | None
    escalations: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """Every command names its operator, and is kept with that name. All of it may be called from any thread."""

    escalations: Escalations
    journal: Journal
    drafts: Drafts
    doubts: Doubts
    desk: TicketDesk
    catalog: Catalog
    clock: Callable[[], datetime]

    def case(self, conversation_id: str) -> Case:
        """What was said, with its recordings (a line's payload names them), and what came of it. NoSuchConversation."""
        state = self.journal.state(conversation_id)
        draft = self.drafts.current(conversation_id) or self.drafts.latest(conversation_id)
        return Case(
            conversation_id,
            state,
            self.journal.since(conversation_id, 0),
            draft,
            self.doubts.of(draft.id) if draft else (),
            self.desk.latest_of(conversation_id),
            self.escalations.of(conversation_id),
        )

    def take(self, target: int | str, operator: str) -> Entry:
        """Holds an escalation (by its id), or any conversation (by its own). AlreadyTaken, NotInQueue."""
        return self.escalations.take(target, operator, tell=words.TAKEN)

    def reply(
        self,
        conversation_id: str,
        operator: str,
        text: str,
        message_id: str | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """The operator's words reach the citizen on their channel; the same `message_id` again does so once. NotYours.

        `more` is kept beside them.
        """
        said = text.strip()
        if said:
            self._mine(conversation_id, operator)
            self.journal.append_once(conversation_id, said, {"operator": operator, **(more or {})}, message_id)

    def edit_field(self, conversation_id: str, operator: str, field: str, text: str) -> None:
        """Another value for a field, for `topic` or `type`; empty for none. NotYours, BadValue, KeyError."""
        self._mine(conversation_id, operator)
        draft = self.drafts.current(conversation_id) or self.drafts.open_new(conversation_id)
        value = read_value(self.catalog, draft.value("topic"), field, text, self.clock())
        if field in draft.fields and draft.value(field) == value:
            return
        turn = self.journal.last_turn(conversation_id)
        entry = NewEntry(field, value, text.strip(), turn, source="operator", confirmed=True, by=operator)
        self.drafts.edit(draft.id, entry)

    def choose_topic(self, conversation_id: str, operator: str, topic: str) -> None:
        """Another topic; what was told stays, and what it asks besides is asked. NotYours, BadValue."""
        self.edit_field(conversation_id, operator, "topic", topic)

    def file(self, conversation_id: str, operator: str) -> Ticket:
        """Files the draft as it stands, on the citizen's behalf; they are told the number. NotYours, NothingToFile."""
        self._mine(conversation_id, operator)
        draft = self.drafts.current(conversation_id)
        if draft is None or not draft.value("description"):
            raise NothingToFile
        # The ticket's history is the citizen's to read: who it was stands in the journal.
        ticket = self.desk.file(draft, self.journal.channel(conversation_id), by=words.OPERATOR)
        payload = {"event": "filed", "ticket": ticket.number, "operator": operator}
        self.journal.append(conversation_id, f"{operator}提交了工单", payload, unasked=False, direction="system")
        return ticket

    def give_back(self, conversation_id: str, operator: str, note: str = "") -> None:
        """The bot goes on, and says what was changed. NotYours."""
        self.escalations.give_back(conversation_id, operator, note)

    def close(self, conversation_id: str, operator: str, note: str = "") -> None:
        """It is done. NotYours."""
        self.escalations.close(conversation_id, operator, note, tell=words.CLOSED)

    def transfer(self, conversation_id: str, operator: str, to: str | None, note: str = "") -> None:
        """To a colleague, or (None) back into the queue. NotYours."""
        self.escalations.transfer(conversation_id, operator, to, note)

    def changes(self, entry: Entry) -> Sequence[tuple[str, str]]:
        """What the operator changed while they held it: (label, value as it is said), each field once."""
        draft = self.drafts.current(entry.conversation_id)
        if draft is None or entry.taken_at is None:
            return ()
        edited = {e.field: e for e in draft.entries if e.source == "operator" and e.at and e.at >= entry.taken_at}
        return [self._said(draft, name) for name in edited]

    def _said(self, draft: Draft, name: str) -> tuple[str, str]:
        value = draft.value(name)
        if name == "topic":
            return "类别", self.catalog.topics[value].short
        if name == "type":
            return "类型", str(value)
        spec = self.catalog.field(name, draft.value("topic"))
        return spec.label, "不填" if value is None else show(value, spec.kind)

    def _mine(self, conversation_id: str, operator: str) -> None:
        place = self.escalations.place(conversation_id)
        if place is None or place.state != HELD or place.operator != operator:
            raise NotYours
