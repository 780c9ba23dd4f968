"""Names that were misheard: found again by their sound.

A recogniser (or a hurried thumb) writes 会龙关 for 回龙观. Both sound alike, and only one is a place. A window of text that sounds like a
known name, and is none itself, is read as that name. Every character is one syllable, so what is repaired keeps its place in the text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from intents.gazetteer.elsewhere import governed_by_other_city
from intents.gazetteer.index import load_gazetteer

LONGEST_NAME = 8
SHORTEST_FREE = 3
"""Syllables from which a name is believed wherever it sounds; a shorter one needs a word beside it that says it is a place."""

_CONFUSED = (
    # What Beijing's callers and recognisers mix up: n/l, zh/z, ch/c, sh/s, in/ing, en/eng, an/ang, hu/f.
    (re.compile(r"^zh"), "z"),
    (re.compile(r"^ch"), "c"),
    (re.compile(r"^sh"), "s"),
    (re.compile(r"^n(?=.)"), "l"),
    (re.compile(r"^hu(?=[aeo])"), "f"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)
_HAN = re.compile(r"[一-鿿]+")
_GENERIC = "区街道镇乡村庄园里路桥站苑院东西南北"
_ESTATES = "园里苑院"
_SAYS_PLACE_AFTER = re.compile(
    r"^(?:区|街道|地区|镇|乡|村|街|路|桥|站|地铁|小区|那边|这边|那块|附近|东路|西路|南路|北路|大街|[东西南北]里|[一二三四五六七八九]区|家园|花园)"
)
_PHASE = re.compile(r"[一二三四五六七八九十]期")
_SAYS_PLACE_BEFORE = re.compile(r"(?:区|住在?|家在|位于|地址是?|就在|到了?|北京)$")


@dataclass(frozen=True, slots=True)
class Repair:
    """One misheard name: where it stands, what was heard, and the names it may be, the likeliest first (at most two)."""

    start: int
    end: int
    heard: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with its misheard names put right; of the same length as what was heard."""

    text: str
    repairs: tuple[Repair, ...]


def sound(syllable: str) -> str:
    """A syllable as it is heard, with what is commonly confused made one: zhang → zan, ning → lin."""
    for pattern, instead in _CONFUSED:
        syllable = pattern.sub(instead, syllable)
    return syllable


@lru_cache(maxsize=30_000)
def _character(character: str) -> tuple[str, str]:
    """A character's syllable, and how it sounds."""
    syllable = lazy_pinyin(character)[0]
    return syllable, sound(syllable)


def sounds(text: str) -> tuple[str, ...]:
    """How a text sounds, syllable by syllable, with what is commonly confused made one."""
    return tuple(_character(c)[1] for c in text)


def repair(text: str, more: tuple[str, ...] = ()) -> Repaired:
    """Puts misheard names right; `more` are names besides the gazetteer's (brands)."""
    repairs = tuple(_repairs(text, more))
    mended = text
    for one in repairs:
        mended = mended[: one.start] + one.names[0] + mended[one.end :]
    return Repaired(mended, repairs)


def _repairs(text: str, more: tuple[str, ...]) -> Iterator[Repair]:
    names = _by_sound(more)
    known = [(hit.start, hit.end) for hit in load_gazetteer().hits(text)]
    for run in _HAN.finditer(text):
        sounds = [_character(c)[1] for c in run.group()]
        at = 0
        while at < len(sounds):
            found = _longest(text, run.start() + at, sounds[at : at + LONGEST_NAME], names, known)
            if found is None:
                at += 1
                continue
            yield found
            at += found.end - found.start


