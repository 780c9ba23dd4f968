"""Delivers what the outbox holds to the remote desk, and brings home what became of it. Any number may run at once."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from integrations.desk import NoSuchTicket
from integrations.local_desk import LocalDesk
from integrations.outbox import FILED, LEASE, MOST_ATTEMPTS, Message, Outbox
from integrations.remote import Change, RemoteDesk, RemoteError, RemoteRefused, RemoteUnavailable
from integrations.status import Status, steps_between

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
OVERLAP = timedelta(minutes=10)
"""Spans of polling overlap: clocks differ, and a change may become visible late. What comes twice is taken over once."""

BACK = timedelta(days=1)
"""How far back the first poll looks."""

LOOKED_BACK = timedelta(days=90)
"""How old a ticket may be whose state the remote is still asked for, however long it stays open."""

REFUSED = "坐席正在人工派单，您不用再提交。"
HEARTBEAT = LEASE.total_seconds() / 3


@dataclass(slots=True)
class Dispatcher:
    """One outbox, one remote."""

    outbox: Outbox
    desk: LocalDesk
    remote: RemoteDesk
    clock: Callable[[], datetime]
    poll_every: float
    _poll_at: float = field(default=0.0)
    _held_until: float = field(default=0.0)

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
        started = time.monotonic()
        messages = self.outbox.claim()
        if not messages:
            return 0
        self._held_until = started + LEASE.total_seconds()
        with self._holding():
            for message in messages:
                if time.monotonic() >= self._held_until:
                    # Nobody knows who works on the rest by now.
                    break
                self._deliver(message)
        return len(messages)

    @contextmanager
    def _holding(self) -> Iterator[None]:
        """A slow remote must not make another dispatcher take over what this one is delivering."""
        ended = threading.Event()

        def hold() -> None:
            while not ended.wait(HEARTBEAT):
                started = time.monotonic()
                try:
                    self.outbox.keep()
                except Exception as error:
                    log.error("holding on failed: %s", type(error).__name__)
                else:
                    self._held_until = started + LEASE.total_seconds()

        holder = threading.Thread(target=hold, daemon=True)
        holder.start()
        try:
            yield
        finally:
            ended.set()
            holder.join()

    def _deliver(self, message: Message) -> None:
        try:
            if message.attempts > MOST_ATTEMPTS:
                raise RemoteRefused("tried too often, and never to an end")
            ticket = self.desk.get(message.ticket)
            if message.kind == FILED:
                told = self.remote.submit(ticket, message.key, again=message.again)
                self.outbox.done(message, told.external_id, told.token)
                return
            external_id = self.outbox.external_id_of(message.ticket)
            if external_id is None:
                self.outbox.retry(message, "the remote has no id for this ticket yet", counts=False)
                return
            self.remote.note(ticket, external_id, str(message.payload["text"]), message.key)
            self.outbox.done(message)
        except RemoteUnavailable as error:
            if not self.outbox.retry(message, str(error), error.retry_after, unknown=error.unknown):
                self._to_an_operator(message)
        except RemoteRefused as error:
            self.outbox.refuse(message, str(error))
            self._to_an_operator(message)
        except Exception as error:
            log.error("delivering failed: %s", type(error).__name__)
            if not self.outbox.retry(message, type(error).__name__, unknown=True):
                self._to_an_operator(message)

    def _to_an_operator(self, message: Message) -> None:
        """A ticket that the remote will not take is returned: it stands on the operators' list, with its dead letter."""
        now = Status(self.desk.get(message.ticket).status)
        if message.kind == FILED and steps_between(now, Status.RETURNED):
            self.desk.follow(
                message.ticket,
                Status.RETURNED,
                change=f"refused:{message.key}:{self.clock().isoformat()}",
                by=self.remote.name,
                note=REFUSED,
            )

    def poll(self) -> int:
        """Ids for tokens, and changes since the last time; how many changes were new."""
        self._resolve()
        new, until = 0, self.clock()
        oldest = self.outbox.oldest_open()
        if oldest is None:
            # Nothing of ours is there that could change.
            self.outbox.keep_polled(self.remote.name, until)
            return 0
        since = (self.outbox.polled(self.remote.name) or until - BACK) - OVERLAP
        try:
            for change in self.remote.changes(since, until, max(oldest, until - LOOKED_BACK) - OVERLAP):
                try:
                    new += take_over(change, self.outbox, self.desk, self.remote.name)
                except NoSuchTicket:
                    # Somebody else's request.
                    continue
        except RemoteError as error:
            log.warning("polling failed: %s", error)
            return new
        self.outbox.keep_polled(self.remote.name, until)
        return new

    def _resolve(self) -> None:
        try:
            for ticket, token in self.outbox.unresolved():
                if external_id := self.remote.resolve(token):
                    self.outbox.resolve(ticket, external_id)
        except RemoteError as error:
            log.warning("asking for ids failed: %s", error)


def take_over(change: Change, outbox: Outbox, desk: LocalDesk, by: str) -> bool:
    """One change of the remote; whether it was news. NoSuchTicket for a ticket that is not ours."""
    ticket = outbox.ticket_of(change.external_id) if change.external_id else None
    if ticket is None and change.number and outbox.learn(change.number, change.external_id):
        ticket = change.number
    if ticket is None:
        raise NoSuchTicket
    return desk.follow(ticket, change.status, change=change.id[:200], by=by, note=change.note, at=change.at)
