"""The caller's number as Asterisk gives it, made into one that can be dialled back; hidden ones are None."""

import re
import unicodedata

AREA = "010"
"""Beijing's, for local numbers that come without one."""

HIDDEN = frozenset(
    [
        "anonymous",
        "restricted",
        "unavailable",
        "unknown",
        "private",
        "withheld",
        "blocked",
        "hidden",
        "unidentified",
        "asterisk",
        "none",
        "null",
        "s",
    ]
)
"""What stands where a number would, in any case."""

LONGEST_TEXT = 80

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
_SERVICE = re.compile(r"[48]00\d{7}")
_EXTENSION = re.compile(r"(?:;.*|ext\.?\s*\d*|转\d*|[x,*#].*)$")
_DASHED_EXTENSION = re.compile(r"(?P<number>.*\d)-\d{1,6}")


def normalise(given: str | None) -> str | None:
    """Digits as one dials them from Beijing (13812345678, 01062345678), `+…` from abroad; None when hidden or not a number to call."""
    text = unicodedata.normalize("NFKC", given or "")[:LONGEST_TEXT].strip().strip('"<>').lower()
    text = re.sub(r"^(?:sips?|tel):", "", text).partition("@")[0]
    if text in HIDDEN or not any(c.isdigit() for c in text):
        return None
    text = _EXTENSION.sub("", text)
    if dashed := _DASHED_EXTENSION.fullmatch(text):
        # 010-62345678 is a number; 010-62345678-801 is one with an extension.
        without = _chinese(_digits(dashed["number"]))
        if without and not _chinese(_digits(text)):
            return without
    return _dialled(text)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())


def _dialled(text: str) -> str | None:
    number = _digits(text)
    international = text.startswith("+") or number.startswith("00")
    if international:
        number = number.removeprefix("00") if not text.startswith("+") else number
        if not number.startswith("86"):
            return f"+{number}" if 7 <= len(number) <= 15 else None
    return _chinese(number)


def _chinese(number: str) -> str | None:
    """With or without country code, the 0 of long distance, and area code."""
    candidates = [number]
    if number.startswith("86"):
        rest = number[2:]
        candidates = [rest, "0" + rest, number]
    for candidate in candidates:
        for form in (candidate, candidate.removeprefix("0"), AREA + candidate):
            whole = _MOBILE.fullmatch(form) or _SERVICE.fullmatch(form) or _LANDLINE.fullmatch(form)
            if whole and (form != AREA + candidate or len(candidate) == 8):
                return form
    return None


def clean_name(given: str | None) -> str | None:
    """A name as Asterisk gives it, without control characters; None when it says nothing."""
    text = "".join(c for c in given or "" if c.isprintable()).strip().strip('"')[:LONGEST_TEXT]
    return None if not text or text.lower() in HIDDEN or not any(c.isalpha() for c in text) else text
