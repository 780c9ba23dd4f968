"""A bare answer, read in the light of what was asked."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from intents.catalog.model import FieldKind
from intents.extraction.amounts import find_amounts
from intents.extraction.choices import read_choice
from intents.extraction.codes import find_phones, find_plate, read_code
from intents.extraction.counts import find_birth_year, find_people
from intents.extraction.dates import find_dates
from intents.extraction.names import find_names, find_person
from intents.extraction.numbers import find_numbers, read, whole
from intents.extraction.polarity import read_boolean
from intents.extraction.times import find_duration, find_period, find_time_of_day
from intents.found import Found

_NAMED = frozenset(
    {
        FieldKind.MERCHANT,
        FieldKind.EMPLOYER,
        FieldKind.INSTITUTION,
        FieldKind.KINDERGARTEN,
        FieldKind.DEVELOPER,
        FieldKind.PLATFORM,
        FieldKind.BRAND,
    }
)
_CALLED = (
    "就叫",
    "名字叫",
    "名叫",
    "叫做",
    "叫",
    "是",
    "在",
    "店名叫",
    "店名是",
    "公司叫",
    "就是",
    "应该是",
    "好像是",
    "好像叫",
    "名字是",
)


_UNNAMED = re.compile(
    r"(?:就|就是|是|在)?(?:一?个)?(?:工地|装修队|施工队|包工队|饭店|饭馆|厂子?|小店|私人|个体|给人家?|干活|打工|小公司|劳务|建筑队)(?:上|里)?(?:的|干的?|那种)?(?:$|[\s，,])|(?:就是)?(?:工资|工钱|钱|退钱|退费|退款|押金|定金|合同|电话|地址|名字|会员卡?|年卡|课)(?:的?事儿?)?[啊呀吧]?$"
)
"""工地 搬砖的 says what work it was, and not whose."""

_COMMENT = re.compile(r"没听|自己|名字|好像|应该|反正|就是|记不|忘了|不知道|大概|可能|吧$|[我他她]")
"""What follows a name after a pause and is no part of it: 彩云优家 自己起的名字 没听过吧."""

_TOLD = re.compile(
    r"[我您他她咱]|你们|不(?:让|给|退|交|是|能|会|管|知道)|没(?:有|人|了)|怎么|什么|(?:家|店|机构|公司|地址|单位|学校)在|为啥|凭啥|现在|原来|已经|到底|打电话|投诉|反映|希望|[吗呢么]$|\d{3,}|[一二两三四五六七八九][千万]|块钱"
)
"""Words of a sentence: what holds them tells something, and names nothing."""


def read_answer(
    text: str, kind: FieldKind, now: datetime, options: Mapping[str, Sequence[str]] | None = None
) -> Found | None:
    """What the text answers to a question for a field of this kind; None when it does not."""
    if kind is FieldKind.CHOICE:
        return read_choice(text, options or {})
    if kind is FieldKind.BOOLEAN:
        return read_boolean(text)
    if kind is FieldKind.AMOUNT:
        return _amount(text)
    if kind is FieldKind.COUNT:
        return find_people(text, bare=True)
    if kind is FieldKind.YEAR:
        return find_birth_year(text, now, bare=True)
    if kind is FieldKind.DATE:
        return next(find_dates(text, now), None)
    if kind is FieldKind.PERIOD:
        return find_period(text, now) or next(find_dates(text, now), None)
    if kind is FieldKind.DURATION:
        return find_duration(f"{text}了") if find_duration(text) is None else find_duration(text)
    if kind is FieldKind.TIME_OF_DAY:
        return find_time_of_day(text, bare=True)
    if kind is FieldKind.PHONE:
        return next(find_phones(text), None)
    if kind is FieldKind.PLATE:
        return find_plate(text)
    if kind is FieldKind.CODE:
        return read_code(text)
    if kind is FieldKind.PERSON:
        return find_person(text)
    if kind in _NAMED:
        return _name(text, kind)
    return None


def _amount(text: str) -> Found | None:
    found = find_amounts(text, asked="amount_paid")
    if found:
        return max(found.values(), key=lambda f: f.value)
    numbers = [n for n in find_numbers(text) if n.value >= 1]
    if len(numbers) == 1 and numbers[0].end - numbers[0].start >= len(text.strip()) / 3:
        number = numbers[0]
        return Found(whole(number.value), text[number.start : number.end], number.start, number.end)
    value = read(text.strip())
    return Found(whole(value), text.strip(), 0, len(text.strip())) if value else None


def _name(text: str, kind: FieldKind) -> Found | None:
    if found := next(find_names(text, kind.value), None):
        return found
    raw = text.strip(" 。.，,！!？?")
    first, _, comment = raw.partition(" ")
    if len(first) > 1 and _COMMENT.search(comment):
        raw = first
    for lead in _CALLED:
        if raw.startswith(lead) and len(raw) > len(lead) + 1:
            raw = raw[len(lead) :].strip("，, ")
            break
    for tail in ("这家店", "那家店", "这家", "那家", "吧", "呢", "啊", "的"):
        if raw.endswith(tail) and len(raw) > len(tail) + 1:
            raw = raw[: -len(tail)]
    if not 2 <= len(raw) <= 30 or any(c in raw for c in "，,。！？?") or _TOLD.search(raw):
        return None
    if _UNNAMED.match(raw) or ((people := find_people(raw)) and len(people.raw) >= len(raw) - 2):
        return None
    start = text.index(raw)
    return Found(raw, raw, start, start + len(raw), 0.7)
