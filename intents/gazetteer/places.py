"""Where a text says that something is: district, street, and the location phrase in the citizen's own words."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from intents.found import Found
from intents.gazetteer.elsewhere import NO_NAME, cities, governed_by_other_city, speaks_of_elsewhere
from intents.gazetteer.index import Hit, Spot, load_gazetteer
from intents.gazetteer.phrases import detail_after, find_phrases

_NEGATED = re.compile(r"(?:不是|并非|不在|不属于|不算|又不是|而不是)(?:在|说)?(?:北京市?)?$")
_REPAIR = re.compile(
    r"不对|说错|错了|口误|更正|哦不|啊不|噢不|不不|呃不|应该是|改成|改为|(?<![是要])不是[，,。 ]?是|搞错|弄错|记错"
)
_OFFICE = re.compile(
    r"^(?:区)?(?:医院|法院|检察院|仲裁|人社|劳动|公安|分局|政府|教委|住建委|城管|市场监管|消协|支行|分行|银行|分公司|大学|学院|中学|小学|户口|户籍|人(?![行民])|外国语|实验|师范|税务|民政局|交通支队|热线|融媒)"
)
_ROAD_AFTER = re.compile(r"^(?:[东西南北中]?(?:大)?[路街道巷]|胡同|门|桥|寺|河|山|阳光)")
_PASSING = re.compile(r"(?:家住|我住|住在?|户口在|户籍在?|老家在?|从|来自|毕业于|开往|去往?|到|往|途经|路过|经过)$")
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
_DIVISION = re.compile(r"[一-鿿]{2,4}(?:(?<![小社园院校辖景厂片库营城])区(?![域间别分块里内外])|县|街道|镇)")
_DIVISION_BEFORE = re.compile(r"(?:区|县|镇|乡|街道|市)(?:的)?$")
_DIVISION_INSIDE = re.compile(r"[一-鿿]{2,4}(?:区|县|镇|乡|街道)[一-鿿]")
_TAIL = re.compile(
    r"[\s的]?(?P<place>[一-鿿0-9A-Za-z]{2,14}?)(?=(?:的?(?:那边|这边|那块|附近|一带|这里|那里|里头?|旁边|边上))?(?:[，,。；;！!？?）)\s“\"「『《]|$)|的(?:[啊呀“\"「『\s]|楼盘|(?=[一-鿿]{2,8}(?:教育|健身|瑜伽|美容|美发|洗浴|公司|店|中介|医院|养老院|火锅|超市))))"
)
_NO_TAIL = re.compile(
    r"[一二两三四五六七八九十几0-9]个|统共|一共|破损|损坏|扰民|噪音|噪声|占用|施工|严重|问题|拖欠|不亮|积水|年久失修|关门|关了|关停|停业|倒闭|跑路|闭店|不退|欠|里面|[明今去前]年|[一-鿿]局$"
)
_BARE_VILLAGE = re.compile(r"[一-鿿]{1,3}[庄营屯峪沟务堡][子儿]?$")
"""苏子峪, said after its town, is a village though nobody says 村."""

_RANGE = re.compile(
    r"(?<![开赶搬走坐])从(?P<range>(?:(?![我你他她的了是有在不没])[一-鿿0-9A-Za-z]){2,12}[到至](?:(?![我你他她的了是有在不没])[一-鿿0-9A-Za-z]){2,12}?)(?=[这那]?一?段|之间|路段|沿线|[这那]段)"
)
"""从老君堂到十八里店路口这一段"""

_NEAR = re.compile(r"(?:那边儿?|这边儿?|那儿|那块儿?|附近|一带)的?")
"""什刹海那边大金丝胡同: the lane lies there."""

_VILLAGE_AFTER = re.compile(r"[\s的]?(?P<village>[一-鿿]{1,3}?(?:[庄营屯务峪]|家沟|家堡)(?![园苑里镇乡村桥路街]))")

_DOING_THERE = re.compile(r"(?:上班|工作|居住|租房|买房|办事|打工)")
_WORDLESS = re.compile(r"^(?:那个|这个|就是|嗯|呃|啥|什么)+$")
SHORTEST = 2
"""Characters that a place's name has at least."""

CITY_ALONE = 4
"""Characters up to which another city's name stands without its district (济南, 石家庄市): anything nearer says more."""

BEFORE_QUOTES = 5
"""Characters that a place has at most which is told right before a name in quotes (大坪“铂曼健身”)."""

