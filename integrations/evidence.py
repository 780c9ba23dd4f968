"""Photos and documents that a citizen sends as evidence: kept in a folder, attached to the draft."""

import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from integrations.database import Database
from integrations.tables import FileRow

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""

MOST = 9
"""Files of one draft."""

_SIGNATURES = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftyphei", 4, "image/heic"),
    (b"ftypmif1", 4, "image/heic"),
    (b"%PDF-", 0, "application/pdf"),
)
"""What a file starts with, and where: its name and its declared type prove nothing."""


class EvidenceError(Exception):
    """Base of what can be wrong with a file."""


class NotEvidence(EvidenceError):
    """Neither a picture nor a PDF."""


class TooLarge(EvidenceError):
    """More than LARGEST bytes."""


class TooMany(EvidenceError):
    """The draft has MOST files already."""


def media_type_of(data: bytes) -> str:
    """The media type by the content's first bytes. NotEvidence for anything but pictures and PDFs."""
    for signature, offset, media_type in _SIGNATURES:
        if data[offset : offset + len(signature)] == signature:
            return media_type
    raise NotEvidence


class Evidence:
    """The files of all drafts."""

    def __init__(self, database: Database, folder: Path, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock

    def attach(self, draft_id: str, data: bytes) -> str:
        """Keeps a file and attaches it to a draft; its id. NotEvidence, TooLarge, TooMany."""
        if len(data) > LARGEST:
            raise TooLarge
        media_type = media_type_of(data)
        file_id = str(uuid.uuid4())
        with self._database.session() as session:
            kept = session.scalar(select(func.count()).select_from(FileRow).where(FileRow.draft_id == draft_id))
            if (kept or 0) >= MOST:
                raise TooMany
            # The bytes first: a row whose file is missing would be a promise broken, a file without a row is only litter.
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / file_id).write_bytes(data)
            session.add(FileRow(id=file_id, draft_id=draft_id, media_type=media_type, size=len(data), at=self._clock()))
        return file_id

    def read(self, file_id: str) -> tuple[str, bytes]:
        """Media type and bytes; KeyError for an id that is none."""
        with self._database.reading() as session:
            row = session.get(FileRow, file_id)
            if row is None:
                raise KeyError(file_id)
            return row.media_type, (self._folder / row.id).read_bytes()
