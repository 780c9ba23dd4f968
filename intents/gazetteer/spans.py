"""The location phrases of a text, ranked by how much they say: the most specific one, the estate, the village."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from intents.found import Found
from intents.gazetteer.beliefs import is_district, withdrawn
from intents.gazetteer.elsewhere import NO_NAME, cities
from intents.gazetteer.index import Hit
from intents.gazetteer.phrases import detail_after, find_phrases

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

WITHIN_NAME = 2
"""Characters that may follow the known part of a place and still belong to it (边沟, 路口)."""

_FILLER = re.compile(
    r"(?:那个|这个|就是|咱们?|我们|我家|那边的?|嗯|呃|想问问?(?:一下)?|问问|问一下|想咨询(?:一下)?)+(?=[一-鿿0-9A-Za-z]{2})"
)
_VAGUE = re.compile(r"(?<=[一-鿿]{2})(?:这儿|那儿|这里|那里|这边儿?|那边儿?|这块儿?|那块儿?)$")
_LEADING = re.compile(
    r"^(?:(?:北京市?|本市)?(?:的)?)(?:[一-鿿]{1,2}[^一二三四五六七八九十东西南北小社园新]区(?=[^域间别分块]))?(?:的|，|,|、)?"
)


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    rank: int
    kind: str


def phrases(text: str, hits: Sequence[Hit], elsewhere: bool) -> tuple[Found | None, Found | None, Found | None]:
    """The most specific location phrase, and the estate and village among all of them."""
    spans = [
        _Span(p.start, p.end, {"building": 3, "estate": 4, "village": 4, "road": 2}[p.kind] + 2 * p.detailed, p.kind)
        for p in find_phrases(text)
    ]
    for hit in hits:
        if not is_district(hit):
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
        if not withdrawn(text, span.start, span.end, [s for s in starts if s >= span.end])
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
    return 3 if len(name) <= CITY_ALONE or name[-1] in "区县市" else 6


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
    ends_of_districts = {hit.start: hit.end for hit in hits if is_district(hit)}
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
    return Found(raw.strip(" ，,。"), raw, start, start + len(raw), min(span.rank, 10) / 10)
