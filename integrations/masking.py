"""Phone numbers hidden in whatever text they stand in, in figures or as they are spoken."""

import re

_SPOKEN = "零〇一二三四五六七八九幺两"
_PHONE = re.compile(
    r"(?<!\d)(?:(?:\+|00)?86[- ]?)?[1１][3-9３-９]\d(?:[- ]?\d){8}(?!\d)"  # a mobile
    r"|(?<!\d)0\d{2,3}[- ]?[2-8]\d{6,7}(?!\d)"  # a landline with its area code
    r"|(?<!\d)[4-8]\d{7}(?!\d)"  # a landline of this city
    rf"|[{_SPOKEN}](?:[，, ]?[{_SPOKEN}]){{6,}}"
)
_DIGIT = re.compile(rf"[\d{_SPOKEN}]")


def masked(text: str) -> str:
    """The text with the middle of every phone number in it as ****: 13800005678 → 138****5678. Ticket numbers and amounts stay."""
    return _PHONE.sub(lambda found: _hide(found.group()), text)


def _hide(number: str) -> str:
    digits = "".join(_DIGIT.findall(number))
    front = 3 if len(digits) >= 11 else 2
    return f"{digits[:front]}****{digits[-4:] if len(digits) >= 10 else digits[-2:]}"