TAKEN_BACK_WITHIN = 16
"""Characters between a name and the one that replaces it (在朝阳…不对，海淀)."""

WITHIN_NAME = 2
"""Characters that may follow the known part of a place and still belong to it (边沟, 路口)."""

_FILLER = re.compile(r"(?:那个|这个|就是|咱们?|我们|我家|那边的?|嗯|呃)+(?=[一-鿿0-9A-Za-z]{2})")
_VAGUE = re.compile(r"(?<=[一-鿿]{2})(?:这儿|那儿|这里|那里|这边儿?|那边儿?|这块儿?|那块儿?)$")

_LEADING = re.compile(
    r"^(?:(?:北京市?|本市)?(?:的)?)(?:[一-鿿]{1,2}[^一二三四五六七八九十东西南北小社园新]区(?=[^域间别分块]))?(?:的|，|,|、)?"
)


@dataclass(frozen=True, slots=True)
class PlaceFinding:
    """All that a text says about where; `ambiguous` holds the districts of a name that stands in several."""

    district: Found | None = None
    street: Found | None = None
    place: Found | None = None
    estate: Found | None = None
    village: Found | None = None
    ambiguous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    rank: int
    kind: str


def find_places(text: str, asked: str | None = None) -> PlaceFinding:
    """Where something is. `asked` is place, district, estate or village when the text answers that question: a bare name then counts fully."""
    believed = list(_believed(text))
    # Whoever names one of our districts speaks of it, whatever other town comes up.
    abroad = speaks_of_elsewhere(text) and not any(map(_is_district, believed))
    starts = _starts(text)
    hits = [
        hit for hit in believed if not (abroad and _implied(hit)) and not _withdrawn(text, hit.start, hit.end, starts)
    ]
    # Where they are gone is told once: 搬到大兴去了 … 我天天跑大兴.
    gone = {hit.name for hit in hits if _away(text, hit)}
    here = [hit for hit in hits if hit.name not in gone]
    if here or any(find_phrases(text)):
        hits = here
    district, ambiguous = _district(text, hits)
    place, estate, village = _phrases(text, hits, elsewhere=district is None)
    if asked == "district":
        place = estate = village = None
    street = _street(text, hits, district)
    return PlaceFinding(district, street, place, estate, village, () if district else ambiguous)


def _away(text: str, hit: Hit) -> bool:
    """Whether a name is told of the teller's life, not of the trouble: 我在国贸上班, 注册地在怀柔."""
    before, after = text[max(0, hit.start - 6) : hit.start], text[hit.end : hit.end + 8]
    if _AWAY_BEFORE.search(before) or _RECALLED_AFTER.match(after):
        return True
    return _implied(hit) and _AWAY_AFTER.match(after) is not None


def _implied(hit: Hit) -> bool:
    """Whether a name tells Beijing's district only by what is known of it: every city has its 建国路."""
    return not any(spot.official for spot in hit.spots)


def _starts(text: str) -> Sequence[int]:
    return [hit.start for hit in load_gazetteer().hits(text)]


def _believed(text: str) -> Iterable[Hit]:
    """The gazetteer's hits that mean a place in Beijing: not another city's district, not a part of a road's name."""
    for hit in load_gazetteer().hits(text):
        after = text[hit.end : hit.end + 6]
        whole_district = all(spot.street is None and spot.official for spot in hit.spots)
        if whole_district and not hit.name.endswith("区") and _ROAD_AFTER.match(after):
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
        _implied(hit)
        and _VILLAGE_LIKE.search(hit.name) is not None
        and _SIDE_BEFORE.search(text[max(0, hit.start - 2) : hit.start]) is not None
    )


def _as_station(hit: Hit) -> Hit:
    """A metro station's name is not a town's of the same name: 地铁十里堡站 is not 密云's 十里堡镇."""
    spots = tuple(spot for spot in hit.spots if not (spot.street or "").startswith(hit.name))
    return replace(hit, spots=spots) if len(spots) == 1 else hit


def _withdrawn(text: str, start: int, end: int, starts: Sequence[int]) -> bool:
    """Whether a name was denied (不是朝阳) or taken back (在朝阳…不对海淀)."""
    if _NEGATED.search(text[max(0, start - 8) : start]):
        return True
    for later in starts[bisect_right(starts, end) :]:
        if later - end > TAKEN_BACK_WITHIN:
            break
        if _REPAIR.search(text[end:later]):
            return True
    return False