def _longest(
    text: str,
    start: int,
    sounds: list[str],
    names: Mapping[tuple[str, ...], tuple[str, ...]],
    known: list[tuple[int, int]],
) -> Repair | None:
    for length in range(len(sounds), 1, -1):
        alike = names.get(tuple(sounds[:length]))
        if alike is None:
            continue
        end = start + length
        heard = text[start:end]
        if heard in alike or any(a < end and start < b for a, b in known):
            continue
        alike = tuple(name for name in alike if _believable(text, start, end, name, any(b == start for _, b in known)))
        if not alike or governed_by_other_city(text, start, end):
            continue
        ranked = sorted(alike, key=lambda name: _closeness(heard, name), reverse=True)
        doubtful = len(ranked) > 1 and _closeness(heard, ranked[0]) == _closeness(heard, ranked[1])
        return Repair(start, end, heard, tuple(ranked[: 2 if doubtful else 1]))
    return None


def _believable(text: str, start: int, end: int, name: str, after_a_name: bool) -> bool:
    """Four syllables are hardly ever alike by chance; three are when only a confusion makes them so (麻烦镇, 马坊镇); two need words beside them."""
    length = end - start
    if _PHASE.search(text[start:end]) or (
        length <= SHORTEST_FREE and text[end - 1] != name[-1] and text[end - 1] in _GENERIC and name[-1] in _GENERIC
    ):
        # 天玺三期 holds no 西三旗; 丽景苑 beside a known 丽景园 is another estate.
        return False
    if length < SHORTEST_FREE:
        before, after = text[max(0, start - 4) : start], text[end : end + 4]
        return bool(_SAYS_PLACE_AFTER.match(after)) and bool(_SAYS_PLACE_BEFORE.search(before))
    if length > SHORTEST_FREE:
        return True
    heard = text[start:end]
    if _WORDS.search(heard):
        # 以后孩子 holds no 后海子.
        return False
    shared = any(a == b and a not in _GENERIC for a, b in zip(heard, name, strict=True))
    same = [_character(c)[0] for c in heard] == lazy_pinyin(name)
    listed, alike = name in load_gazetteer().names, shared or same
    if listed and ((shared and same) or text[end - 1] not in _GENERIC or (shared and name[-1] not in _ESTATES)):
        return alike
    # 麦田花园 holds no 天华园, 蓝鲸宝贝 no 金宝贝: an estate that only sounds alike, and a brand, begins where a word begins.
    begins = after_a_name or start == 0 or not _HAN.match(text[start - 1]) or text[start - 1] in _BEFORE_A_PLACE
    return begins and alike


_WORDS = re.compile(
    r"[的了我你他们这那是不和就都也还被把很]|孩子|老人|时候|大家|路缘|公司|东西|问题|事情|时间|地方|家里|晚上|早上|今天|明天|昨天|电话|政府|领导|部门|以后|以前|现在|单位|医院|学校|物业"
)
"""Everyday words: a name of three syllables that would need one of them for a part was not said."""

_BEFORE_A_PLACE = frozenset(
    "在到住去从是叫于往至区县市镇乡近过的就映诉报询家们这那该边把给对和与跟由经沿离条个位内里前后下上说有了着"
)


def _closeness(heard: str, name: str) -> tuple[int, int]:
    """How many characters are the same, and how many syllables."""
    same = sum(a == b for a, b in zip(heard, name, strict=True))
    alike = sum(_character(a)[0] == _character(b)[0] for a, b in zip(heard, name, strict=True))
    return same, alike


@lru_cache(maxsize=4)
def _by_sound(more: tuple[str, ...]) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Sounds → the names that sound so. A name is listed under its own reading and under its characters' usual ones (朝 is chao and zhao)."""
    index: dict[tuple[str, ...], list[str]] = {}
    for name in (*load_gazetteer().names, *more):
        if not _HAN.fullmatch(name) or not 2 <= len(name) <= LONGEST_NAME:
            continue
        readings = {tuple(map(sound, lazy_pinyin(name))), tuple(_character(c)[1] for c in name)}
        for reading in readings:
            index.setdefault(reading, []).append(name)
    return {reading: tuple(names) for reading, names in index.items()}
