"""The telephone's keys: a choice by its number, digits for numbers ended by #, 0 for a person, * to hear it again."""

from dataclasses import dataclass
from enum import Enum

LANDLINE_SECONDS = 1.5
"""How long a 0 waits for more digits where a telephone number is wanted: 010… begins with it, and 0 alone is a person."""

NUMBER_SECONDS = 4.0
"""Seconds after the last digit from which a number is taken as complete without #."""


class Press(Enum):
    """What a key means, where it is not words."""

    PERSON = "person"
    AGAIN = "again"
    ENOUGH = "enough"
    """#, without digits: I have said all."""
    UNKNOWN = "unknown"
    """A choice that is not there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What keys can answer now: choices by their number, or a number, whose digits are told with `unit` after them.

    `lengths` are the numbers of digits with which it is complete at once.
    """

    choices: tuple[str, ...] = ()
    number: bool = True
    unit: str = ""
    lengths: tuple[int, ...] = ()
    telephone: bool = False


class Keypad:
    """One call's. `press` and `due` give a Press, words to be taken as said (str), or None while more may come."""

    def __init__(self) -> None:
        self._digits = ""
        self._last = 0.0
        self.wanted = Wanted()

    @property
    def collecting(self) -> bool:
        """Whether a number is being typed."""
        return bool(self._digits)

    def press(self, key: str, now: float) -> Press | str | None:
        """A key, at a time in seconds."""
        if key == "*":
            self._digits = ""
            return Press.AGAIN
        if key == "#":
            return self._complete() if self._digits else Press.ENOUGH
        if not key.isdigit():
            return None
        wanted = self.wanted
        if not self._digits:
            if key == "0" and not wanted.telephone:
                return Press.PERSON
            if wanted.choices:
                return wanted.choices[int(key) - 1] if 1 <= int(key) <= len(wanted.choices) else Press.UNKNOWN
            if not wanted.number:
                return Press.UNKNOWN
        self._digits += key
        self._last = now
        if len(self._digits) in wanted.lengths and not (wanted.telephone and self._digits.startswith("0")):
            return self._complete()
        return None

    def deadline(self) -> float | None:
        """When `due` should be asked; None when nothing is being typed."""
        if not self._digits:
            return None
        return self._last + (LANDLINE_SECONDS if self._digits == "0" else NUMBER_SECONDS)

    def due(self, now: float) -> Press | str | None:
        """Time has passed: a number without #, or a 0 after which nothing came."""
        deadline = self.deadline()
        return self._complete() if deadline is not None and now >= deadline else None

    def forget(self) -> None:
        """Another question is asked now."""
        self._digits = ""

    def _complete(self) -> Press | str:
        digits, self._digits = self._digits, ""
        return Press.PERSON if digits == "0" else digits + self.wanted.unit
