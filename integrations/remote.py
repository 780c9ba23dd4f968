"""The port to a city's own ticket system. `tests/contract/test_remote_desk.py` says what each must keep."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from integrations.status import Status
from integrations.ticket import Ticket


class RemoteError(Exception):
    """Base. No message holds a citizen's data."""


class RemoteUnavailable(RemoteError):
    """It does not answer, or not now (time-outs, 429, 5xx): worth another try, after `retry_after` seconds if it says so.

    With `unknown`, nobody knows whether it took the message.
    """

    def __init__(self, reason: str, retry_after: float | None = None, *, unknown: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.unknown = unknown


class RemoteRefused(RemoteError):
    """It will not take this message (4xx): an operator has to look at it."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """How the remote knows a ticket now: by an id of its own, or by a token that an id will come for."""

    external_id: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """What became of a ticket there. `id` tells the same change told twice from two; `note` is for the citizen.

    `status` is None for words alone, `at` when nobody said; `number` is our own, where the remote tells it.
    """

    id: str
    external_id: str
    status: Status | None
    note: str
    at: datetime | None
    number: str | None = None


class RemoteDesk(ABC):
    """One remote ticket system. Blocking: called from a dispatcher's own process."""

    name: str

    @abstractmethod
    def submit(self, ticket: Ticket, key: str, *, again: bool) -> Submitted:
        """Files a ticket there. The same key twice is one ticket; `again` says that an earlier attempt's outcome is unknown."""

    @abstractmethod
    def note(self, ticket: Ticket, external_id: str, text: str, key: str) -> None:
        """Adds a citizen's words to a ticket there."""

    def resolve(self, token: str) -> str | None:
        """The id that a token has become; None while there is none."""
        return None

    def changes(self, since: datetime, until: datetime, oldest: datetime) -> Iterable[Change]:
        """What has changed in this span, the oldest first; nothing where the remote tells by itself.

        A remote that cannot be asked for changes is asked how everything filed since `oldest` is.
        """
        return ()
