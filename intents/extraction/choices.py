"""Which of a field's options a text means."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from intents.extraction.numbers import read
from intents.found import Found

_NEGATION = re.compile(r"(?:不是|并不是|不算|不属于|没有说|并非|而不是|也不是)(?:因为|在|说|去)?$")
_ORDINAL = re.compile(
    r"^\s*(?:我?选|就|是|应该是)?\s*(?:第\s*)?(?P<n>[0-9０-９]|[一二三四五六七八九十])\s*(?:个|项|种|类|条|号|、|\.)?(?:吧|的|啊|呢)?[。.!！]?\s*$"
)
_LAST = re.compile(r"^\s*(?:最后一?个|后面那个|后一个|后者)[吧的]?[。.]?\s*$")
_FIRST = re.compile(r"^\s*(?:头一个|前面那个|前一个|前者)[吧的]?[。.]?\s*$")


_SAID_OTHERWISE = frozenset({"其他"})
"""其他会员 in a story chooses nothing; as an answer it does."""


@lru_cache(maxsize=1024)
def _pattern(option: str, cues: tuple[str, ...]) -> re.Pattern[str]:
    own = [] if option in _SAID_OTHERWISE else [re.escape(option)]
    return re.compile("|".join([*own, *cues]) or r"(?!)")


def find_choice(text: str, options: Mapping[str, Sequence[str]]) -> Found | None:
    """The option whose words stand in the text; of several, the one named first in the option list wins over a later one only
    by being said earlier or more often. A negated one does not count."""
    best: tuple[int, int, Found] | None = None
    for option, cues in options.items():
        hits = [m for m in _pattern(option, tuple(cues)).finditer(text) if not _NEGATION.search(text[: m.start()])]
        if not hits:
            continue
        rank = (-len(hits), hits[0].start())
        if best is None or rank < best[:2]:
            first = hits[0]
            best = (*rank, Found(option, first.group(), first.start(), first.end(), 0.9))
    return best[2] if best else None


def read_choice(text: str, options: Mapping[str, Sequence[str]]) -> Found | None:
    """An answer to a choice: its number, its name, a part of its name, or its words."""
    names = list(options)
    raw = text.strip()
    start = text.index(raw) if raw else 0
    index: int | None = None
    if match := _ORDINAL.match(text):
        index = int(read(match["n"]) or 0) - 1
    elif _LAST.match(text):
        index = len(names) - 1
    elif _FIRST.match(text):
        index = 0
    if index is not None:
        return Found(names[index], raw, start, start + len(raw)) if 0 <= index < len(names) else None
    bare = raw.strip("。.，,！!的吧呢啊 ")
    for option in names:
        if bare == option:
            return Found(option, raw, start, start + len(raw))
    if found := find_choice(text, options):
        return found
    if len(bare) >= 2:
        holding = [option for option in names if bare in option]
        if len(holding) == 1:
            return Found(holding[0], raw, start, start + len(raw), 0.8)
    return None
