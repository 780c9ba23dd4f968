"""What the classifier sees of a text: character n-grams inside clauses."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_GRAM = 4
"""Chinese words of the trade are two to four characters (拖欠工资, 消防通道); longer grams only learn sentences by heart."""

LONGEST_TEXT = 4000
"""Characters read of one message; what follows in a longer one repeats it."""

_BREAK = re.compile(r"[^\w%]+|_+")
_END = re.compile(r"[。！？!?；;\n]+")
_DIGITS = re.compile(r"\d+")
_GREETING = re.compile(r"^(?:\s*(?:喂|你好|您好|你们好|有人吗|有人在吗|在吗|在不在|请问在吗)[,，。.?？!！~\s]*)+")
"""有人吗 at the start is a greeting, no question."""

_LATIN = re.compile(r"[a-z]+")


def normalise(text: str) -> str:
    """One form for full-width letters, case and numbers: no topic depends on which number it was."""
    text = _GREETING.sub("", unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower())
    return _DIGITS.sub("0", text)


def clauses(text: str) -> list[str]:
    """The text cut at punctuation and white space."""
    return [clause for clause in _BREAK.split(normalise(text)) if clause]


def sentences(text: str) -> list[str]:
    """The text cut at the ends of its sentences; never empty."""
    return [part for part in _END.split(text) if len(part.strip()) > 1] or [text]


def grams(text: str) -> Iterator[str]:
    """All n-grams of 1 to LONGEST_GRAM characters; a Latin word counts as one character.

    Ends of clauses are marked: 吗 at an end is a question, 吗 elsewhere is noise.
    """
    for clause in clauses(text):
        units = ["^", *_units(clause), "$"]
        for size in range(1, LONGEST_GRAM + 1):
            for start in range(len(units) - size + 1):
                if size == 1 and units[start] in "^$":
                    continue
                yield "".join(units[start : start + size])


def _units(clause: str) -> list[str]:
    units: list[str] = []
    position = 0
    for match in _LATIN.finditer(clause):
        units.extend(clause[position : match.start()])
        units.append(match.group())
        position = match.end()
    units.extend(clause[position:])
    return units
