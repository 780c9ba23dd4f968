"""One number of a text as a sum of money: what it is said to be, and whether it is one at all."""

import re
from dataclasses import dataclass, replace

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
    OWN,
    PAID,
    PER_MONTH,
    PER_MONTH_AFTER,
    PIECES,
    POCKET,
    RAISED,
    REMAINING,
    ROLE_AFTER,
    ROLE_BEFORE,
    SIGN,
    SOME_TENS,
    SPELT,
    STRONG,
    TOTAL,
    UNIT_PRICE,
    USED,
)
from intents.extraction.numbers import Number, find_numbers, read

LAST_OF_MONTH = 31
"""20.6 may be a day; 76.8 is none."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A number that is a sum in yuan, ending at `end` with its unit; `role` is amount_paid, amount_owed, amount_remaining or None where nothing says which."""

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


def read_sum(text: str, number: Number, asked: str | None) -> Sum | None:
    """What the text says of one of its numbers; None when it is no sum of the complaint. `asked` is the sum that was asked for, if any."""
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
    return Sum(number, end, role or following, used, monthly, total, strong, agreed, own, monthly and "每" in before)


def months_of(text: str) -> float | None:
    """How many months the text speaks of (三个月, 俩月, 1至3月), halves included."""
    for match in MONTHS.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] in ("每", "第"):
            continue
        if match["first"]:
            # 11至2月 runs over the new year.
            return (float(match["last"]) - float(match["first"])) % 12 + 1
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
