"""Which of the gazetteer's names a text means: not another city's, not a part of a road's name, not what was taken back or is told of the teller's life."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from intents.gazetteer.elsewhere import governed_by_other_city
from intents.gazetteer.index import Hit, load_gazetteer

_NEGATED = re.compile(r"(?:不是|并非|不在|不属于|不算|又不是|而不是)(?:在|说)?(?:北京市?)?$")
_REPAIR = re.compile(
    r"不对|说错|错了|口误|更正|哦不|啊不|噢不|不不|呃不|应该是|改成|改为|(?<![是要])不是[，,。 ]?是|搞错|弄错|记错"
)
_ROAD_AFTER = re.compile(r"^(?:[东西南北中]?(?:大)?[路街道巷]|胡同|门|桥|寺|河|山|阳光)")
_AWAY_BEFORE = re.compile(
    r"(?:注册地|注册|社保|户口|户籍|老家|总部|想起|想到|比如|听说|[搬迁并转挪](?:到|去|至)|[搬迁]|让(?:我们?|孩子|客户|会员)*(?:去|到))(?:都|也|就)?(?:是|在)?了?$"
)
_AWAY_AFTER = re.compile(r"^(?:那边|那儿|附近)?(?:上班|工作|打工|上学|读书|开会)")
_RECALLED_AFTER = re.compile(r"^[一-鿿]{0,3}那[场次]")
_NO_PLACE_AFTER = re.compile(r"^(?:[一二三四五六]?环|线(?!路)|号线)")
"""东四环 is no 东四, and the metro's 亦庄线 runs elsewhere too."""

_VILLAGE_LIKE = re.compile(r"[庄营屯窑坟甸沟峪务堡村]$")
_SIDE_BEFORE = re.compile(r"(?:^|[\s，,。的在是镇乡区县们])[东西南北大小前后]$")
_COUNTED = re.compile(r"[零〇一幺二两三四五六七八九]+")
"""In a number that is read out, 二七 is no place."""

_STATION_BEFORE = re.compile(r"(?:地铁|号线)(?:站)?$")
_STATION_AFTER = re.compile(r"^(?:地铁|站(?!前))")
TAKEN_BACK_WITHIN = 16
"""Characters between a name and the one that replaces it (在朝阳…不对，海淀)."""


def away(text: str, hit: Hit) -> bool:
    """Whether a name is told of the teller's life, not of the trouble: 我在国贸上班, 注册地在怀柔."""
    before, after = text[max(0, hit.start - 6) : hit.start], text[hit.end : hit.end + 8]
    if _AWAY_BEFORE.search(before) or _RECALLED_AFTER.match(after):
        return True
    return implied(hit) and _AWAY_AFTER.match(after) is not None


def implied(hit: Hit) -> bool:
    """Whether a name tells Beijing's district only by what is known of it: every city has its 建国路."""
    return not any(spot.official for spot in hit.spots)


def believed(text: str) -> Iterable[Hit]:
    """The gazetteer's hits that mean a place in Beijing: not another city's district, not a part of a road's name."""
    for hit in load_gazetteer().hits(text):
        after = text[hit.end : hit.end + 6]
        if is_district(hit) and not hit.name.endswith("区") and _ROAD_AFTER.match(after):
            continue
        if _another_village(text, hit):
            continue
        if _NO_PLACE_AFTER.match(after) or (_COUNTED.fullmatch(hit.name) and _COUNTED.match(after)):
            continue
        if governed_by_other_city(text, hit.start, hit.end):
            continue
        yield (
            _as_station(hit)
            if _STATION_BEFORE.search(text[max(0, hit.start - 6) : hit.start]) or _STATION_AFTER.match(after)
            else hit
        )


def _another_village(text: str, hit: Hit) -> bool:
    """Whether the name is only the end of another village's: 西马各庄 lies nowhere near 马各庄."""
    return (
        implied(hit)
        and _VILLAGE_LIKE.search(hit.name) is not None
        and _SIDE_BEFORE.search(text[max(0, hit.start - 2) : hit.start]) is not None
    )


def _as_station(hit: Hit) -> Hit:
    """A metro station's name is not a town's of the same name: 地铁十里堡站 is not 密云's 十里堡镇."""
    spots = tuple(spot for spot in hit.spots if not (spot.street or "").startswith(hit.name))
    return replace(hit, spots=spots) if len(spots) == 1 else hit


def withdrawn(text: str, start: int, end: int, starts: Sequence[int]) -> bool:
    """Whether a name was denied (不是朝阳) or taken back (在朝阳…不对海淀)."""
    if _NEGATED.search(text[max(0, start - 8) : start]):
        return True
    for later in starts[bisect_right(starts, end) :]:
        if later - end > TAKEN_BACK_WITHIN:
            break
        if _REPAIR.search(text[end:later]):
            return True
    return False


def is_district(hit: Hit) -> bool:
    """Whether a name is a district's own, and no street's."""
    return all(spot.street is None and spot.official for spot in hit.spots)
