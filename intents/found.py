"""A value found in a text, with the words that prove it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """`raw` is exactly text[start:end]; `precision` is year, month, day or hour for dates; `alternatives` holds other readings."""

    value: Any
    raw: str
    start: int
    end: int
    confidence: float = 1.0
    alternatives: tuple[Any, ...] = ()
    precision: str | None = None
