"""Places as answers: a bare answer is a place as a whole, and a house number goes on the place before it."""

import re
from dataclasses import replace

from intents.catalog import FieldKind
from intents.found import Found
from intents.gazetteer.index import load_gazetteer
from intents.gazetteer.nameless import BEGINS_NAMELESS
from intents.gazetteer.phrases import detail_after, find_phrases

WHERE = (FieldKind.PLACE, FieldKind.ESTATE, FieldKind.VILLAGE)
LONGEST_REST = 40

_TRAILING = re.compile(
    r"(?:出来(?!的)|那边儿?|这边儿?|那儿|这儿|那里|这里|那块儿?|那一片|附近吧|吧|呢|啊|呀|的)*[。.!！~]*$"
)
_NUMBER = r"[0-9０-９一二三四五六七八九十百A-Za-z甲乙丙丁东西南北]"
_AHEAD = re.compile(r"^[^，,。；;！!？?\s在是到我就那这住从于个的区市县镇乡道嗯呃]{1,2}$")
"""One or two characters before a known name belong to it (小红庙), unless they are words of their own."""

_HOUSE = re.compile(
    rf"^\s*(?:是|在|就)?(?P<house>(?:{_NUMBER}{{1,4}}(?:号楼|号院|号|栋|幢|楼|座|单元|层|室|门|区|期)\s*)+(?:[0-9０-９]{{3,4}})?)(?:的|吧|啊|那)?[。.]?\s*$"
)


_REST = re.compile(
    r"\s*(?:[A-Za-z0-9]+\s*)*(?:[A-K]\d?(?:出?口)|地下[一二三123]层|B[123]层?|(?:[A-Za-z0-9一二三四五六七八九十东西南北]{1,4}(?:座|栋|号楼|号院|号|楼|单元|层|室|区|期|门)\s*)+(?:[0-9]{3,4})?)"
)
"""Blocks and doors after a pause: 丽泽SOHO B座."""


def whole(text: str, found: Found) -> Found:
    """An answer that is nothing but a place is the place: what follows the known name (清友园3号楼) belongs to it."""
    trimmed = _TRAILING.sub("", text)
    if found.end > len(trimmed):
        return found
    ahead = _AHEAD.search(text[: found.start])
    if ahead and ahead.group() in load_gazetteer().names:
        # 丰台方庄 is 方庄 in Fengtai.
        ahead = None
    start = ahead.start() if ahead else found.start
    rest = trimmed[found.end :]
    if len(rest) > LONGEST_REST or re.search(r"[，,。；;！!？?\s]", rest):
        # Blocks and doors belong to it, what else is told after a pause does not.
        detail = _REST.match(rest)
        end = found.end + len(detail.group().rstrip()) if detail else found.end
    else:
        end = len(trimmed)
    raw = text[start:end]
    return replace(found, value=raw, raw=raw, start=start, end=end)


def with_house(text: str, found: Found) -> Found:
    """A place with the block and door that follow it after a pause: 十里堡 恋日绿岛 3号楼."""
    house = _REST.match(text, found.end)
    if house is None or house.end() < len(_TRAILING.sub("", text)):
        return found
    raw = text[found.start : house.end()].rstrip()
    return replace(found, value=raw, raw=raw, end=found.start + len(raw))


def finer(old: str, new: str) -> bool:
    """Whether a place told later says where in the earlier one: 黄村地铁站 in 黄村, 龙锦三街 in 回龙观 (a whole area)."""
    if new == old or new in old:
        return False
    found = any(find_phrases(new)) or _with_detail(new)
    if _only_a_road(old) and any(phrase.kind in ("estate", "building") for phrase in find_phrases(new)):
        return True
    return (
        old in new
        or (_only_an_area(old) and found)
        or (BEGINS_NAMELESS.match(old) is not None and (found or _known(new)))
    )


def _only_a_road(name: str) -> bool:
    """Whether it is a road without a crossing or a number: an estate on it is the better address."""
    phrases = list(find_phrases(name))
    return len(phrases) == 1 and phrases[0].kind == "road" and not phrases[0].detailed and phrases[0].end == len(name)


def _known(place: str) -> bool:
    return any(True for _ in load_gazetteer().hits(place))


def _with_detail(place: str) -> bool:
    """Whether a known name is told with its block or number (安慧里三区)."""
    return any(detail_after(place, hit.end) > hit.end for hit in load_gazetteer().hits(place))


def _only_an_area(name: str) -> bool:
    """Whether it is a known name of a whole quarter (回龙观), not of an estate, a road or a building."""
    # 亚运村 is no village.
    return name in load_gazetteer().names and all(phrase.kind == "village" for phrase in find_phrases(name))


def with_number(place: str, house: str) -> str:
    """A place with another house number: in the stead of the one of its kind (三号楼 → 四号楼), or after it."""
    unit = re.sub(_NUMBER, "", house.split(maxsplit=1)[0])
    told = list(re.finditer(rf"{_NUMBER}{{1,4}}{unit}", place)) if unit and house.endswith(unit) else []
    return f"{place[: told[-1].start()]}{house}{place[told[-1].end() :]}" if told else f"{place}{house}"


def house_number(text: str) -> str | None:
    """A message that is only a house number (12号楼, 3单元502室); None for anything else."""
    match = _HOUSE.match(text)
    return match["house"].strip() if match else None
