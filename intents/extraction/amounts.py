"""Sums of money, told apart: paid, owed, remaining."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from intents.extraction.amount_shapes import (
    AGREED,
    ASKED_FOR,
    BARE_CLAUSE,
    BEFORE_A_RISE,
    BESIDES,
    CALLING,
    COLLOQUIAL,
    CROWD,
    DEMANDED,
    DEPOSIT,
    DEPOSIT_KEPT,
    DIMES,
    EACH_PERSON,
    GROUPED,
    GROUPED_AFTER,
    HOTLINES,
    HOUSE_PRICE,
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
    OWED_OUTRIGHT,
    OWING_TOPICS,
    OWN,
    PAID,
    PER_MONTH,
    PER_MONTH_AFTER,
    PIECES,
    POCKET,
    RAISED,
    RECEIVED,
    REMAINING,
    ROLE_AFTER,
    ROLE_BEFORE,
    SIGN,
    SOME_TENS,
    SPELT,
    STRONG,
    TAKEN_BACK,
    TOTAL,
    UNIT_PRICE,
    USED,
)
from intents.extraction.numbers import Number, find_numbers, read, whole
from intents.extraction.reckoning import (
    Reckoned,
    came,
    left_of_card,
    owed_by_days,
    owed_by_land,
    owed_by_months,
    owed_by_wage,
    paid_again,
    paid_besides,
    shares,
)
from intents.found import Found

LAST_OF_MONTH = 31

CARD_TOPICS = ("prepaid_refund", "training_institutions")
"""Where what is left of a card or a course is asked back."""

NO_CARDS = ("online_purchase", "estate_agents")
"""Where what is to come back is what was paid."""


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
    """The sums of a text by role; values in yuan. What only follows by reckoning is told less surely."""
    numbers = list(find_numbers(text))
    sums = _of_topic(text, topic, list(_meant(text, numbers, asked, topic)))
    default = asked if asked in (PAID, OWED, REMAINING) else OWED if topic in OWING_TOPICS else PAID
    said = any(one.strong and not one.monthly for one in sums)
    found = _by_role(text, [one for one in sums if not one.used], default, asked, said=said)
    if topic in OWING_TOPICS and not said and not asked:
        found |= _less_what_came(text, numbers, topic, found, totalled=any(one.total for one in sums))
    if topic == "prepaid_refund" and OWED in found and REMAINING not in found:
        # What a shop owes is what is left on the card.
        found[REMAINING] = found.pop(OWED)
    if topic in NO_CARDS and REMAINING in found and PAID not in found:
        # 要退…不能退 三千一百八: nothing is left on a parcel.
        found[PAID] = found.pop(REMAINING)
    if topic == "nursing_homes" and not asked:
        found |= _deposit(text, sums)
    used = next((one for one in reversed(sums) if one.used), None)
    if used and PAID not in found:
        # 花了1999 alone is what was paid; beside a larger sum it is what was used of it.
        found[PAID] = Found(whole(used.number.value), text[used.number.start : used.end], used.number.start, used.end)
    elif used and REMAINING not in found and used.number.value < found[PAID].value:
        left = whole(found[PAID].value - used.number.value)
        found[REMAINING] = Found(left, text[used.number.start : used.end], used.number.start, used.end, 0.8)
    if topic in CARD_TOPICS and PAID in found and REMAINING not in found and not asked:
        found |= _as_found(text, REMAINING, left_of_card(text, found[PAID].value))
    return found


def _meant(text: str, numbers: Sequence[Number], asked: str | None, topic: str | None) -> Iterator[_Sum]:
    """The numbers that are sums, less those that were taken back."""
    behind = {one.end: following.start for one, following in pairwise(numbers)}
    meant = [n for n in numbers if n.end not in behind or not TAKEN_BACK.match(text[n.end : behind[n.end]])]
    said_of = {n.start: before for before, n in pairwise(numbers) if before not in meant}
    for number in meant:
        summed = _sum(text, number, asked)
        if summed is None or (topic == "estate_agents" and HOUSE_PRICE.search(text[: number.start])):
            continue
        if (before := said_of.get(number.start)) and summed.role is None:
            # What was said of the sum that is taken back is meant of this one.
            earlier = _sum(text, before, asked)
            summed = replace(summed, role=earlier.role, strong=earlier.strong) if earlier else summed
        yield summed


def _of_topic(text: str, topic: str | None, sums: list[_Sum]) -> list[_Sum]:
    """The sums as the topic means them: what remains of wages is what is owed, what came of them was not paid by the teller."""
    if topic not in OWING_TOPICS:
        return sums
    sums = [
        replace(s, role=OWED, strong=s.strong or s.role == REMAINING)
        if s.role == REMAINING or (s.total and s.role == PAID)
        else s
        for s in sums
    ]
    had = [s for s in sums if RECEIVED.search(text[max(0, s.number.start - 14) : s.number.start])]
    return [replace(s, role=None) if s.role == PAID else s for s in sums if s not in had]


def _by_role(text: str, sums: Sequence[_Sum], default: str, asked: str | None, *, said: bool) -> dict[str, Found]:
    """Of each role the sum that counts: one's own, a total, what is said to be owed, the first or a larger one; `said` when what is owed is said outright."""
    found: dict[str, Found] = {}
    settled: set[str] = set()
    own: set[str] = set()
    totalled = any(one.total for one in sums)
    for one in sums:
        role = one.role or default
        value = one.number.value
        months = _months_of(text) if role == OWED and (one.monthly or one.agreed) else None
        if (one.agreed and not months) or (one.each_month and one.role is None and default == PAID and not asked):
            continue
        if months and not said:
            value *= months
        held = found.get(role)
        again = held is not None and (paid_again(text, one.number) or paid_besides(text, held.end, one.number))
        if role == PAID and held is not None and again and not (asked or totalled):
            # 先充两千，又充了三千: both were paid.
            raw = text[held.start : one.end]
            found[PAID] = replace(held, value=whole(held.value + value), raw=raw, end=one.end)
            continue
        larger = (
            one.role
            and not ASKED_FOR.search(text, 0, one.number.start)
            and held is not None
            and value > held.value
            and role != REMAINING
        )
        if one.own or (
            role not in own and (held is None or one.total or one.strong or (larger and role not in settled))
        ):
            settled |= {role} if one.strong else set()
            own |= {role} if one.own else set()
            sure = 1.0 if one.strong else 0.9
            found[role] = Found(whole(value), text[one.number.start : one.end], one.number.start, one.end, sure)
    return found


