"""The journal: every word said in every conversation, and who is handling a turn right now."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from integrations.database import Database
from integrations.tables import ConversationRow, UtteranceRow

BOT, WAITING, OPERATOR, CLOSED = "bot", "waiting", "operator", "closed"
"""The states of a conversation: who answers in it."""

LEASE = timedelta(seconds=45)
"""How long a process may handle one turn; a dead one's turn can be taken over afterwards."""


class JournalError(Exception):
    """Base of this module's errors."""


class NoSuchConversation(JournalError):
    """There is no conversation with this id."""


class Unauthorised(JournalError):
    """The token is not this conversation's."""


class Busy(JournalError):
    """Another process is handling a turn of this conversation; try again in a moment."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new conversation; the token is shown this once, the database keeps its hash."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that is being handled; `lease` proves by whom."""

    conversation_id: str
    number: int
    channel: str
    state: str
    utterance_seq: int
    lease: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A message that was answered before, with its answer."""

    answer: dict[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One line of the journal; `direction` is citizen, bot, operator, or system (what happened, for operators only)."""

    seq: int
    turn: int
    direction: str
    text: str
    payload: Mapping[str, Any]
    unasked: bool
    at: datetime


class Journal:
    """Conversations and what was said in them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def reachable(self) -> bool:
        """Whether the database answers."""
        return self._database.reachable()

    def create(self, channel: str, citizen_key: str | None = None, id: str | None = None) -> Opened:
        """A new conversation; `citizen_key` is what the channel knows its citizen by. With an `id` that is there, that one."""
        opened = Opened(id or str(uuid.uuid4()), secrets.token_urlsafe(24))
        with self._database.unless_there() as session:
            session.execute(
                insert(ConversationRow).values(
                    id=opened.id,
                    channel=channel,
                    citizen_key=citizen_key,
                    token_hash=_hash(opened.token),
                    state=BOT,
                    last_turn=0,
                    created_at=self._clock(),
                )
            )
        return opened

    def latest(self, channel: str, citizen_key: str) -> str | None:
        """The id of a citizen's newest conversation in a channel."""
        with self._database.reading() as session:
            return session.scalar(
                select(ConversationRow.id)
                .where(ConversationRow.channel == channel, ConversationRow.citizen_key == citizen_key)
                .order_by(ConversationRow.created_at.desc())
                .limit(1)
            )

    def state(self, conversation_id: str) -> str:
        """Who answers in a conversation. NoSuchConversation."""
        with self._database.reading() as session:
            state = session.scalar(select(ConversationRow.state).where(ConversationRow.id == conversation_id))
        if state is None:
            raise NoSuchConversation
        return state

    def channel(self, conversation_id: str) -> str:
        """The channel that a conversation is held on. NoResultFound."""
        with self._database.reading() as session:
            return session.scalars(select(ConversationRow.channel).where(ConversationRow.id == conversation_id)).one()

    def last_turn(self, conversation_id: str) -> int:
        """The number of a conversation's newest turn. NoResultFound."""
        with self._database.reading() as session:
            return session.scalars(select(ConversationRow.last_turn).where(ConversationRow.id == conversation_id)).one()

    def authenticate(self, conversation_id: str, token: str) -> None:
        """NoSuchConversation or Unauthorised unless the token is the conversation's."""
        with self._database.reading() as session:
            known = session.scalar(select(ConversationRow.token_hash).where(ConversationRow.id == conversation_id))
        if known is None:
            raise NoSuchConversation
        if not hmac.compare_digest(known, _hash(token)):
            raise Unauthorised

    def answer_to(self, conversation_id: str, client_message_id: str | None) -> dict[str, Any] | None:
        """The answer that a message got before, if it was answered: a recording sent again need not be heard again."""
        if client_message_id is None:
            return None
        with self._database.reading() as session:
            return session.scalar(
                select(UtteranceRow.answer).where(
                    UtteranceRow.conversation_id == conversation_id,
                    UtteranceRow.client_message_id == client_message_id,
                )
            )

    def begin_turn(
        self,
        conversation_id: str,
        text: str,
        client_message_id: str | None = None,
        payload: Mapping[str, Any] | None = None,
        direction: str = "citizen",
    ) -> Turn | Repeat:
        """Journals the citizen's words and takes the conversation's lease, in one transaction.

        A message id that was answered gives Repeat; one whose process died before answering is begun again.
        Busy while another process holds the lease. A closed conversation is open again when somebody speaks in it.
        """
        now, lease = self._clock(), str(uuid.uuid4())
        with self._database.session() as session:
            row = session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is None:
                raise NoSuchConversation
            earlier = None
            if client_message_id is not None:
                earlier = session.scalar(
                    select(UtteranceRow).where(
                        UtteranceRow.conversation_id == conversation_id,
                        UtteranceRow.client_message_id == client_message_id,
                    )
                )
            if earlier is not None and earlier.answer is not None:
                return Repeat(earlier.answer)
            if row.busy_until is not None and row.busy_until > now:
                raise Busy
            row.busy_until, row.busy_by = now + LEASE, lease
            if row.state == CLOSED:
                row.state = BOT
            if earlier is None:
                row.last_turn += 1
                earlier = UtteranceRow(
                    conversation_id=conversation_id,
                    turn=row.last_turn,
                    direction=direction,
                    text=text,
                    payload=dict(payload or {}),
                    client_message_id=client_message_id,
                    at=now,
                )
                session.add(earlier)
                session.flush()
            return Turn(conversation_id, earlier.turn, row.channel, row.state, earlier.seq, lease)

    def finish_turn(
        self, turn: Turn, replies: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], *, unasked: bool = False
    ) -> None:
        """Journals the replies, keeps the answer for repeats, gives the lease back, in one transaction.

        `unasked` replies go to the citizen's event stream: nobody waits for the answer of this turn.
        """
        now = self._clock()
        with self._database.session() as session:
            row = locked(session, turn.conversation_id)
            for reply in replies:
                session.add(
                    UtteranceRow(
                        conversation_id=turn.conversation_id,
                        turn=turn.number,
                        direction="bot",
                        text=reply["text"],
                        payload={"buttons": reply["buttons"]},
                        unasked=unasked,
                        at=now,
                    )
                )
            session.execute(
                update(UtteranceRow).where(UtteranceRow.seq == turn.utterance_seq).values(answer=dict(answer))
            )
            if row.busy_by == turn.lease:
                row.busy_until = row.busy_by = None

    def give_up(self, turn: Turn) -> None:
        """Gives the lease back without an answer: the same message may be sent again."""
        with self._database.session() as session:
            session.execute(
                update(ConversationRow)
                .where(
                    ConversationRow.id == turn.conversation_id,
                    or_(ConversationRow.busy_by == turn.lease, ConversationRow.busy_by.is_(None)),
                )
                .values(busy_until=None, busy_by=None)
            )

    def append(
        self, conversation_id: str, text: str, payload: Mapping[str, Any], *, unasked: bool, direction: str = "bot"
    ) -> None:
        """Journals one line outside a turn; an unasked one goes to the citizen's event stream."""
        with self._database.session() as session:
            write_line(session, conversation_id, direction, text, payload, self._clock(), unasked=unasked)

    def append_once(
        self, conversation_id: str, text: str, payload: Mapping[str, Any], client_message_id: str | None
    ) -> bool:
        """An operator's words, for the citizen's event stream; False when this message id was journaled before."""
        with self._database.session() as session:
            locked(session, conversation_id)
            known = client_message_id is not None and session.scalar(
                select(UtteranceRow.seq).where(
                    UtteranceRow.conversation_id == conversation_id,
                    UtteranceRow.client_message_id == client_message_id,
                )
            )
            if known:
                return False
            now = self._clock()
            write_line(
                session,
                conversation_id,
                "operator",
                text,
                payload,
                now,
                unasked=True,
                client_message_id=client_message_id,
            )
            return True

    def knows(self, conversation_id: str, client_message_id: str) -> bool:
        """Whether a message with this id is journaled."""
        with self._database.reading() as session:
            return (
                session.scalar(
                    select(UtteranceRow.seq).where(
                        UtteranceRow.conversation_id == conversation_id,
                        UtteranceRow.client_message_id == client_message_id,
                    )
                )
                is not None
            )

    def since(self, conversation_id: str, seq: int) -> list[Line]:
        """The lines after `seq`, in order."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(UtteranceRow)
                .where(UtteranceRow.conversation_id == conversation_id, UtteranceRow.seq > seq)
                .order_by(UtteranceRow.seq)
            )
            return [Line(r.seq, r.turn, r.direction, r.text, r.payload, r.unasked, r.at) for r in rows]

    def last_seq(self, conversation_id: str) -> int:
        """The newest line's number; 0 when nothing was said."""
        with self._database.reading() as session:
            newest = session.scalar(
                select(func.max(UtteranceRow.seq)).where(UtteranceRow.conversation_id == conversation_id)
            )
            return newest or 0


def locked(session: Session, conversation_id: str) -> ConversationRow:
    """The conversation's row, locked until the transaction ends. NoSuchConversation.

    Whoever writes a line holds it: so the lines of one conversation become visible in the order of their numbers.
    """
    row = session.get(ConversationRow, conversation_id, with_for_update=True)
    if row is None:
        raise NoSuchConversation
    return row


def write_line(
    session: Session,
    conversation_id: str,
    direction: str,
    text: str,
    payload: Mapping[str, Any],
    at: datetime,
    *,
    unasked: bool = False,
    client_message_id: str | None = None,
) -> None:
    """Journals one line in the caller's transaction."""
    locked(session, conversation_id)
    session.add(
        UtteranceRow(
            conversation_id=conversation_id,
            turn=0,
            direction=direction,
            text=text,
            payload=dict(payload),
            unasked=unasked,
            client_message_id=client_message_id,
            at=at,
        )
    )
    session.flush()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
