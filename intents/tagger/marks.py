"""The parts of a text that are marked, from the fields that a clerk wrote down beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from intents.extraction.numbers import find_numbers

SPOT = "place"
"""What an estate and a village are marked as, too: which of them is asked for, the topic says."""

MARKED_AS = {
    "place": SPOT,
    "estate": SPOT,
    "village": SPOT,
    "merchant": "merchant",
    "employer": "employer",
    "institution": "institution",
    "amount_paid": "amount_paid",
    "amount_owed": "amount_owed",
    "amount_remaining": "amount_remaining",
}
"""The fields that are marked, and as what."""

SUMS = ("amount_paid", "amount_owed", "amount_remaining")


@dataclass(frozen=True, slots=True)
class Mark:
    """text[start:end] says what `name` is. `confidence` is the least share of its characters."""

    name: str
    start: int
    end: int
    confidence: float = 1.0


def marks_of(text: str, fields: Mapping[str, Any]) -> tuple[Mark, ...]:
    """Where the text says its fields, from left to right. A sum that follows only by reckoning stands nowhere."""
    taken: list[Mark] = []
    for name, marked in MARKED_AS.items():
        if name not in fields:
            continue
        spans = _sums(text, fields[name]) if name in SUMS else _words(text, str(fields[name]))
        free = (s for s in spans if all(s[1] <= one.start or one.end <= s[0] for one in taken))
        if span := next(free, None):
            taken.append(Mark(marked, *span))
    return tuple(sorted(taken, key=lambda one: one.start))


def _words(text: str, words: str) -> Iterator[tuple[int, int]]:
    start = text.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + len(words))


def _sums(text: str, value: float) -> Iterator[tuple[int, int]]:
    for number in find_numbers(text):
        if abs(number.value - value) < 0.005:
            yield number.start, number.end