def _less_what_came(
    text: str, numbers: Sequence[Number], topic: str | None, found: Mapping[str, Found], *, totalled: bool
) -> dict[str, Found]:
    """What is owed of a whole that was told: by the day, by months, by the land, or as a sum of which a part has come."""
    held = found.get(OWED)
    told: Reckoned | None = None
    if not (totalled and held is not None):
        told = owed_by_days(text) or owed_by_months(text, numbers) if topic == "unpaid_wages" else owed_by_land(text)
    if told is None and held is not None:
        heads = shares(text) if topic == "villager_benefits" and EACH_PERSON.search(text, 0, held.start) else 1
        told = Reckoned(held.value * heads, held.start, held.end)
    if told is None and topic == "unpaid_wages":
        told = owed_by_wage(text)
    if told is None or (held is not None and OWED_OUTRIGHT.search(text, 0, held.start)):
        return {}
    left = told.value - came(text, numbers, told)
    return {} if held is not None and left == held.value else _as_found(text, OWED, replace(told, value=left))


def _deposit(text: str, sums: Sequence[_Sum]) -> dict[str, Found]:
    """Where a home keeps a deposit, that is the sum, and not the fees that were paid with it."""
    told = (one for one in sums if DEPOSIT[0].search(text, 0, one.number.start) or DEPOSIT[1].match(text, one.end))
    one = next(told, None)
    if one is None or not DEPOSIT_KEPT.search(text):
        return {}
    return {PAID: Found(whole(one.number.value), text[one.number.start : one.end], one.number.start, one.end)}


def _as_found(text: str, name: str, told: Reckoned | None) -> dict[str, Found]:
    if told is None or told.value <= 0:
        return {}
    return {name: Found(whole(told.value), text[told.start : told.end], told.start, told.end, 0.8)}


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
        or POCKET.search(before)
        or (SOME_TENS.match(text, number.start) and not asked)
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
            # 付了76.8; 20.6 may be a month.
            or ((large or (number.value > LAST_OF_MONTH and number.value != int(number.value))) and (role or following))
            or (large and TOTAL.search(before))
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
        if match["first"]:
            return float(match["last"]) - float(match["first"]) + 1
        words = match["n"] or match["both"]
        if re.fullmatch(r"[一二三四五六七八九]{2,3}", words):
            # 五六七三个月: three of them.
            words = words[-1]
        count = {"俩": 2.0, "仨": 3.0, "半": 6.0}.get(words)
        if count is None:
            count = next((n.value for n in find_numbers(words)), None)
        if count and 1 < count <= 36:
            return count + (0.5 if match["half"] or match["half2"] else 0)
    return None
