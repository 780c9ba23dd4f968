"""Names of shops, employers, institutions, platforms and people. Generic words alone (一家健身房) are no names."""

import re
from collections.abc import Iterator
from dataclasses import replace

from intents.extraction.name_shapes import (
    AFTER_KIND,
    BESIDE_IT,
    BOSS,
    BOSS_CALLED,
    BOSS_KNOWN,
    BOSS_SURNAME,
    BRACKETED,
    BRANDS,
    CALLED_KIND,
    CITY_PREFIX,
    CITYS_OWN,
    CUT,
    DEALT,
    DOING,
    ENTITY,
    FIRM,
    GENERIC,
    I_AM,
    KIND_OF,
    LATIN_NAME,
    LEAD,
    LEARNT,
    LONGEST_DEALER,
    MORE_OF_IT,
    NAME_AHEAD,
    NAMED_BESIDE,
    NEGATED,
    NO_DEALER,
    NO_NAME_INSIDE,
    NO_QUOTED_NAME,
    OF_A_KIND,
    OF_ITS_KIND,
    ONE_CALLED,
    OWN_DISTRICT,
    QUOTED,
    QUOTED_THERE,
    SAME_BRAND,
    SOMEBODY_ELSE,
    SOMEBODYS_BOSS,
    STATE_BUILDER,
    STATION,
    SUFFIX,
    TECH,
)
from intents.found import Found


def find_names(text: str, kind: str) -> Iterator[Found]:
    """Names of one kind (merchant, employer, institution, kindergarten, developer, platform, brand), the surest first."""
    if kind == "employer":
        yield from _firms(text)
        yield from _bosses(text)
        yield from _builders(text)
    branded, called = list(_branded(text, kind)), list(_called(text, kind)) if kind in ENTITY else []
    if kind == "employer":
        yield from called
        yield from _somebodys_bosses(text)
    if kind == "platform" and not branded and (match := LEAD[kind].search(text)) and not common(match["name"]):
        # 那个平台叫多赚宝: nobody knows it, and it has a name.
        yield Found(match["name"], match["name"], *match.span("name"), 0.8)
    # 叫安居客舍 is no 安居客.
    yield from (found for found in branded if not any(_within(found, one) for one in called))
    if kind in ("platform", "brand"):
        return
    yield from called
    if kind == "merchant":
        for match in BRACKETED.finditer(text):
            start = _trim(text, match.start(), match.end("name"))
            if match.end("name") - start >= 2 and not common(text[start : match.end("name")]):
                name = text[start : match.end()]
                yield Found(name, name, start, match.end(), 0.9)
    weak: list[Found] = []
    yield from _by_suffix(text, kind, weak)
    yield from _dealt_with(text, kind)
    yield from weak
    if kind == "merchant":
        yield from _unusual(text)
    if kind == "employer":
        # Whoever does not pay is an employer, whatever else it is: a bakery, a nursing home.
        for other in ("merchant", "institution", "kindergarten"):
            yield from _shops(text, other)
        if boss := BOSS_SURNAME.search(text):
            yield Found(f"{boss['surname']}{boss['title']}", boss.group(), *boss.span(), 0.7)


def _within(inner: Found, outer: Found) -> bool:
    return outer.start <= inner.start and inner.end < outer.end and not outer.value.startswith(f"{inner.value}（")


def _bosses(text: str) -> Iterator[Found]:
    """Foremen and owners: 包工头张建军, 一个叫老孙的工头."""
    for match in BOSS.finditer(text):
        name = match["name"]
        if len(name) > 1 and "某" not in name:
            yield Found(name, name, *match.span("name"))


def _somebodys_bosses(text: str) -> Iterator[Found]:
    """Foremen of whom no more is known: 姓刘的包工头."""
    if station := STATION.search(text):
        yield Found(station.group(), station.group(), *station.span(), 0.8)
    if known := BOSS_KNOWN.search(text):
        yield Found(known["name"], known["name"], *known.span("name"), 0.8)
    if boss := SOMEBODYS_BOSS.search(text):
        yield Found(boss.group(), boss.group(), *boss.span(), 0.7)
    if called := BOSS_CALLED.search(text):
        yield Found(called["name"], called["name"], *called.span("name"), 0.7)


