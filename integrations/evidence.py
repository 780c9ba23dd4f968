"""Photos and documents that a citizen sends as evidence: cleaned, scanned, kept once by their content, attached to the draft."""

import hashlib
import os
import shlex
import subprocess
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update

from integrations.database import Database
from integrations.pictures import NotAPicture, cleaned
from integrations.tables import DraftRow, FileRow, TicketRow

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""

MOST = 9
"""Files of one draft."""

SCAN_SECONDS = 30
PDF = "application/pdf"
_SIGNATURES = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftyphei", 4, "image/heic"),
    (b"ftypmif1", 4, "image/heic"),
    (b"%PDF-", 0, PDF),
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


class Infected(EvidenceError):
    """The scanner does not let it pass."""


class ScannerDown(EvidenceError):
    """The scanner does not answer: nothing is taken unscanned. Worth another try."""


def media_type_of(data: bytes) -> str:
    """The media type by the content's first bytes. NotEvidence for anything but pictures and PDFs."""
    for signature, offset, media_type in _SIGNATURES:
        if data[offset : offset + len(signature)] == signature:
            return media_type
    raise NotEvidence


class Evidence:
    """The files of all drafts. `scan_command` reads a file on its standard input and ends with 0 when it is clean."""

    def __init__(self, database: Database, folder: Path, clock: Callable[[], datetime], scan_command: str = "") -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._scanner = shlex.split(scan_command)

    def attach(self, draft_id: str, data: bytes) -> str:
        """Keeps a file and attaches it to a draft; its id. NotEvidence, TooLarge, TooMany, Infected, ScannerDown."""
        if len(data) > LARGEST:
            raise TooLarge
        media_type = media_type_of(data)
        self._scan(data)
        if media_type != PDF:
            try:
                data, media_type = cleaned(data, media_type)
            except NotAPicture:
                raise NotEvidence from None
        content = hashlib.sha256(data).hexdigest()
        file_id = str(uuid.uuid4())
        with self._database.session() as session:
            kept = session.scalar(select(func.count()).select_from(FileRow).where(FileRow.draft_id == draft_id))
            if (kept or 0) >= MOST:
                raise TooMany
            # The bytes first: a row whose file is missing would be a promise broken, a file without a row is only litter.
            self._keep(content, data)
            session.add(
                FileRow(
                    id=file_id,
                    draft_id=draft_id,
                    media_type=media_type,
                    size=len(data),
                    sha256=content,
                    at=self._clock(),
                )
            )
        return file_id

    def hand_over(self, draft_id: str, number: str) -> None:
        """A draft's files belong to a ticket that is filed already: its citizen has joined that one."""
        with self._database.session() as session:
            filed = session.scalar(select(TicketRow.draft_id).where(TicketRow.number == number))
            if filed is not None:
                session.execute(update(FileRow).where(FileRow.draft_id == draft_id).values(draft_id=filed))

    def count(self, draft_id: str) -> int:
        """How many files a draft has."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).select_from(FileRow).where(FileRow.draft_id == draft_id)) or 0

    def of_draft(self, draft_id: str) -> list[tuple[str, str]]:
        """A draft's files, in the order in which they came: (id, media type)."""
        with self._database.reading() as session:
            rows = session.scalars(select(FileRow).where(FileRow.draft_id == draft_id).order_by(FileRow.at))
            return [(row.id, row.media_type) for row in rows]

    def read(self, file_id: str) -> tuple[str, bytes]:
        """Media type and bytes; KeyError for an id that is none."""
        with self._database.reading() as session:
            row = session.get(FileRow, file_id)
            if row is None:
                raise KeyError(file_id)
            return row.media_type, self._path(row).read_bytes()

    def of_conversation(self, conversation_id: str, file_id: str) -> tuple[str, bytes]:
        """A file for the citizen who sent it. KeyError for anybody else's, as for one that is none."""
        with self._database.reading() as session:
            found = session.scalar(
                select(FileRow.id)
                .join(DraftRow, DraftRow.id == FileRow.draft_id)
                .where(FileRow.id == file_id, DraftRow.conversation_id == conversation_id)
            )
        if found is None:
            raise KeyError(file_id)
        return self.read(file_id)

    def _scan(self, data: bytes) -> None:
        if not self._scanner:
            return
        try:
            done = subprocess.run(self._scanner, input=data, capture_output=True, timeout=SCAN_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            raise ScannerDown from None
        if done.returncode != 0:
            raise Infected

    def _keep(self, content: str, data: bytes) -> None:
        target = self._folder / content
        if target.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        written = self._folder / f".{uuid.uuid4()}.part"
        with written.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        written.rename(target)

    def _path(self, row: FileRow) -> Path:
        # Files of before content addressing lie under their id.
        return self._folder / (row.sha256 or row.id)
