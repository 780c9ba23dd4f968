"""Ticket numbers: 12 digits that can be said on a bad line; the last one is a check digit.

Damm's algorithm catches every single wrong digit and every swap of neighbours (H. M. Damm, 2004).
"""

import secrets
import unicodedata

DIGITS = 12
_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_SPOKEN = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")


def _interim(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _QUASIGROUP[interim][int(digit)]
    return interim


def new_number() -> str:
    """A random number, not starting with 0; the caller makes sure that it is free."""
    body = str(secrets.randbelow(9) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(DIGITS - 2))
    return body + str(_interim(body))


def is_valid(number: str) -> bool:
    """Whether it can be a ticket number at all."""
    ascii_digits = number.isascii() and number.isdigit()
    return len(number) == DIGITS and ascii_digits and number[0] != "0" and _interim(number) == 0


def normalise(said: str) -> str | None:
    """The 12 digits of a number as it was typed or spoken (spaces, dashes, full width, 幺三); None when there are not 12."""
    text = unicodedata.normalize("NFKC", said).translate(_SPOKEN)
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    return digits if len(digits) == DIGITS else None


def grouped(number: str) -> str:
    """In groups of four, as it is read and said: "1234 5678 9012"."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