def _builders(text: str) -> Iterator[Found]:
    """The state's building firms, and firms named by what they do where they act as employers."""
    for match in STATE_BUILDER.finditer(text):
        yield Found(match.group(), match.group(), *match.span(), 0.8)
    for match in TECH.finditer(text):
        start = _trim(text, match.start(), match.end())
        name = text[start : match.end()].rpartition("的")[2]
        if len(name) >= 4 and not common(name):
            yield Found(name, name, match.end() - len(name), match.end(), 0.8)


def _branded(text: str, kind: str) -> Iterator[Found]:
    """Names that everybody knows."""
    if kind == "brand":
        yield from _all_of(text, BRANDS[kind])
        return
    for brand in BRANDS.get(kind, ()):
        start = text.find(brand)
        if start >= 0 and not (NEGATED.search(text[:start]) or BESIDE_IT.match(text, start + len(brand))):
            end = _branch_end(text, start + len(brand)) if kind == "merchant" else start + len(brand)
            raw = text[start:end]
            yield Found(SAME_BRAND.get(raw, raw), raw, start, end)


def _all_of(text: str, brands: tuple[str, ...]) -> Iterator[Found]:
    """Every brand that is named, as one: the bicycles of two firms lie in one heap."""
    named = sorted((text.find(brand), -len(brand), brand) for brand in brands if brand in text)
    told = {SAME_BRAND.get(brand, brand): start for start, _, brand in named if not NEGATED.search(text[:start])}
    if told:
        start, end = min(told.values()), max(start - length for start, length, brand in named)
        yield Found("、".join(told), text[start:end], start, end)


def _called(text: str, kind: str) -> Iterator[Found]:
    """Names that are said to be one: in quotes beside what they are, after 叫 or 店名."""
    suffix, lead = ENTITY[kind], LEAD[kind]
    for pattern in (QUOTED, lead):
        for match in pattern.finditer(text):
            # 叫悦泉汤浴的店: what it is called ends before 的.
            name = OF_ITS_KIND.sub("", match["name"])
            if pattern is lead and (more := MORE_OF_IT[kind].match(text, match.start("name") + len(name))):
                # 店名：花样年华美容美体
                name += more.group()
            named = (
                pattern is lead
                or suffix.search(name)
                or NAME_AHEAD.search(text[: match.start()])
                or OF_A_KIND[kind].match(text, match.end())
                or AFTER_KIND[kind].search(text[: match.start()])
            )
            if named and not (GENERIC.match(name) or NO_QUOTED_NAME.search(name)) and len(name) >= 2:
                yield Found(name, name, match.start("name"), match.start("name") + len(name), 0.9)
    beside = NAMED_BESIDE.get(kind)
    for match in beside.finditer(text) if beside else ():
        if not common(match["name"]):
            yield Found(match["name"], match["name"], *match.span("name"), 0.8)
    if kind in ("merchant", "employer"):
        for match in ONE_CALLED.finditer(text):
            if not common(match["name"]):
                yield Found(match["name"], match["name"], *match.span("name"), 0.9)
    for match in CALLED_KIND[kind].finditer(text):
        yield Found(match["name"], match["name"], *match.span("name"), 0.9)


def _unusual(text: str) -> Iterator[Found]:
    """Shops whose names end like none: in quotes where a shop stands, in Latin words, or said after what one learns there."""
    for pattern in (QUOTED, LEARNT, LATIN_NAME):
        for match in pattern.finditer(text):
            name, start = match["name"], match.start("name")
            stands = pattern is not QUOTED or QUOTED_THERE.search(text[: match.start()])
            if stands and not (NO_QUOTED_NAME.search(name) or NO_NAME_INSIDE.search(name) or common(name)):
                yield Found(name, name, start, start + len(name), 0.6)


def _by_suffix(text: str, kind: str, weak: list[Found]) -> Iterator[Found]:
    """Names by how they end; what may be a name only for want of a better one goes into `weak`."""
    firms = tuple(_firms(text)) if kind == "merchant" else ()
    for match in ENTITY[kind].finditer(text):
        start, end = match.span()
        start = _trim(text, start, match.end("name"))
        if more := MORE_OF_IT[kind].match(text, end):
            # 威沃斯健身 goes on: 游泳会所.
            end = more.end()
        raw = text[start:end].strip()
        core = text[start : match.end("name")]
        if firm := next((firm for firm in firms if firm.start < match.end("name") <= firm.end), None):
            yield firm
        elif len(core) < 3 or NO_NAME_INSIDE.search(core) or NEGATED.search(text[max(0, start - 4) : start]):
            continue
        elif not common(core):
            yield Found(raw, raw, start, start + len(raw), 0.8)
        elif core in CITYS_OWN and kind == "institution":
            weak.append(Found(core, core, start, start + len(core), 0.6))


