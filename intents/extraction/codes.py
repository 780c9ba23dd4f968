"""Phone numbers, plates and other codes, written or spoken digit by digit."""

import re
import unicodedata
from collections.abc import Iterator

from intents.found import Found

_SPOKEN = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
_D = r"[0-9０-９零〇一幺二两三四五六七八九]"
_GAP = r"[\s\-—·.，,、]?"

_MOBILE = re.compile(rf"(?<!{_D})[1１一幺]{_GAP}[3-9３-９三四五六七八九](?:{_GAP}{_D}){{9}}(?!{_D})")
_LANDLINE = re.compile(
    rf"(?<!{_D})(?<!{_D}[\s\-])(?:[0０零]{_D}{{2,3}}[\s\-—]?)?[2-8２-８二三四五六七八]{_D}{{3}}[\s\-]?{_D}{{3,4}}(?!{_D})(?![\s\-]{_D})|(?<!{_D})400[\s\-]?\d{{3}}[\s\-]?\d{{4}}(?!{_D})"
)
_MINE = re.compile(r"(?:我|本人)(?:自己)?的?(?:手机|电话|号码?)*(?:号)?(?:是|：|:)?[，,\s]*$")
_PHONE_WORDS = re.compile(r"电话|手机|座机|联系|号码|打给|拨")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][\s·]?[A-Za-zＡ-Ｚ](?:[\s·]?[0-9A-Za-z０-９零〇一幺二两三四五六七八九]){4}(?:[\s·]?挂|(?:[\s·]?[0-9A-Za-z０-９零〇一幺二两三四五六七八九]){1,2}(?![0-9A-Za-z]))"
)
_ORDER = re.compile(
    r"(?:订单号?|单号|订单编号|编号)(?:是|为|：|:|\s)*(?P<code>[A-Za-z0-9\-零〇一幺二两三四五六七八九]{6,32})"
)
_POLE = re.compile(
    r"(?:灯杆|杆子|电线杆|路灯)?(?:编号|号码|杆号|号|上写的?|上喷的|上写着|上标的)(?:是|为|：|:|嗯|\s)*(?P<code>[东西南北沙朝海丰石通昌大]?[A-Za-z0-9零〇一幺二两三四五六七八九](?:[\s\-]?[A-Za-z0-9零〇一幺二两三四五六七八九]){2,15})"
)
_BARE_ORDER = re.compile(r"\d[\d\s\-]{12,40}")
"""Nothing but digits, and more than a ticket's: platforms number their orders like that."""

TICKET_DIGITS = 12
"""Of the hotline's own numbers; a test holds it against the room that makes them."""

_LONG_CODE = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,4}\d{8,32}(?![0-9A-Za-z])")
_CODE = re.compile(rf"[A-Za-z]{{0,6}}[\s\-]?(?:{_D}[\s\-]?){{2,32}}|[A-Za-z]+\d[A-Za-z0-9\-]*")


def digits(said: str) -> str:
    """Spoken and full-width digits as 0–9, other characters dropped."""
    text = unicodedata.normalize("NFKC", said).translate(_SPOKEN)
    return "".join(c for c in text if c.isascii() and c.isdigit())


def find_phones(text: str, *, asked: bool = False) -> Iterator[Found]:
    """Mobile numbers anywhere; landlines only where a phone is spoken of or `asked` for, or alone."""
    mobiles = [match for match in _MOBILE.finditer(text) if len(digits(match.group())) == 11]
    # 他手机158…，我的是139…: one's own before anybody else's.
    for match in sorted(mobiles, key=lambda match: not _MINE.search(text[max(0, match.start() - 8) : match.start()])):
        yield Found(digits(match.group()), match.group(), match.start(), match.end())
    if mobiles:
        return
    alone = asked or len(text.strip()) <= 16
    for match in _LANDLINE.finditer(text):
        if alone or _PHONE_WORDS.search(text[max(0, match.start() - 10) : match.start()]):
            value = digits(match.group())
            if 7 <= len(value) <= 12:
                yield Found(value, match.group(), match.start(), match.end())


def find_spelt_phone(text: str) -> Found | None:
    """A mobile number that was asked for, dictated with words between: 138 后面我念慢点 1234 5678."""
    runs = list(re.finditer(rf"{_D}(?:{_GAP}{_D})+", text))
    value = "".join(digits(run.group()) for run in runs)
    if len(runs) < 2 or not re.fullmatch(r"1[3-9]\d{9}", value):
        return None
    start, end = runs[0].start(), runs[-1].end()
    return Found(value, text[start:end], start, end)


def find_plate(text: str) -> Found | None:
    """A licence plate, in capitals: 京A12345."""
    match = _PLATE.search(text)
    if match is None:
        return None
    value = re.sub(r"[\s·]", "", unicodedata.normalize("NFKC", match.group())).upper().translate(_SPOKEN)
    return Found(value, match.group(), match.start(), match.end())


def find_order_number(text: str) -> Found | None:
    """The number of an order, where it is called one or is too long to be anything else."""
    if match := _ORDER.search(text):
        return Found(match["code"].translate(_SPOKEN), match["code"], *match.span("code"))
    if (bare := _BARE_ORDER.fullmatch(text.strip())) and len(digits(text)) > TICKET_DIGITS:
        return Found(digits(text), bare.group(), text.index(bare.group()), text.index(bare.group()) + len(bare.group()))
    for match in _LONG_CODE.finditer(text):
        if len(match.group()) >= 12 and "订单" in text:
            return Found(match.group(), match.group(), *match.span())
    return None


def find_pole_number(text: str) -> Found | None:
    """The number on a lamp post, where it is called one."""
    if "杆" not in text and "编号" not in text:
        return None
    match = _POLE.search(text)
    if match is None:
        return None
    code = re.sub(r"\s", "", match["code"]).translate(_SPOKEN).upper()
    return Found(code, match["code"], *match.span("code"))


def read_code(text: str) -> Found | None:
    """A bare code as an answer."""
    match = _CODE.search(text)
    if match is None:
        return None
    raw = match.group().strip()
    value = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", raw).translate(_SPOKEN)).upper()
    start = text.index(raw)
    return Found(value, raw, start, start + len(raw))