def _district(text: str, hits: Sequence[Hit]) -> tuple[Found | None, tuple[str, ...]]:
    told: list[tuple[int, int, Hit]] = []
    for hit in hits:
        if all(spot.street is None and spot.official for spot in hit.spots):
            after = text[hit.end : hit.end + 6]
            weight = 4 + hit.name.endswith("区")
            weight -= 3 * bool(_OFFICE.match(after))
            weight -= 2 * bool(_PASSING.search(text[max(0, hit.start - 4) : hit.start]))
            told.append((-weight, hit.start, hit))
    if told:
        weight, _, hit = min(told)
        if weight <= -2 or not [h for h in hits if h is not hit]:
            return _as_district(text, hit.spots[0].district, hit, 1.0 if weight <= -4 else 0.8), ()
    implied = [hit for hit in hits if len(hit.spots) == 1 and not _is_district(hit)]
    for hit in sorted(
        implied, key=lambda h: (bool(_PASSING.search(text[max(0, h.start - 4) : h.start])), -_exactness(h), h.start)
    ):
        return _as_district(text, hit.spots[0].district, hit, 0.9), ()
    if told:
        return _as_district(text, min(told)[2].spots[0].district, min(told)[2], 0.6), ()
    for hit in hits:
        return None, tuple(spot.district for spot in hit.spots)
    return None, ()


def _exactness(hit: Hit) -> int:
    # 通州万达 says its district itself.
    named = any(hit.name.startswith(spot.district.removesuffix("区")) for spot in hit.spots)
    return 4 * named + 2 * any(spot.official for spot in hit.spots) + any(spot.street is not None for spot in hit.spots)


def _is_district(hit: Hit) -> bool:
    return all(spot.street is None and spot.official for spot in hit.spots)


def _as_district(text: str, district: str, hit: Hit, confidence: float) -> Found:
    return Found(district, text[hit.start : hit.end], hit.start, hit.end, confidence)


def _street(text: str, hits: Sequence[Hit], district: Found | None) -> Found | None:
    """The street of the surest name that lies in the district."""
    best: tuple[tuple[bool, bool, int], Hit, Spot] | None = None
    for hit in hits:
        for spot in hit.spots:
            if spot.street is None or (district is not None and spot.district != district.value):
                continue
            if district is None and len(hit.spots) > 1:
                continue
            passing = bool(_PASSING.search(text[max(0, hit.start - 4) : hit.start]))
            rank = (passing, not spot.official, hit.start)
            if best is None or rank < best[0]:
                best = (rank, hit, spot)
    if best is None:
        return None
    _, hit, spot = best
    return Found(spot.street, text[hit.start : hit.end], hit.start, hit.end, 0.9)


def _phrases(text: str, hits: Sequence[Hit], elsewhere: bool) -> tuple[Found | None, Found | None, Found | None]:
    """The most specific location phrase, and the estate and village among all of them."""
    spans = [
        _Span(p.start, p.end, {"building": 3, "estate": 4, "village": 4, "road": 2}[p.kind] + 2 * p.detailed, p.kind)
        for p in find_phrases(text)
    ]
    for hit in hits:
        if not _is_district(hit):
            end = detail_after(text, hit.end)
            official_street = any(spot.official for spot in hit.spots)
            # 国贸那个建外SOHO: a complex says more than the quarter it stands in.
            complex_ = any(c.isascii() for c in hit.name)
            rank = (1 if official_street else 3) + 2 * (end > hit.end) + complex_
            spans.append(_Span(hit.start, end, rank, "name"))
    spans = [
        *(_anchored(text, span, hits) for span in spans),
        *_tails(text, hits),
        *_villages(text, hits),
        *(_Span(*m.span("range"), 7, "road") for m in _RANGE.finditer(text)),
        *(_Span(start, end, _rank_of_city(text[start:end], elsewhere), "city") for start, end in cities(text)),
    ]
    starts = sorted({span.start for span in spans})
    spans = [
        span
        for span in _joined(text, spans)
        if not _withdrawn(text, span.start, span.end, [s for s in starts if s >= span.end])
    ]
    spans = [_without_district(text, span, hits) for span in spans]
    spans = [span for span in spans if span.end - span.start >= 2]
    if not spans:
        return None, None, None
    best = min(spans, key=lambda s: (-s.rank, s.start))
    estate = next((s for s in spans if s.kind == "estate"), None)
    village = next((s for s in spans if s.kind == "village"), None)
    return _found(text, best), _found(text, estate), _found(text, village)


