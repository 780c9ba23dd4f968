"""One escalation: its states, what the citizen and the operators see of it, and what can go wrong."""

from dataclasses import dataclass
from datetime import datetime

from integrations.escalation_reasons import REASONS, Reason
from integrations.escalation_tables import EscalationRow
from integrations.journal import BOT, OPERATOR
from integrations.journal import WAITING as HELD_UP
from integrations.tables import ConversationRow

WAITING, CALLBACK, HELD = "waiting", "callback", "held"
LEFT, GIVEN_BACK, ENDED = "left", "given_back", "closed"
LIVE = (WAITING, CALLBACK, HELD)
"""States of an escalation that is not over: the citizen waits, wants to be called back, or an operator holds it."""

SHOWN = {WAITING: HELD_UP, CALLBACK: BOT, HELD: OPERATOR}
"""The conversation's state to each: while a callback is due, the bot goes on."""


class EscalationError(Exception):
    """Base of this module's errors."""


class NotInQueue(EscalationError):
    """Nobody waits for a person there (any more)."""


class AlreadyTaken(EscalationError):
    """Another operator holds it; `operator` names them."""

    def __init__(self, operator: str) -> None:
        super().__init__("another operator holds this conversation")
        self.operator = operator


class NotYours(EscalationError):
    """Only the operator who holds a conversation may do this."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a citizen stands: `position` 1 is the next one (None when they do not wait), `since` when they began to wait."""

    escalation_id: int
    conversation_id: str
    state: str
    reason: Reason
    position: int | None
    since: datetime
    operator: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One line of the operators' list. `has_phone`: the citizen left a number for a call back; see `Escalations.phone`."""

    id: int
    conversation_id: str
    channel: str
    state: str
    reason: Reason
    operator: str | None
    note: str
    has_phone: bool
    asked_at: datetime
    since: datetime
    taken_at: datetime | None


def entry_of(row: EscalationRow, conversation: ConversationRow) -> Entry:
    return Entry(
        row.id,
        row.conversation_id,
        conversation.channel,
        row.state,
        REASONS[row.reason],
        row.operator,
        row.note or "",
        row.phone is not None,
        row.asked_at,
        row.since,
        row.taken_at,
    )
