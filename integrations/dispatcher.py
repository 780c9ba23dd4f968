"""Delivers what the outbox holds to the remote desk, and brings home what became of it. Any number may run at once."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from integrations.local_desk import LocalDesk
from integrations.outbox import FILED, Message, Outbox
from integrations.remote import Change, RemoteDesk, RemoteError, RemoteRefused, RemoteUnavailable
from integrations.status import Status, steps_between

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
OVERLAP = timedelta(minutes=10)
"""Spans of polling overlap: clocks differ, and a change may become visible late. What comes twice is taken over once."""

BACK = timedelta(days=1)
"""How far back the first poll looks."""

REFUSED = "对方系统没有收下，已转坐席处理"


@dataclass(slots=True)
class Dispatcher:
    """One outbox, one remote."""

    outbox: Outbox
    desk: LocalDesk
    remote: RemoteDesk
    clock: Callable[[], datetime]
    poll_every: float
    _polled: datetime | None = None
    _poll_at: float = field(default=0.0)

    def run(self) -> None:
        """Until the process ends. A database that is away is waited for."""
        while True:
            try:
                busy = self.deliver()
                if time.monotonic() >= self._poll_at:
                    self._poll_at = time.monotonic() + self.poll_every
                    self.poll()
            except Exception as error:
                log.error("dispatching failed: %s", type(error).__name__)
                busy = 0
            if not busy:
                time.sleep(IDLE_SECONDS)

    def deliver(self) -> int:
        """One round: what is due; how many messages were tried."""
        messages = self.outbox.claim()
        for message in messages:
            self._deliver(message)
        return len(messages)

    def _deliver(self, message: Message) -> None:
        ticket = self.desk.get(message.ticket)
        try:
            if message.kind == FILED:
                # Any attempt but the first may follow one whose outcome nobody knows: its process may have been killed.
                told = self.remote.submit(ticket, message.key, again=message.attempts > 1)
                self.outbox.done(message, told.external_id, told.token)
                return
            external_id = self.outbox.external_id_of(message.ticket)
            if external_id is None:
                self.outbox.retry(message, "the remote has no id for this ticket yet")
                return
            self.remote.note(ticket, external_id, str(message.payload["text"]), message.key)
            self.outbox.done(message)
        except RemoteUnavailable as error:
            if not self.outbox.retry(message, str(error), error.retry_after):
                self._to_an_operator(message)
        except RemoteRefused as error:
            self.outbox.refuse(message, str(error))
            self._to_an_operator(message)
        except Exception as error:
            log.error("delivering failed: %s", type(error).__name__)
            if not self.outbox.retry(message, type(error).__name__):
                self._to_an_operator(message)

    def _to_an_operator(self, message: Message) -> None:
        """A ticket that the remote will not take is returned: it stands on the operators' list, with its dead letter."""
        now = Status(self.desk.get(message.ticket).status)
        if message.kind == FILED and steps_between(now, Status.RETURNED):
            self.desk.follow(
                message.ticket, Status.RETURNED, change=f"refused:{message.key}", by=self.remote.name, note=REFUSED
            )

    def poll(self) -> int:
        """Ids for tokens, and changes since the last time; how many changes were new."""
        new = 0
        until = self.clock()
        try:
            for ticket, token in self.outbox.unresolved():
                if external_id := self.remote.resolve(token):
                    self.outbox.resolve(ticket, external_id)
            since = (self._polled or until - BACK) - OVERLAP
            for change in self.remote.changes(since, until):
                new += self.take_over(change)
        except RemoteError as error:
            log.warning("polling failed: %s", error)
            return new
        self._polled = until
        return new

    def take_over(self, change: Change) -> bool:
        """One change of the remote; whether it was new and of a ticket of ours."""
        ticket = self.outbox.ticket_of(change.external_id)
        if ticket is None:
            return False
        return self.desk.follow(ticket, change.status, change=change.id[:200], by=self.remote.name, note=change.note)
