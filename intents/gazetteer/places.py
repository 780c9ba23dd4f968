"""Where a text says that something is: district, street, and the location phrase in the citizen's own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intents.found import Found
from intents.gazetteer.beliefs import away, believed, implied, is_district, withdrawn
from intents.gazetteer.elsewhere import speaks_of_elsewhere
from intents.gazetteer.index import Hit, Spot, load_gazetteer
from intents.gazetteer.phrases import find_phrases
from intents.gazetteer.spans import phrases

_OFFICE = re.compile(
    r"^(?:区)?(?:医院|法院|检察院|仲裁|人社|劳动|公安|分局|政府|教委|住建委|城管|市场监管|消协|支行|分行|银行|分公司|大学|学院|中学|小学|户口|户籍|人(?![行民])|外国语|实验|师范|税务|民政局|交通支队|热线|融媒)"
)
_PASSING = re.compile(r"(?:家住|我住|住在?|户口在|户籍在?|老家在?|从|来自|毕业于|开往|去往?|到|往|途经|路过|经过)$")


@dataclass(frozen=True, slots=True)
class PlaceFinding:
    """All that a text says about where; `ambiguous` holds the districts of a name that stands in several."""

    district: Found | None = None
    street: Found | None = None
    place: Found | None = None
    estate: Found | None = None
    village: Found | None = None
    ambiguous: tuple[str, ...] = ()


def find_places(text: str, asked: str | None = None) -> PlaceFinding:
    """Where something is. `asked` is place, district, estate or village when the text answers that question: a bare name then counts fully."""
    meant = list(believed(text))
    # Whoever names one of our districts speaks of it, whatever other town comes up.
    abroad = speaks_of_elsewhere(text) and not any(map(is_district, meant))
    starts = _starts(text)
    hits = [hit for hit in meant if not (abroad and implied(hit)) and not withdrawn(text, hit.start, hit.end, starts)]
    # Where they are gone is told once: 搬到大兴去了 … 我天天跑大兴.
    gone = {hit.name for hit in hits if away(text, hit)}
    here = [hit for hit in hits if hit.name not in gone]
    if here or any(find_phrases(text)):
        hits = here
    district, ambiguous = _district(text, hits)
    place, estate, village = phrases(text, hits, elsewhere=district is None)
    if asked == "district":
        place = estate = village = None
    street = _street(text, hits, district)
    return PlaceFinding(district, street, place, estate, village, () if district else ambiguous)


def _starts(text: str) -> Sequence[int]:
    return [hit.start for hit in load_gazetteer().hits(text)]


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
    implied = [hit for hit in hits if len(hit.spots) == 1 and not is_district(hit)]
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
