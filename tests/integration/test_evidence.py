"""Evidence: kept once, cleaned, scanned, and the ticket as one PDF."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from integrations.database import Database, upgrade
from integrations.evidence import MOST, Evidence, Infected, NotEvidence, ScannerDown, TooLarge, TooMany
from integrations.pictures import NotAPicture, cleaned
from integrations.ticket_pdf import as_pdf
from intents.catalog import load_catalog
from tests.contract.conftest import Clock
from tests.desks import Desks, desks
from tests.pictures import heic, pdf, photo, png

LABELS = {name: field.label for name, field in load_catalog().fields.items()}


@pytest.fixture
def here(tmp_path: Path) -> Desks:
    database = Database(f"sqlite:///{tmp_path}/t.db")
    upgrade(database)
    return desks(database, Clock())


@pytest.fixture
def evidence(here: Desks, tmp_path: Path) -> Evidence:
    return Evidence(here.database, tmp_path / "files", here.clock)


def test_the_same_file_sent_twice_is_kept_once(here: Desks, evidence: Evidence, tmp_path: Path) -> None:
    drafts = [here.draft().id for _ in range(2)]
    ids = [evidence.attach(draft, png()) for draft in drafts]
    assert ids[0] != ids[1]
    assert len(list((tmp_path / "files").iterdir())) == 1
    assert evidence.read(ids[0]) == evidence.read(ids[1]) == ("image/png", png())


@pytest.mark.parametrize("data", [photo(), photo("WEBP"), png(text=True)], ids=["jpeg", "webp", "png"])
def test_what_a_camera_writes_into_a_picture_does_not_reach_anybody(
    here: Desks, evidence: Evidence, data: bytes
) -> None:
    assert b"canary" in data
    media_type, kept = evidence.read(evidence.attach(here.draft().id, data))
    assert b"canary" not in kept
    assert b"canary-xmp" not in kept
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(kept)) as after:
        assert after.size == before.size
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes(), "not a pixel has changed"
        assert 34853 not in after.getexif(), "no position"
    assert media_type.startswith("image/")


def test_a_photo_stays_the_right_way_up() -> None:
    kept, _ = cleaned(photo(orientation=6), "image/jpeg")
    with Image.open(io.BytesIO(kept)) as after:
        assert after.getexif()[0x0112] == 6


def test_an_iphones_picture_becomes_one_that_everybody_can_open(here: Desks, evidence: Evidence) -> None:
    media_type, kept = evidence.read(evidence.attach(here.draft().id, heic()))
    assert media_type == "image/jpeg"
    assert kept.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "data", [b"", b"MZ program", b"\x89PNG\r\n\x1a\n" + bytes(50), b"\xff\xd8\xff" + bytes(50), b"RIFF1234WAVE"]
)
def test_what_only_begins_like_a_picture_is_none(here: Desks, evidence: Evidence, data: bytes) -> None:
    with pytest.raises(NotEvidence):
        evidence.attach(here.draft().id, data)


def test_limits_hold(here: Desks, evidence: Evidence) -> None:
    draft = here.draft().id
    with pytest.raises(TooLarge):
        evidence.attach(draft, bytes(10 * 1024 * 1024 + 1))
    for _ in range(MOST):
        evidence.attach(draft, png())
    with pytest.raises(TooMany):
        evidence.attach(draft, png())


def test_nothing_is_taken_that_the_scanner_does_not_let_pass(here: Desks, tmp_path: Path) -> None:
    draft = here.draft().id
    scanner = f"{sys.executable} -c \"import sys; sys.exit(b'EICAR' in sys.stdin.buffer.read())\""
    scanned = Evidence(here.database, tmp_path / "files", here.clock, scanner)
    assert scanned.attach(draft, png())
    with pytest.raises(Infected):
        scanned.attach(draft, pdf() + b"EICAR")
    with pytest.raises(ScannerDown):
        Evidence(here.database, tmp_path / "files", here.clock, "/no/such/scanner").attach(draft, png())


def test_a_file_is_its_own_citizens(here: Desks, evidence: Evidence) -> None:
    draft = here.draft()
    file_id = evidence.attach(draft.id, png())
    assert evidence.of_conversation(draft.conversation_id, file_id)[0] == "image/png"
    for conversation, file in (("another", file_id), (draft.conversation_id, "none")):
        with pytest.raises(KeyError):
            evidence.of_conversation(conversation, file)


def test_the_ticket_is_one_pdf_with_its_evidence(here: Desks, evidence: Evidence) -> None:
    draft = here.draft(description="路灯不亮，<b>晚上</b>很黑")
    kinds = [evidence.attach(draft.id, data) for data in (png(), photo(), pdf("a receipt"))]
    ticket = here.desk.file(draft, "test")
    files = [(file_id, *evidence.read(file_id)) for file_id in kinds]
    pages = PdfReader(io.BytesIO(as_pdf(ticket, files, LABELS))).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert len(pages) == 4, "one of facts, one a picture, the receipt's own"
    assert "a receipt" in text
    assert ticket.number[:4] in text
    broken = as_pdf(ticket, [("x", "application/pdf", b"%PDF-1.4 broken")], LABELS)
    assert PdfReader(io.BytesIO(broken)).pages


def test_a_second_picture_behind_the_first_goes_with_its_position() -> None:
    """Phones hang a preview, a depth picture or a film behind the photo, each with an Exif of its own."""
    kept, _ = cleaned(photo() + photo() + b"canary-film", "image/jpeg")
    assert b"canary" not in kept
    assert kept.count(b"\xff\xd8") == 1
    with Image.open(io.BytesIO(kept)) as after, Image.open(io.BytesIO(photo())) as before:
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()


def test_a_photo_in_several_scans_stays_whole() -> None:
    out = io.BytesIO()
    Image.effect_noise((200, 120), 60).convert("RGB").save(out, "JPEG", progressive=True, quality=90, comment=b"canary")
    kept, _ = cleaned(out.getvalue(), "image/jpeg")
    assert b"canary" not in kept
    with Image.open(io.BytesIO(kept)) as after, Image.open(io.BytesIO(out.getvalue())) as before:
        assert after.tobytes() == before.tobytes()


def test_a_gif_keeps_its_frames_and_loses_its_comments() -> None:
    out, frames = io.BytesIO(), [Image.effect_noise((30, 30), n).convert("P") for n in (10, 50, 90)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"canary-gif")
    kept, _ = cleaned(out.getvalue(), "image/gif")
    assert b"canary" in out.getvalue()
    assert b"canary" not in kept
    with Image.open(io.BytesIO(kept)) as after, Image.open(io.BytesIO(out.getvalue())) as before:
        assert (after.n_frames, after.info["loop"]) == (before.n_frames, before.info["loop"]) == (3, 0)  # type: ignore[attr-defined]
        for n in range(3):
            after.seek(n)
            before.seek(n)
            assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_cut_off_anywhere_breaks_nothing(kind: str) -> None:
    out = io.BytesIO()
    Image.effect_noise((40, 40), 50).convert("RGB").save(out, kind)
    for at in range(0, len(out.getvalue()), 7):
        try:
            cleaned(out.getvalue()[:at], f"image/{kind.lower()}")
        except NotAPicture:
            continue


def test_a_note_of_many_pages_is_a_pdf_all_the_same(here: Desks) -> None:
    number = here.file(description="路灯不亮。" * 4000).number
    here.desk.add_note(number, "今天又坏了一盏。" * 300, by="citizen")
    read = PdfReader(io.BytesIO(as_pdf(here.desk.get(number), [], LABELS)))
    assert len(read.pages) > 8


def test_what_was_attached_before_joining_goes_to_the_ticket_that_was_joined(here: Desks, evidence: Evidence) -> None:
    number, draft = here.file().number, here.draft().id
    file_id = evidence.attach(draft, png())
    evidence.hand_over(draft, number)
    assert [file["file_id"] for file in here.desk.get(number).files] == [file_id]
    assert evidence.of_conversation(here.desk.get(number).conversation_id, file_id)[0] == "image/png"
