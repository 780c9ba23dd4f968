"""Fields that two hearings of the same words disagree about: asked once while that can still help, shown to operators always."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from integrations.database import Database
from integrations.tables import DoubtRow, DraftRow

OPEN, ASKED, SETTLED, KEPT = "open", "asked", "settled", "kept"


@dataclass(frozen=True, slots=True, repr=False)
class Doubt:
    """`first` and `second` are {"value", "raw"}; `audio` is {"recording", "start", "end"} in seconds."""

    id: int
    draft_id: str
    recording_id: str
    field: str
    first: Mapping[str, Any]
    second: Mapping[str, Any]
    audio: Mapping[str, Any]
    state: str

    def as_json(self) -> dict[str, Any]:
        """What an operator sees beside the field."""
        return {
            "field": self.field,
            "first": dict(self.first),
            "second": dict(self.second),
            "audio": dict(self.audio),
            "state": self.state,
        }


class Doubts:
    """The doubts of all conversations."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def note(
        self,
        conversation_id: str,
        draft_id: str,
        recording_id: str,
        field: str,
        first: Mapping[str, Any],
        second: Mapping[str, Any],
        audio: Mapping[str, Any],
        *,
        state: str = OPEN,
    ) -> None:
        """Notes a doubt; the same one again (a second hearing that was repeated after a crash) changes nothing."""
        with self._database.session() as session:
            known = session.scalar(
                select(DoubtRow.seq).where(DoubtRow.recording_id == recording_id, DoubtRow.field == field)
            )
            if known is None:
                session.add(
                    DoubtRow(
                        conversation_id=conversation_id,
                        draft_id=draft_id,
                        recording_id=recording_id,
                        field=field,
                        first=dict(first),
                        second=dict(second),
                        audio=dict(audio),
                        state=state,
                        at=self._clock(),
                    )
                )

    def next_open(self, draft_id: str) -> Doubt | None:
        """The oldest doubt of a draft that the citizen has not been asked about."""
        with self._database.reading() as session:
            row = session.scalars(
                select(DoubtRow)
                .where(DoubtRow.draft_id == draft_id, DoubtRow.state == OPEN)
                .order_by(DoubtRow.seq)
                .limit(1)
            ).first()
            return _doubt(row) if row else None

    def of(self, draft_id: str) -> Sequence[Doubt]:
        """All doubts of a draft, settled ones included."""
        with self._database.reading() as session:
            rows = session.scalars(select(DoubtRow).where(DoubtRow.draft_id == draft_id).order_by(DoubtRow.seq))
            return [_doubt(row) for row in rows]

    def kept(self, conversation_id: str) -> Sequence[Doubt]:
        """What stayed doubtful after the citizen was asked: an operator's business."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(DoubtRow)
                .where(DoubtRow.conversation_id == conversation_id, DoubtRow.state == KEPT)
                .order_by(DoubtRow.seq)
            )
            return [_doubt(row) for row in rows]

    def asked_after_filing(self, conversation_id: str) -> Doubt | None:
        """The doubt about a filed ticket that this conversation's citizen was asked about and has not answered."""
        with self._database.reading() as session:
            row = session.scalars(
                select(DoubtRow)
                .join(DraftRow, DraftRow.id == DoubtRow.draft_id)
                .where(DoubtRow.conversation_id == conversation_id, DoubtRow.state == ASKED, DraftRow.state == "filed")
                .order_by(DoubtRow.seq)
                .limit(1)
            ).first()
            return _doubt(row) if row else None

    def move(self, doubt_id: int, state: str) -> None:
        """A doubt was asked, settled, or is kept for an operator."""
        with self._database.session() as session:
            session.execute(update(DoubtRow).where(DoubtRow.seq == doubt_id).values(state=state))


def _doubt(row: DoubtRow) -> Doubt:
    return Doubt(row.seq, row.draft_id, row.recording_id, row.field, row.first, row.second, row.audio, row.state)