def _rank_of_city(name: str, elsewhere: bool) -> int:
    """Another city's name says more the further it goes into the city, and little in a text about Beijing."""
    if not elsewhere:
        return 0
    if len(name) <= CITY_ALONE:
        return 3
    return 3 if name[-1] in "区县市" else 6


def _anchored(text: str, span: _Span, hits: Sequence[Hit]) -> _Span:
    """A phrase that holds or follows a known place or a district is one; another may be any noun that ends like one (登记中心)."""
    known = any(
        hit.start < span.end and (hit.end >= span.start - 1 or _NEAR.fullmatch(text, hit.end, span.start))
        for hit in hits
    )
    if (
        known
        or any(_DIVISION_BEFORE.search(text, max(0, span.start - 8), end) for end in (span.start, span.start + 1))
        or _DIVISION_INSIDE.match(text, span.start, span.end)
    ):
        return replace(span, rank=span.rank + 4)
    return span


def _tails(text: str, hits: Sequence[Hit]) -> Iterable[_Span]:
    """What stands between a district or town and the end of the clause: 双井街道|广和里中街, 庐阳区|三孝口."""
    ends = {hit.end for hit in hits if any(spot.official for spot in hit.spots)} | {
        match.end() for match in _DIVISION.finditer(text)
    }
    for end in ends:
        match = _TAIL.match(text, end)
        if (
            match is None
            or not _WORDLESS.sub("", match["place"])
            or NO_NAME.search(match["place"])
            or _NO_TAIL.search(match["place"])
        ):
            continue
        start, stop = match.span("place")
        if text[stop : stop + 1] in (*'“"「『《', "的") and stop - start > BEFORE_QUOTES:
            continue
        if doing := _DOING_THERE.search(match["place"]):
            # 龙华区|民治租房
            stop = start + doing.start()
            if stop - start < SHORTEST:
                continue
        # 东坝中路|路面破损严重: what follows a road or an estate that was named is no longer where, but what.
        known = next((p for p in find_phrases(match["place"]) if p.start == 0), None)
        if known and stop - start - known.end > WITHIN_NAME:
            stop = start + known.end
        yield _Span(start, stop, 6, "village" if _BARE_VILLAGE.match(text, start, stop) else "tail")


def _villages(text: str, hits: Sequence[Hit]) -> Iterable[_Span]:
    """Villages said after their town with nobody saying 村, and the sentence going on: 礼贤|荆家务|征地."""
    for hit in hits:
        match = _VILLAGE_AFTER.match(text, hit.end)
        towns = (spot.street or "" for spot in hit.spots)
        if match and any(town.endswith(("镇", "乡")) and town.startswith(hit.name[:2]) for town in towns):
            yield _Span(*match.span("village"), 6, "village")


def _joined(text: str, spans: Sequence[_Span]) -> list[_Span]:
    """Overlapping and touching spans made one: 望京|西园四区|203楼."""
    joined: list[_Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if joined:
            last = joined[-1]
            gap = text[last.end : span.start] if span.start > last.end else ""
            if span.start <= last.end or gap in ("的", "，", ",", " ", "（", "("):
                if gap and gap != "的" and span.rank < 3:
                    joined.append(span)
                    continue
                kind = span.kind if span.kind in ("estate", "village") else last.kind
                bonus = 1 if span.start >= last.end else 0
                end = max(last.end, span.end)
                joined[-1] = _Span(last.start, end, max(last.rank, span.rank) + bonus, kind)
                continue
        joined.append(span)
    return joined


def _without_district(text: str, span: _Span, hits: Sequence[Hit]) -> _Span:
    """北京市朝阳区望京西园 → 望京西园, 大兴黄村 → 黄村; a phrase that is nothing but the district stays."""
    start = span.start
    if lead := _LEADING.match(text[start : span.end]):
        start += lead.end()
    ends_of_districts = {hit.start: hit.end for hit in hits if _is_district(hit)}
    beyond = ends_of_districts.get(start)
    if beyond is not None and any(hit.start == beyond for hit in hits):
        start = beyond
    return replace(span, start=start) if span.end - start >= 2 else span


def _found(text: str, span: _Span | None) -> Found | None:
    if span is None:
        return None
    filler = _FILLER.match(text, span.start, span.end)
    start = filler.end() if filler else span.start
    raw = _VAGUE.sub("", text[start : span.end])
    return Found(raw.strip(" ，,。"), raw, start, start + len(raw), 0.9)
