"""Which conversation a telephone call belongs to, whether it may be recorded, and how it ended: what a caller who comes back goes on with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from integrations.database import Base, Database, Moment
from integrations.tables import ConversationRow, DraftEntryRow, DraftRow

DONE, HUMAN, DROPPED, RESUMED, NOTED = "done", "human", "dropped", "resumed", "noted"
"""How a call ended; a dropped one is later resumed, or noted for a callback."""

LOST = timedelta(hours=2)
"""A call without an end that began so long ago: its process died."""


class PhoneTalkRow(Base):
    """One call. `recorded` is the caller's answer (None: not asked yet), `turns` where each turn lies on the call's recording."""

    __tablename__ = "phone_talks"
    __table_args__ = (Index("ix_phone_talks_how_ended", "how", "ended_at"),)
    call_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    recorded: Mapped[bool | None] = mapped_column(Boolean)
    recording: Mapped[str | None] = mapped_column(String(36))
    turns: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    how: Mapped[str | None] = mapped_column(String(10))
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class PhoneTalk:
    """A call as it was. `turns` are {"recording", "at"}: the utterance's own recording, and its second on `recording`, the whole call's."""

    call_id: str
    conversation_id: str
    recorded: bool | None
    recording: str | None
    turns: Sequence[dict[str, Any]]
    how: str | None


class PhoneTalks:
    """The talks of all calls."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, call_id: str, conversation_id: str, recorded: bool | None = None) -> None:
        """A call takes up a conversation; the same call may take up another one later."""
        with self._database.session() as session:
            row = session.get(PhoneTalkRow, call_id)
            if row is None:
                row = PhoneTalkRow(call_id=call_id, turns=[], began_at=self._clock())
                session.add(row)
            row.conversation_id, row.recorded, row.how, row.ended_at = conversation_id, recorded, None, None

    def of_call(self, call_id: str) -> PhoneTalk | None:
        """The talk of a call that was here before: its caller has come back from a queue."""
        with self._database.reading() as session:
            row = session.get(PhoneTalkRow, call_id)
            return _talk(row) if row else None

    def latest(self, conversation_id: str) -> PhoneTalk | None:
        """The newest call of a conversation."""
        with self._database.reading() as session:
            row = session.scalars(
                select(PhoneTalkRow)
                .where(PhoneTalkRow.conversation_id == conversation_id)
                .order_by(PhoneTalkRow.began_at.desc())
                .limit(1)
            ).first()
            return _talk(row) if row else None

    def recorded(self, call_id: str, agreed: bool) -> None:
        """The caller's answer to whether they may be recorded."""
        self._set(call_id, recorded=agreed)

    def turned(self, call_id: str, turns: Sequence[dict[str, Any]]) -> None:
        """Where the turns so far lie on the call's recording."""
        self._set(call_id, turns=list(turns))

    def found(self, call_id: str, recording: str) -> None:
        """The recording of a call whose process died; one that the call has already stays."""
        with self._database.session() as session:
            session.execute(
                update(PhoneTalkRow)
                .where(PhoneTalkRow.call_id == call_id, PhoneTalkRow.recording.is_(None))
                .values(recording=recording)
            )

    def end(self, call_id: str, how: str, turns: Sequence[dict[str, Any]] = (), recording: str | None = None) -> None:
        """The call has ended; where its turns lie on its recording, if there is one."""
        self._set(call_id, how=how, turns=list(turns), recording=recording, ended_at=self._clock())

    def dropped(self, citizen_key: str, within: timedelta) -> PhoneTalk | None:
        """The caller's newest call, if it was cut off so lately in the middle of something."""
        with self._database.reading() as session:
            row = session.scalars(
                select(PhoneTalkRow)
                .join(ConversationRow, ConversationRow.id == PhoneTalkRow.conversation_id)
                .where(ConversationRow.channel == "phone", ConversationRow.citizen_key == citizen_key)
                .order_by(PhoneTalkRow.began_at.desc())
                .limit(1)
            ).first()
            # Without an end: this process died under it, and the caller is here again.
            if row is None or row.how not in (DROPPED, None):
                return None
            if (row.ended_at or row.began_at) < self._clock() - within or not _open_draft(session, row.conversation_id):
                return None
            return _talk(row)

    def resumed(self, call_id: str) -> None:
        """A dropped call is gone on with: nobody needs to call back."""
        self._set(call_id, how=RESUMED)

    def to_call_back(self, after: timedelta) -> Sequence[PhoneTalk]:
        """Calls that were cut off longer than `after` ago, in the middle of something, and were not gone on with."""
        now = self._clock()
        with self._database.reading() as session:
            rows = session.scalars(
                select(PhoneTalkRow).where(
                    or_(
                        (PhoneTalkRow.how == DROPPED) & (PhoneTalkRow.ended_at <= now - after),
                        PhoneTalkRow.how.is_(None) & (PhoneTalkRow.began_at <= now - LOST),
                    )
                )
            )
            return [_talk(row) for row in rows]

    def unfinished(self, conversation_id: str) -> bool:
        """Whether the conversation has a draft with something in it."""
        with self._database.reading() as session:
            return _open_draft(session, conversation_id)

    def citizen_key(self, conversation_id: str) -> str | None:
        """What the channel knows the caller by."""
        with self._database.reading() as session:
            return session.scalar(select(ConversationRow.citizen_key).where(ConversationRow.id == conversation_id))

    def contact_phone(self, conversation_id: str) -> str | None:
        """The number that the caller gave in what they were telling."""
        with self._database.reading() as session:
            return session.scalar(
                select(DraftEntryRow.value)
                .join(DraftRow, DraftRow.id == DraftEntryRow.draft_id)
                .where(DraftRow.conversation_id == conversation_id, DraftEntryRow.field == "contact_phone")
                .order_by(DraftEntryRow.seq.desc())
                .limit(1)
            )

    def noted(self, call_id: str) -> None:
        """What was due for a dropped call is done."""
        self._set(call_id, how=NOTED)

    def _set(self, call_id: str, **values: Any) -> None:
        with self._database.session() as session:
            session.execute(update(PhoneTalkRow).where(PhoneTalkRow.call_id == call_id).values(**values))


def _open_draft(session: Session, conversation_id: str) -> bool:
    return (
        session.scalar(
            select(DraftEntryRow.seq)
            .join(DraftRow, DraftRow.id == DraftEntryRow.draft_id)
            .where(DraftRow.conversation_id == conversation_id, DraftRow.state == "open")
            .limit(1)
        )
        is not None
    )


def _talk(row: PhoneTalkRow) -> PhoneTalk:
    return PhoneTalk(row.call_id, row.conversation_id, row.recorded, row.recording, tuple(row.turns), row.how)
