"""What a remote desk has to be told, kept in the database until it was told: leases, retries, dead letters."""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from integrations.database import Database
from integrations.remote_tables import RemotePollRow, RemoteTicketRow
from integrations.status import Status
from integrations.tables import OutboxRow, TicketRow

WAITING, DONE, DEAD = "waiting", "done", "dead"
FILED, NOTED = "filed", "noted"
"""Kinds of messages: a new ticket, a citizen's addition to one."""

LEASE = timedelta(seconds=60)
"""How long a dispatcher holds messages unless it says again that it lives; a dead one's are taken over afterwards."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=15)
UNKNOWN_PAUSE = timedelta(seconds=60)
"""After an attempt whose outcome nobody knows: a remote that took the message may show it only after a while."""

MOST_ATTEMPTS = 60
OLDEST = timedelta(days=3)
"""After so many attempts, or this old, a message is dead: an operator looks at it."""


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One message that is leased to a dispatcher. `key` makes it idempotent; `attempts` counts this one.

    `again`: it was tried before, and may have arrived.
    """

    id: int
    key: str
    ticket: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    again: bool


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that nobody will deliver until an operator replays it."""

    id: int
    ticket: str
    kind: str
    attempts: int
    reason: str
    created_at: datetime


class Outbox:
    """All messages to the remote desk."""

    def __init__(self, database: Database, clock: Callable[[], datetime], dice: random.Random | None = None) -> None:
        self._database = database
        self._clock = clock
        self._dice = dice or random.Random()
        self._me = str(uuid.uuid4())

    def add(self, session: Session, ticket: str, kind: str, payload: Mapping[str, Any] | None = None) -> None:
        """Adds a message in the caller's transaction: it exists if, and only if, what it tells of does."""
        now = self._clock()
        key = ticket if kind == FILED else f"{ticket}-{uuid.uuid4()}"
        session.add(
            OutboxRow(key=key, ticket=ticket, kind=kind, payload=dict(payload or {}), due_at=now, created_at=now)
        )

    def claim(self, most: int = 20) -> Sequence[Message]:
        """The oldest messages that are due, leased to the caller. A ticket's messages go out in order."""
        now = self._clock()
        free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until < now)
        earlier = aliased(OutboxRow)
        first = ~exists().where(
            and_(earlier.ticket == OutboxRow.ticket, earlier.seq < OutboxRow.seq, earlier.state == WAITING)
        )
        due = and_(OutboxRow.state == WAITING, OutboxRow.due_at <= now, free, first)
        with self._database.reading() as session:
            if session.scalar(select(OutboxRow.seq).where(due).limit(1)) is None:
                return ()
        with self._database.session() as session:
            rows = session.scalars(
                select(OutboxRow).where(due).order_by(OutboxRow.due_at).limit(most).with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                row.leased_until, row.leased_by = now + LEASE, self._me
                row.attempts += 1
            # A reason is left by every attempt that ended; one whose process was killed has left its count alone.
            return [
                Message(r.seq, r.key, r.ticket, r.kind, r.payload, r.attempts, r.attempts > 1 or r.reason is not None)
                for r in rows
            ]

    def keep(self) -> None:
        """This dispatcher lives: what it holds it holds for another LEASE."""
        with self._database.session() as session:
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.leased_by == self._me, OutboxRow.state == WAITING)
                .values(leased_until=self._clock() + LEASE)
            )

    def done(self, message: Message, external_id: str | None = None, token: str | None = None) -> None:
        """It was delivered; how the remote knows the ticket is kept with that."""
        with self._database.session() as session:
            if external_id or token:
                known(session, message.ticket, external_id, token)
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.seq == message.id)
                .values(state=DONE, done_at=self._clock(), leased_until=None, leased_by=None, reason=None)
            )

    def retry(
        self, message: Message, reason: str, after: float | None = None, *, unknown: bool = False, counts: bool = True
    ) -> bool:
        """It could not be delivered now; whether it will be tried again. `after` is what the remote asked for, in seconds.

        An attempt that waits for something of ours `counts` not.
        """
        now = self._clock()
        with self._database.session() as session:
            row = session.get_one(OutboxRow, message.id, with_for_update=True)
            if row.state != WAITING or row.leased_by != self._me:
                return True
            row.leased_until = row.leased_by = None
            if not counts:
                row.attempts -= 1
                row.due_at = now + UNKNOWN_PAUSE
                return True
            row.reason = reason[:200]
            if row.attempts >= MOST_ATTEMPTS or now - row.created_at > OLDEST:
                row.state = DEAD
                return False
            pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 20), LONGEST_PAUSE)
            # Full jitter: a thousand tickets that failed together do not come back together.
            wait = pause * self._dice.uniform(0.2, 1.0)
            row.due_at = now + max(wait, timedelta(seconds=after or 0), UNKNOWN_PAUSE if unknown else timedelta())
            return True

    def refuse(self, message: Message, reason: str) -> None:
        """The remote will never take it as it is: a dead letter at once."""
        with self._database.session() as session:
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.seq == message.id, OutboxRow.state == WAITING)
                .values(state=DEAD, leased_until=None, leased_by=None, reason=reason[:200])
            )

    def dead(self) -> Sequence[DeadLetter]:
        """What an operator has to look at, the oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(OutboxRow).where(OutboxRow.state == DEAD).order_by(OutboxRow.seq))
            return [DeadLetter(r.seq, r.ticket, r.kind, r.attempts, r.reason or "", r.created_at) for r in rows]

    def replay(self, message_id: int, *, anew: bool = False) -> None:
        """A dead letter is tried again, with a new budget. KeyError when it is not dead.

        `anew` sends it without looking whether an earlier attempt has arrived: for whoever has looked there.
        """
        now = self._clock()
        with self._database.session() as session:
            row = session.get(OutboxRow, message_id, with_for_update=True)
            if row is None or row.state != DEAD:
                raise KeyError(message_id)
            row.state, row.attempts, row.due_at, row.created_at = WAITING, 0, now, now
            row.reason = None if anew else row.reason

    def waiting(self) -> int:
        """How many messages are not delivered yet."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).where(OutboxRow.state == WAITING)) or 0

    def unresolved(self, most: int = 100) -> Sequence[tuple[str, str]]:
        """Tickets that the remote knows by a token only: (ticket, token)."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(RemoteTicketRow)
                .where(RemoteTicketRow.external_id.is_(None), RemoteTicketRow.token.is_not(None))
                # A few that never get an id do not keep the others from being asked for.
                .order_by(func.random())
                .limit(most)
            )
            return [(row.ticket, row.token or "") for row in rows]

    def resolve(self, ticket: str, external_id: str) -> None:
        """The remote's id for a ticket has come."""
        with self._database.session() as session:
            known(session, ticket, external_id, None)

    def ticket_of(self, external_id: str) -> str | None:
        """Our number of a remote ticket."""
        with self._database.reading() as session:
            return session.scalar(select(RemoteTicketRow.ticket).where(RemoteTicketRow.external_id == external_id))

    def learn(self, ticket: str, external_id: str) -> bool:
        """The remote tells its id for a ticket of ours by itself; whether the ticket is its own."""
        with self._database.session() as session:
            sent = session.scalar(select(OutboxRow.seq).where(OutboxRow.ticket == ticket).limit(1))
            row = session.get(RemoteTicketRow, ticket)
            if sent is None:
                return False
            if external_id and (row is None or row.external_id is None):
                known(session, ticket, external_id, None)
            return True

    def oldest_open(self) -> datetime | None:
        """When the oldest ticket was filed that the remote has and is not done with; None when there is none."""
        done = (Status.CLOSED, Status.CANCELLED)
        with self._database.reading() as session:
            return session.scalar(
                select(func.min(TicketRow.created_at))
                .join(RemoteTicketRow, RemoteTicketRow.ticket == TicketRow.number)
                .where(RemoteTicketRow.external_id.is_not(None), TicketRow.status.not_in(done))
            )

    def polled(self, remote: str) -> datetime | None:
        """Up to when a remote has told its changes."""
        with self._database.reading() as session:
            return session.scalar(select(RemotePollRow.until).where(RemotePollRow.remote == remote))

    def keep_polled(self, remote: str, until: datetime) -> None:
        """It has told its changes up to now."""
        with self._database.session() as session:
            session.merge(RemotePollRow(remote=remote, until=until))

    def external_id_of(self, ticket: str) -> str | None:
        """The remote's id of our ticket."""
        with self._database.reading() as session:
            return session.scalar(select(RemoteTicketRow.external_id).where(RemoteTicketRow.ticket == ticket))


def known(session: Session, ticket: str, external_id: str | None, token: str | None) -> None:
    """Keeps how the remote knows a ticket."""
    row = session.get(RemoteTicketRow, ticket)
    if row is None:
        row = RemoteTicketRow(ticket=ticket)
        session.add(row)
    row.external_id = external_id or row.external_id
    row.token = token or row.token
