"""What citizens said aloud: the sound in a folder, what was understood of it in the database, and who hears it again."""

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_, select, update

from integrations.database import Database
from integrations.tables import RecordingRow

LEASE = timedelta(minutes=5)
"""How long one second hearing may take; a dead listener's recording is taken over afterwards."""

MOST_ATTEMPTS = 3
"""Second hearings of one recording before it is left to an operator's ear."""

KEPT, WAITING, HEARD, FAILED = "kept", "waiting", "heard", "failed"


@dataclass(frozen=True, slots=True, repr=False)
class Unheard:
    """A recording whose second hearing is due. `context` is what the dialog knew when it was said."""

    id: str
    conversation_id: str
    turn: int
    draft_id: str
    transcript: Mapping[str, Any]
    context: Mapping[str, Any]
    at: datetime


class Recordings:
    """The recordings of all conversations."""

    def __init__(self, database: Database, folder: Path, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock

    def keep(self, conversation_id: str, sound: bytes, seconds: float) -> str:
        """Keeps a sound (WAV) before anybody tries to understand it; its id. On the disk when this returns."""
        recording_id = str(uuid.uuid4())
        self._folder.mkdir(parents=True, exist_ok=True)
        # The bytes first: a row whose sound is missing would be a promise broken, a file without a row is only litter.
        written = self._folder / f".{recording_id}.part"
        with written.open("wb") as file:
            file.write(sound)
            file.flush()
            os.fsync(file.fileno())
        written.rename(self._path(recording_id))
        with self._database.session() as session:
            session.add(
                RecordingRow(
                    id=recording_id, conversation_id=conversation_id, seconds=seconds, context={}, at=self._clock()
                )
            )
        return recording_id

    def keep_file(self, conversation_id: str, write: Callable[[Path], float]) -> str:
        """Keeps a sound that is on the disk already: `write` puts the WAV at a path and gives its seconds. It is heard by people alone."""
        recording_id = str(uuid.uuid4())
        self._folder.mkdir(parents=True, exist_ok=True)
        written = self._folder / f".{recording_id}.part"
        seconds = write(written)
        written.rename(self._path(recording_id))
        with self._database.session() as session:
            session.add(
                RecordingRow(
                    id=recording_id, conversation_id=conversation_id, seconds=seconds, context={}, at=self._clock()
                )
            )
        return recording_id

    def understood(
        self,
        recording_id: str,
        turn: int,
        draft_id: str | None,
        transcript: Mapping[str, Any],
        context: Mapping[str, Any],
    ) -> None:
        """Notes what was understood, in which turn; from now on the second hearing is due, if there was a draft to hear it for."""
        with self._database.session() as session:
            session.execute(
                update(RecordingRow)
                .where(RecordingRow.id == recording_id)
                .values(
                    turn=turn,
                    draft_id=draft_id,
                    transcript=dict(transcript),
                    context=dict(context),
                    state=WAITING if draft_id else HEARD,
                )
            )

    def claim(self) -> Unheard | None:
        """The oldest recording whose second hearing is due, leased to the caller; None when there is none."""
        now = self._clock()
        free = or_(RecordingRow.leased_until.is_(None), RecordingRow.leased_until < now)
        with self._database.reading() as session:
            if session.scalar(select(RecordingRow.id).where(RecordingRow.state == WAITING, free).limit(1)) is None:
                return None
        with self._database.session() as session:
            row = session.scalars(
                select(RecordingRow)
                .where(and_(RecordingRow.state == WAITING, free))
                .order_by(RecordingRow.at)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if row is None:
                return None
            row.attempts += 1
            if row.attempts > MOST_ATTEMPTS:
                # Whoever heard it died three times over it: no fourth.
                row.state = FAILED
                return None
            row.leased_until = now + LEASE
            assert row.draft_id is not None
            return Unheard(
                row.id, row.conversation_id, row.turn or 0, row.draft_id, row.transcript or {}, row.context, row.at
            )

    def heard_again(self, recording_id: str, transcript: Mapping[str, Any] | None) -> None:
        """Notes the second hearing's transcript; None when it heard nothing."""
        self._settle(recording_id, state=HEARD, second=dict(transcript) if transcript else None)

    def try_later(self, recording_id: str) -> None:
        """Gives the lease back after a failure; after MOST_ATTEMPTS it is left alone."""
        with self._database.session() as session:
            row = session.get_one(RecordingRow, recording_id)
            row.leased_until = self._clock() + timedelta(seconds=10 * 2**row.attempts)
            if row.attempts >= MOST_ATTEMPTS:
                row.state = FAILED

    def read(self, recording_id: str) -> bytes:
        """The sound, as WAV. KeyError for an id that is none."""
        return self.file_of(recording_id)[1].read_bytes()

    def file_of(self, recording_id: str) -> tuple[str, Path]:
        """The conversation of a recording, and the file with its sound (WAV). KeyError for an id that is none."""
        with self._database.reading() as session:
            row = session.get(RecordingRow, recording_id)
            if row is None:
                raise KeyError(recording_id)
            return row.conversation_id, self._path(recording_id)

    def waiting(self) -> int:
        """How many second hearings are due."""
        with self._database.reading() as session:
            return len(session.scalars(select(RecordingRow.id).where(RecordingRow.state == WAITING)).all())

    def _settle(self, recording_id: str, **values: Any) -> None:
        with self._database.session() as session:
            session.execute(
                update(RecordingRow).where(RecordingRow.id == recording_id).values(leased_until=None, **values)
            )

    def _path(self, recording_id: str) -> Path:
        return self._folder / f"{recording_id}.wav"
