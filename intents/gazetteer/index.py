"""The gazetteer's names, ready to be found in a text."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import ahocorasick
import yaml

SUFFIXES = ("街道", "地区", "镇", "乡")
ETHNIC = ("回族", "满族蒙古族", "满族")

COMMON_WORDS = frozenset(
    {
        # Names that are also everyday words: they count with their suffix (光明街道) or not at all.
        "光明", "胜利", "和平", "新村", "东风", "向阳", "团结", "新华", "幸福", "新镇", "广宁", "永定", "安定", "平房", "四海", "清水", "通运", "文景", "城北", "城南", "城关", "鼓楼", "果园", "桃园", "天桥", "古城",
        "丰台", "旧县", "东湖", "小关", "迎风", "星城", "空港", "张", "杨", "宝山", "河北", "恒安", "泰安", "新星", "东兴", "行宫", "西关", "北关", "东关", "康居", "宏大", "恒大城", "大庄", "小口", "桂村", "绿地", "北辰", "荣华", "博兴", "中路南", "进口",
        "志强", "中仓", "西木", "宾阳", "小街", "正阳", "北岸", "通达园", "开放路", "滨湖", "滨河路", "立新", "官庄", "友谊社区", "高教园", "龙湖", "融汇", "王府", "东村家园", "嘉园", "海子角", "白云路", "月华", "望园", "双合", "玉泉", "龙泉", "北园", "丽园", "采石路", "阳光小区", "燕山",
        "桃源仙谷", "大方居", "上庄", "健翔", "学府树", "辛店", "百泉", "松园", "太平村", "公庄", "富豪", "砖厂", "二中", "新房", "开发区亦庄", "朝外", "朝阳路", "沿河", "儿童医院", "人民医院",
    }
)  # fmt: skip


_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
"""建外soho is 建外SOHO."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One reading of a name: its district, and its street where that is certain. `official` when the name is the district's or street's own."""

    district: str
    street: str | None
    official: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text, with every reading of it."""

    name: str
    start: int
    end: int
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All names and the automaton that finds them."""

    districts: tuple[str, ...]
    streets: dict[str, tuple[str, ...]]
    names: dict[str, tuple[Spot, ...]]
    automaton: Any

    def hits(self, text: str) -> Iterator[Hit]:
        """The longest names of a text, from left to right, none overlapping another."""
        end_of_last = -1
        for end, name in self.automaton.iter_long(text.translate(_CAPITALS)):
            start = end - len(name) + 1
            if start > end_of_last:
                end_of_last = end
                yield Hit(name, start, end + 1, self.names[name])
                if (word := self._street_in_words(text, name, end + 1)) is not None:
                    end_of_last = word.end - 1
                    yield word

    def _street_in_words(self, text: str, name: str, at: int) -> Hit | None:
        """A street whose short name is an everyday word, said right after its district: 旧县 is any old county town, 延庆|旧县 is one of ours."""
        district = f"{name.removesuffix('区')}区"
        for street in self.streets.get(district, ()):
            word = _short(street)
            if len(word) > 1 and word in COMMON_WORDS and text.startswith(word, at):
                end = at + len(word)
                if not text.startswith(SUFFIXES, end):
                    return Hit(word, at, end, (Spot(district, street),))
        return None


def _yaml(name: str) -> Any:
    return yaml.safe_load((files("intents.gazetteer") / "data" / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The gazetteer, read once."""
    streets: dict[str, tuple[str, ...]] = {
        district: tuple(short + suffix for suffix, shorts in kinds.items() for short in shorts.split())
        for district, kinds in _yaml("streets.yml").items()
    }
    names: dict[str, set[Spot]] = {}
    for district, official in streets.items():
        names.setdefault(district, set()).add(Spot(district, None, True))
        short = district.removesuffix("区")
        if short not in COMMON_WORDS or short == "丰台":
            names.setdefault(short, set()).add(Spot(district, None, True))
        for street in official:
            for name in street_names(street):
                names.setdefault(name, set()).add(Spot(district, street, name == street))
    for district, by_street in _yaml("places.yml").items():
        for street, listed in by_street.items():
            for name in listed.split():
                if name not in COMMON_WORDS:
                    known = None if street == "-" else street
                    names.setdefault(name, set()).add(Spot(district, known))
    merged = {name: _merge(spots) for name, spots in names.items()}
    automaton = ahocorasick.Automaton()
    for name in merged:
        automaton.add_word(name, name)
    automaton.make_automaton()
    return Gazetteer(tuple(streets), streets, merged, automaton)


def _short(street: str) -> str:
    return street.removesuffix(next(s for s in SUFFIXES if street.endswith(s)))


def street_names(street: str) -> Iterator[str]:
    """What a street or town is called: officially, without its suffix, as 地区, without 回族."""
    yield street
    suffix = next(s for s in SUFFIXES if street.endswith(s))
    short = street.removesuffix(suffix)
    for ethnic in ETHNIC:
        if short.endswith(ethnic):
            short = short.removesuffix(ethnic)
            yield f"{short}{suffix}"
            break
    yield f"{short}地区"
    if suffix != "街道":
        yield f"{short}街道" if suffix == "乡" else f"{short}乡"
        yield f"{short}镇"
    if short not in COMMON_WORDS and len(short) > 1:
        yield short


def _merge(spots: set[Spot]) -> tuple[Spot, ...]:
    """One reading a district: the one that knows the street, or none when two streets of it claim the name."""
    by_district: dict[str, list[Spot]] = {}
    for spot in spots:
        by_district.setdefault(spot.district, []).append(spot)
    merged = []
    for district, readings in by_district.items():
        streets = {spot.street for spot in readings if spot.street}
        official = any(spot.official for spot in readings)
        whole_district = any(spot.official and spot.street is None for spot in readings)
        street = streets.pop() if len(streets) == 1 and not whole_district else None
        merged.append(Spot(district, street, official))
    return tuple(sorted(merged, key=lambda s: s.district))
