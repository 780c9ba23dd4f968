"""Sums of money, told apart: paid, owed, remaining."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from intents.extraction.amount_shapes import (
    AGREED,
    BARE_CLAUSE,
    BEFORE_A_RISE,
    BESIDES,
    CALLING,
    COLLOQUIAL,
    CROWD,
    DEMANDED,
    DIMES,
    GROUPED,
    GROUPED_AFTER,
    HOTLINES,
    LABELLED,
    MINE,
    MONEY_AFTER,
    MONTHS,
    MORE_OWED,
    NOT_MONEY_AFTER,
    NOTHING,
    OFFERED,
    ONE_MONTH_ONLY,
    OTHERS,
    OWED,
    OWING_TOPICS,
    OWN,
    PAID,
    PER_MONTH,
    PER_MONTH_AFTER,
    PIECES,
    RAISED,
    RECEIVED,
    REMAINING,
    ROLE_AFTER,
    ROLE_BEFORE,
    SIGN,
    SPELT,
    STRONG,
    TAKEN_BACK,
    TOTAL,
    UNIT_PRICE,
    USED,
)
from intents.extraction.numbers import Number, find_numbers, read, whole
from intents.found import Found


@dataclass(frozen=True, slots=True)
class _Sum:
    number: Number
    end: int
    role: str | None
    used: bool
    monthly: bool
    total: bool = False
    strong: bool = False
    agreed: bool = False
    own: bool = False
    each_month: bool = False


def find_amounts(text: str, topic: str | None = None, asked: str | None = None) -> dict[str, Found]:
    """The sums of a text by role; values in yuan."""
    numbers = list(find_numbers(text))
    behind = {one.end: following.start for one, following in pairwise(numbers)}
    meant = [n for n in numbers if n.end not in behind or not TAKEN_BACK.match(text[n.end : behind[n.end]])]
    said_of = {n.start: before for before, n in pairwise(numbers) if before not in meant}
    sums = []
    for number in meant:
        summed = _sum(text, number, asked)
        if summed is not None and (before := said_of.get(number.start)) and summed.role is None:
            # What was said of the sum that is taken back is meant of this one.
            earlier = _sum(text, before, asked)
            summed = replace(summed, role=earlier.role, strong=earlier.strong) if earlier else summed
        if summed is not None:
            sums.append(summed)
    if topic in OWING_TOPICS:
        # What remains of wages is what is owed.
        sums = [
            replace(s, role=OWED, strong=s.strong or s.role == REMAINING)
            if s.role == REMAINING or (s.total and s.role == PAID)
            else s
            for s in sums
        ]
    if topic in OWING_TOPICS:
        had = [s for s in sums if RECEIVED.search(text[max(0, s.number.start - 14) : s.number.start])]
        sums = [replace(s, role=None) if s.role == PAID else s for s in sums if s not in had]
    default = asked if asked in (PAID, OWED, REMAINING) else OWED if topic in OWING_TOPICS else PAID
    found: dict[str, Found] = {}
    used: _Sum | None = None
    settled: set[str] = set()
    own: set[str] = set()
    said = any(one.strong and not one.monthly for one in sums)
    for one in sums:
        if one.used:
            used = one
            continue
        role = one.role or default
        value = one.number.value
        months = _months_of(text) if role == OWED and (one.monthly or one.agreed) else None
        if (one.agreed and not months) or (one.each_month and one.role is None and default == PAID and not asked):
            continue
        if months and not said:
            value *= months
        held = found.get(role)
        larger = one.role and held is not None and value > held.value and role != REMAINING
        if one.own or (
            role not in own and (held is None or one.total or one.strong or (larger and role not in settled))
        ):
            settled |= {role} if one.strong else set()
            own |= {role} if one.own else set()
            found[role] = Found(whole(value), text[one.number.start : one.end], one.number.start, one.end)
    if topic == "prepaid_refund" and OWED in found and REMAINING not in found:
        # What a shop owes is what is left on the card.
        found[REMAINING] = found.pop(OWED)
    if used and PAID not in found:
        # 花了1999 alone is what was paid; beside a larger sum it is what was used of it.
        found[PAID] = Found(whole(used.number.value), text[used.number.start : used.end], used.number.start, used.end)
    elif used and REMAINING not in found and used.number.value < found[PAID].value:
        left = whole(found[PAID].value - used.number.value)
        found[REMAINING] = Found(left, text[used.number.start : used.end], used.number.start, used.end, 0.8)
    return found


def _sum(text: str, number: Number, asked: str | None) -> _Sum | None:
    before, after = text[max(0, number.start - 14) : number.start], text[number.end : number.end + 14]
    sign = bool(SIGN.search(before))
    before = SIGN.sub("", before).rstrip()
    if UNIT_PRICE[0].search(before) or UNIT_PRICE[1].match(after):
        return None
    if (
        NOTHING.match(text, number.start)
        or (number.value in HOTLINES and CALLING.search(before))
        or (BEFORE_A_RISE[0].search(before) and BEFORE_A_RISE[1].match(after))
        or (LABELLED.search(before) and not asked)
        or OTHERS.search(before)
        or (RAISED.search(before) and not asked)
        or DEMANDED.search(before)
        or OFFERED.search(before)
        or (BESIDES.search(before) and not asked)
        or GROUPED.search(before)
        or GROUPED_AFTER.match(after)
    ):
        return None
    role = next((role for role, pattern in ROLE_BEFORE if pattern.search(before)), None)
    following = next((name for name, pattern in ROLE_AFTER if pattern.search(after)), None)
    used = bool(USED.search(before))
    money = MONEY_AFTER.match(after)
    if money and money.group().strip() == "块" and number.value < PIECES and not (role or following or used or asked):
        # 桥塌了一块: a piece of it.
        return None
    if not money and not sign:
        if NOT_MONEY_AFTER.match(after) or re.search(r"[A-Za-z第\-]$", before) or re.match(r"[A-Za-z\-]", after):
            return None
        spelt = SPELT.fullmatch(text[number.start : number.end])
        ahead = text[: number.start]
        alone = not spelt and BARE_CLAUSE[0].search(ahead) and BARE_CLAUSE[1].match(text, number.end)
        if number.value < 10 or number.value >= 1e9 or (1990 <= number.value <= 2035 and not role):
            return None
        bare = (
            asked in (PAID, OWED, REMAINING)
            and number.end - number.start >= len(text.strip(" 。.，,吧左右大概差不多约")) - 3
        )
        large = number.value >= 100
        said = text[number.start : number.end]
        colloquial = bool(COLLOQUIAL.search(said)) or re.search(r"[kwKW]\d?$", said) is not None
        if not (
            bare
            or used
            or colloquial
            or (large and alone and len(text) > number.end - number.start + 4)
            or (large and (role or following))
            or PER_MONTH.search(before)
            or (large and MINE.search(before))
        ):
            return None
    end = number.end + (money.end() if money else 0)
    if money and not number.rough and (dimes := DIMES.match(text, end)):
        number = replace(number, value=number.value + (read(dimes["n"]) or 0) / 10)
        end = dimes.end()
    if role == REMAINING and before.endswith("还有") and MORE_OWED.match(after):
        return None
    left = role == REMAINING
    if following == OWED or (following == REMAINING and role != PAID):
        role = following
    # What a crowd is owed says less than what the teller is owed.
    total = bool(TOTAL.search(before)) and not CROWD.search(text[max(0, number.start - 30) : number.start])
    own = role in (None, OWED) and bool(MINE.search(before))
    role = OWED if own else role
    strong = role == OWED and bool(own or STRONG.search(before) or (following == OWED and (left or OWN.search(before))))
    monthly = bool(PER_MONTH.search(before)) and not ONE_MONTH_ONLY.search(before)
    agreed = bool(PER_MONTH_AFTER.match(after) and AGREED.search(before))
    return _Sum(number, end, role or following, used, monthly, total, strong, agreed, own, monthly and "每" in before)


def _months_of(text: str) -> float | None:
    for match in MONTHS.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] in ("每", "第"):
            continue
        words = match["n"] or match["both"]
        count = {"俩": 2.0, "仨": 3.0, "半": 6.0}.get(words)
        if count is None:
            count = next((n.value for n in find_numbers(words)), None)
        if count and 1 < count <= 36:
            return count + (0.5 if match["half"] or match["half2"] else 0)
    return None
