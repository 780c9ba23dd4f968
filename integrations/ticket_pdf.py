"""A ticket with its evidence as one PDF, to hand to the market regulator or a court."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from PIL import Image as Pictures
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Image, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from integrations.numbers import grouped
from integrations.status import CHINESE, Status
from integrations.ticket import Ticket

FONT = "STSong-Light"
"""One of the fonts that every PDF reader brings for Chinese."""

NOT_SHOWN = ("topic", "type", "confirm", "anonymous", "description", "contact_phone", "contact_name")
OWN_LABELS = {"rights": "法定权利"}
"""What is noted on a ticket and nobody is asked for."""

WIDTH, HEIGHT = 170 * mm, 225 * mm

File = tuple[str, str, bytes]
"""Id, media type, bytes."""


@cache
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=11, leading=17, wordWrap="CJK")
    return {
        "plain": plain,
        "title": ParagraphStyle("title", plain, fontSize=18, leading=26, spaceAfter=6),
        "head": ParagraphStyle("head", plain, fontSize=13, leading=20, spaceBefore=8),
        "small": ParagraphStyle("small", plain, fontSize=8.5, leading=12),
    }


def as_pdf(ticket: Ticket, files: Sequence[File], labels: Mapping[str, str]) -> bytes:
    """The ticket's facts, the citizen's words, what became of it, then the evidence: pictures on pages, PDFs as they are."""
    styles = _styles()
    story: list[Any] = [
        Paragraph("市民热线工单", styles["title"]),
        _table(_facts(ticket, labels), styles["plain"]),
        Paragraph("市民的话", styles["head"]),
        Paragraph(_text(str(ticket.value("description") or "")), styles["plain"]),
        Paragraph("办理经过", styles["head"]),
        _table([(_when(step.at), _step(step.status, step.note)) for step in ticket.history], styles["plain"]),
    ]
    documents: list[bytes] = []
    if files:
        story.append(Paragraph("证据清单（SHA-256）", styles["head"]))
        rows = [(str(n), f"{kind}　{hashlib.sha256(data).hexdigest()}") for n, (_, kind, data) in enumerate(files, 1)]
        story.append(_table(rows, styles["small"], first=10 * mm))
    for n, (_, kind, data) in enumerate(files, 1):
        if kind == "application/pdf":
            documents.append(data)
        else:
            story += [PageBreak(), Paragraph(f"证据 {n}", styles["head"]), Spacer(1, 4 * mm), *_picture(data)]
    out = io.BytesIO()
    frame = {"leftMargin": 20 * mm, "rightMargin": 20 * mm, "topMargin": 18 * mm, "bottomMargin": 18 * mm}
    document = SimpleDocTemplate(out, pagesize=A4, title=f"工单 {ticket.number}", author="接诉", **frame)

    def number(canvas: Any, _: Any) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawCentredString(A4[0] / 2, 10 * mm, f"工单 {grouped(ticket.number)}　第{canvas.getPageNumber()}页")

    document.build(story, onFirstPage=number, onLaterPages=number)
    return _with(out.getvalue(), documents)


def _facts(ticket: Ticket, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    anonymous = bool(ticket.value("anonymous"))
    facts = [
        ("工单号", grouped(ticket.number)),
        ("类别", f"{ticket.topic_name}（{ticket.type}）"),
        ("现状", CHINESE[Status(ticket.status)]),
        ("牵头单位", ticket.lead_unit),
        ("提交时间", _when(ticket.created_at)),
        ("答复期限", _when(ticket.due_at)),
        ("联系人", "匿名" if anonymous else f"{ticket.value('contact_name') or ''}　{ticket.phone or ''}".strip()),
    ]
    for name, field in ticket.fields.items():
        value = field.get("value")
        label = OWN_LABELS.get(name) or labels.get(name)
        if name not in NOT_SHOWN and label and value is not None:
            facts.append((label, "有" if value is True else "没有" if value is False else str(value)))
    return facts


def _table(rows: Sequence[tuple[str, str]], style: ParagraphStyle, first: float = 35 * mm) -> Table:
    cells = [[Paragraph(_text(a), style), Paragraph(_text(b), style)] for a, b in rows]
    table = Table(cells or [["", ""]], colWidths=[first, WIDTH - first], splitInRow=1)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.25, "#bbbbbb")]))
    return table


def _text(text: str) -> str:
    return escape("".join(c for c in text if c >= " " or c == "\n")).replace("\n", "<br/>")


def _when(moment: Any) -> str:
    from integrations.zone import BEIJING

    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _step(status: str, note: str) -> str:
    return CHINESE[Status(status)] + (f"：{note}" if note else "")


def _picture(data: bytes) -> list[Any]:
    try:
        with Pictures.open(io.BytesIO(data)) as picture:
            picture.draft("RGB", (1600, 1600))
            upright = _upright(picture).convert("RGB")
            upright.thumbnail((1600, 1600))
    except (OSError, ValueError, SyntaxError):
        return [Paragraph("（这张图片打不开，原件见清单）", _styles()["plain"])]
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    scale = min(WIDTH / upright.width, HEIGHT / upright.height)
    out.seek(0)
    return [Image(out, upright.width * scale, upright.height * scale)]


def _upright(picture: Pictures.Image) -> Pictures.Image:
    from PIL import ImageOps

    return ImageOps.exif_transpose(picture) or picture


def _with(first: bytes, documents: Sequence[bytes]) -> bytes:
    """The PDFs that are evidence, behind it; pages only: no script or attachment of theirs comes along."""
    if not documents:
        return first
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(first)).pages:
        writer.add_page(page)
    for document in documents:
        try:
            for page in PdfReader(io.BytesIO(document)).pages:
                for key in ("/AA", "/Annots"):
                    page.pop(key, None)
                writer.add_page(page)
        except Exception:
            # Damaged or locked: the list names it by its hash.
            continue
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