def _dealt_with(text: str, kind: str) -> Iterator[Found]:
    """Names by what was done there: 在味千拉面打工."""
    if (dealt := DEALT.get(kind)) is None:
        return
    for match in dealt.finditer(text):
        # 在天竺镇的味千拉面: where it is stands before what it is called.
        told = match.lastgroup or "name"
        name = match[told].rpartition("的")[2]
        at = match.end(told) - len(name)
        platform = any(brand in name for brand in BRANDS["platform"])
        if 2 <= len(name) <= LONGEST_DEALER and not (platform or NO_DEALER.search(name) or _of_many(name)):
            yield Found(name, name, at, at + len(name), 0.7)


def common(name: str) -> bool:
    """Whether it is what many are called, and nobody in particular."""
    return _of_many(name) or DOING.search(name) is not None


def _of_many(name: str) -> bool:
    return bool(GENERIC.match(name) or KIND_OF.match(name))


def _shops(text: str, kind: str) -> Iterator[Found]:
    for match in ENTITY[kind].finditer(text):
        start = _trim(text, match.start(), match.end("name"))
        name = text[start : match.end("name")]
        if len(name) >= 4 and not common(name):
            yield Found(name, name, start, match.end("name"), 0.5)


def _firms(text: str) -> Iterator[Found]:
    """Firms by their full name: whoever signed outranks the foreman who is named beside it."""
    for match in FIRM.finditer(text):
        start = _start_of_firm(text, *match.span())
        name = text[start : match.end()]
        if len(name) >= 6 and not KIND_OF.match(name) and not GENERIC.match(name):
            yield Found(name, name, start, match.end(), 0.9)


_CITY = re.compile(r"(?<![（(])北京")
"""Where a firm of ours begins its name; in brackets it says where a firm of many cities is."""


def _start_of_firm(text: str, start: int, end: int) -> int:
    """Where a firm's name begins: in brackets (劳务公司（河北鑫达有限公司）), at its city, or behind the verbs."""
    words = text[start:end]
    if "（" in words and "）" not in words:
        return start + words.rindex("（") + 1
    cities = [match.start() for match in _CITY.finditer(words)]
    return start + cities[-1] if cities else _trim(text, start, end)


def _branch_end(text: str, end: int) -> int:
    match = re.compile(
        r"(?:健身|房产|教育|英语|美容|公寓|超市)?(?:[（(]?(?![的在是没我那])[一-鿿0-9]{1,8}?(?:分?店|校区|分校|门店)[)）]?)?"
    ).match(text, end)
    return match.end() if match else end


def _trim(text: str, start: int, end: int) -> int:
    """Drops what stands before a name: pronouns, verbs, times, districts."""
    segment = text[start:end]
    if cut := CUT.match(segment):
        start += cut.end()
    if district := CITY_PREFIX.match(text[start:end]):
        rest = text[start + district.end() : end]
        if len(rest) >= 4 and not GENERIC.match(rest):
            start += district.end()
    return start


_TOLD_WHERE = re.compile(r"[区市县在于到去住]|[^\w]")


def behind_place(name: Found, text: str, end: int) -> Found:
    """A name without the place that it stands at, which ends at `end`: in 朝阳区十里堡新悠游健身房 the gym is 新悠游健身房."""
    rest = text[end : name.end]
    told_where = name.start == 0 or _TOLD_WHERE.match(text[name.start - 1])
    part_of_it = OWN_DISTRICT.match(rest) or any(re.fullmatch(suffixes, rest) for suffixes in SUFFIX.values())
    if not (told_where and name.start < end < name.end and len(rest) >= 4) or part_of_it or common(rest):
        return name
    return replace(name, value=rest, raw=rest, start=end)


def find_person(text: str) -> Found | None:
    """What the citizen is called: a full name, or a surname with or without a title."""
    # 护士特别好 姓田 names the nurse.
    told = (
        m
        for m in I_AM.finditer(text)
        if m.group()[0] in "我俺" or not SOMEBODY_ELSE.search(text[max(0, m.start() - 14) : m.start()])
    )
    match = next(told, None)
    if match is None:
        return None
    group = "name" if match["name"] else "sur"
    # A surname alone says that it is one.
    value = f"姓{match[group]}" if group == "sur" and len(match[group]) == 1 else match[group]
    return Found(value, match[group], *match.span(group))
