"""Sums of money, told apart: paid, owed, remaining."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from intents.extraction.amount_shapes import (
    ASKED_FOR,
    DEPOSIT,
    DEPOSIT_KEPT,
    EACH_PERSON,
    HOUSE_PRICE,
    OWED,
    OWED_OUTRIGHT,
    OWING_TOPICS,
    PAID,
    RECEIVED,
    REMAINING,
    TAKEN_BACK,
)
from intents.extraction.numbers import Number, find_numbers, whole
from intents.extraction.reckoning import (
    Reckoned,
    bought_by_piece,
    came,
    left_of_card,
    listed,
    owed_by_days,
    owed_by_land,
    owed_by_months,
    owed_by_wage,
    paid_again,
    paid_besides,
    shares,
)
from intents.extraction.sums import Sum, months_of, read_sum
from intents.found import Found

CARD_TOPICS = ("prepaid_refund", "training_institutions")
"""Where what is left of a card or a course is asked back."""

NO_CARDS = ("online_purchase", "estate_agents")
"""Where what is to come back is what was paid."""


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
    if topic not in OWING_TOPICS and not asked and not any(one.total for one in sums):
        parts = bought_by_piece(text) if topic == "online_purchase" else None
        found |= _as_found(text, PAID, parts or listed(text))
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


def _meant(text: str, numbers: Sequence[Number], asked: str | None, topic: str | None) -> Iterator[Sum]:
    """The numbers that are sums, less those that were taken back."""
    behind = {one.end: following.start for one, following in pairwise(numbers)}
    meant = [n for n in numbers if n.end not in behind or not TAKEN_BACK.match(text[n.end : behind[n.end]])]
    said_of = {n.start: before for before, n in pairwise(numbers) if before not in meant}
    for number in meant:
        summed = read_sum(text, number, asked)
        if summed is None or (topic == "estate_agents" and HOUSE_PRICE.search(text[: number.start])):
            continue
        if (before := said_of.get(number.start)) and summed.role is None:
            # What was said of the sum that is taken back is meant of this one.
            earlier = read_sum(text, before, asked)
            summed = replace(summed, role=earlier.role, strong=earlier.strong) if earlier else summed
        yield summed


def _of_topic(text: str, topic: str | None, sums: list[Sum]) -> list[Sum]:
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


def _by_role(text: str, sums: Sequence[Sum], default: str, asked: str | None, *, said: bool) -> dict[str, Found]:
    """Of each role the sum that counts: one's own, a total, what is said to be owed, the first or a larger one; `said` when what is owed is said outright."""
    found: dict[str, Found] = {}
    settled: set[str] = set()
    own: set[str] = set()
    totalled = any(one.total for one in sums)
    for one in sums:
        role = one.role or default
        value = one.number.value
        months = months_of(text) if role == OWED and (one.monthly or one.agreed) else None
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
        # What all of us are owed together is the sum, and how many we are is told beside it.
        mine = one.own and not any(other.total and other.role in (None, OWED) for other in sums)
        if mine or (role not in own and (held is None or one.total or one.strong or (larger and role not in settled))):
            settled |= {role} if one.strong else set()
            own |= {role} if mine else set()
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


def _deposit(text: str, sums: Sequence[Sum]) -> dict[str, Found]:
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
