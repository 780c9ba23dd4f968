"""The port to a ticket desk: what the dialog and the operators need of the city's ticket system."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from integrations.drafts import Draft
from integrations.status import Status
from integrations.ticket import Ticket


class DeskError(Exception):
    """Base of a desk's errors."""


class NoSuchTicket(DeskError):
    """There is no such ticket, or it is not this citizen's to see: the two must not be told apart."""


class DraftNotOpen(DeskError):
    """A cancelled draft cannot be filed."""


class TicketDesk(ABC):
    """A ticket desk. `tests/contract/test_ticket_desk.py` says what each must keep."""

    @abstractmethod
    def file(self, draft: Draft, channel: str, by: str = "citizen") -> Ticket:
        """Files a draft; the same draft again gives the same ticket. DraftNotOpen for a cancelled one.

        Filed `by` somebody else, the citizen is told.
        """

    @abstractmethod
    def get(self, number: str) -> Ticket:
        """One ticket. NoSuchTicket."""

    @abstractmethod
    def latest_of(self, conversation_id: str) -> Ticket | None:
        """The newest ticket filed in this conversation."""

    @abstractmethod
    def status_for_citizen(
        self, number: str, *, phone_last4: str | None = None, conversation_id: str | None = None
    ) -> Ticket:
        """A ticket for whoever filed it in this conversation, or knows the last four digits of its phone. NoSuchTicket."""

    @abstractmethod
    def move(self, number: str, status: Status, *, by: str, note: str = "") -> Ticket:
        """Moves a ticket on. NoSuchTicket, InvalidMove."""

    @abstractmethod
    def add_note(self, number: str, text: str, *, by: str) -> Ticket:
        """Adds words to a ticket's history; its status stays. NoSuchTicket."""

    @abstractmethod
    def search(self, *, status: str | None = None, limit: int = 50, offset: int = 0) -> Sequence[Ticket]:
        """The newest tickets first."""
