"""Puts the extractors together: a text in, the fields of a topic out."""

import re
from datetime import datetime

from intents.catalog import FieldKind, Topic, load_catalog
from intents.catalog.model import OTHER
from intents.extraction.amounts import find_amounts
from intents.extraction.choices import find_choice
from intents.extraction.codes import find_order_number, find_phones, find_plate, find_pole_number, find_spelt_phone
from intents.extraction.counts import find_birth_year, find_people
from intents.extraction.dates import find_dates
from intents.extraction.names import find_names, find_person
from intents.extraction.polarity import find_contract
from intents.extraction.times import find_duration, find_period, find_time_of_day
from intents.found import Found

_AGE = re.compile(r"[一二三四五六七八九十百零\d]{1,4}(?:多)?(?:周)?岁")
"""今年四十八岁 tells no date."""

_BARE_YEAR = re.compile(
    r"^\s*(?:孩子|娃|宝宝|他|她)?(?:是)?(?:20)?[0-2]\d年(?:\d{1,2}月)?(?:份)?(?:的|生的?|出生的?)?[。.\s]*$"
)
"""2022年的, told of a kindergarten: when the child was born."""

_WISHED = re.compile(
    r"(?:能不能|能否|可不可以|可以|希望|麻烦|争取|最好|赶紧|抓紧|尽快|务必|最晚)[^，。,.；;！!？?\s]{0,4}$"
)
"""能不能今天就修 is when it should be done, not when it happened."""

LONGEST = 4000
"""Characters read of one text."""

_NAMED = ("merchant", "employer", "institution", "kindergarten", "developer", "platform", "brand")


FACTS = ("amount_paid", "amount_owed", "amount_remaining", "people_affected", "plate", "order_number", "pole_number")
"""What is a fact whatever the topic: told apart by its own shape, and of use to whoever reads the text."""


def extract(text: str, now: datetime, topic: str | None = None, asked: str | None = None) -> dict[str, Found]:
    """All fields of the topic that the text tells (for no topic, those that every topic has), and FACTS."""
    catalog = load_catalog()
    spec = catalog.topics.get(topic or OTHER) or catalog.topics[OTHER]
    text = text[:LONGEST]
    found = _values(text, now, spec, topic, asked)
    found |= {name: f for name in _NAMED if name in spec.fields and (f := next(find_names(text, name), None))}
    for name, field in spec.fields.items():
        if field.kind is not FieldKind.CHOICE or name in found:
            continue
        if choice := find_choice(text, field.options) or find_choice(text, field.implied):
            found[name] = choice
    return {name: value for name, value in found.items() if name in spec.fields or name in FACTS or name == asked}


_DONE = {
    "paid_on": re.compile(r"办|交|充|买|付|缴|报名|报的|下单|刷卡|刷了|续费|签"),
    "purchased_on": re.compile(r"买|购|签|认购|下单"),
    "visited_on": re.compile(r"去|看|就诊|就医|挂号|住院|检查|做手术|打针"),
}
"""What is done on the day that a field asks for."""

_UNDONE = re.compile(r"关[的了门停张]|停业|歇业|倒闭|跑路|失联|搬走|搬了|闭店|走人|撤[店场]|没人")
"""上上个礼拜关的门 is not when it was paid."""

_CLAUSE = re.compile(r"[^，。,.；;！!？?\s]*")


def _telling(text: str, name: str, dates: list[Found]) -> Found | None:
    """Of several dates the one in whose clause it is done (昨天关门了，前天交的钱); otherwise the first."""
    done = _DONE.get(name)
    clauses = [(found, match.group() if (match := _CLAUSE.match(text, found.end)) else "") for found in dates]
    told = [found for found, clause in clauses if done and done.search(clause)]
    others = [found for found, clause in clauses if not (done and _UNDONE.search(clause))]
    return next(iter(told or others), None)


def _phone(text: str, asked: bool) -> Found | None:
    spelt = find_spelt_phone(text) if asked else None
    return spelt or next(find_phones(text, asked=asked), None)


def _values(text: str, now: datetime, spec: Topic, topic: str | None, asked: str | None) -> dict[str, Found]:
    birth = find_birth_year(text, now, bare=asked == "child_birth_year") if "child_birth_year" in spec.fields else None
    born = "child_birth_year" in spec.fields and _BARE_YEAR.match(text) is not None
    period = find_period(text, now) if "period_owed" in spec.fields else None
    dates = [
        d
        for d in find_dates(text, now)
        if not (born or (birth and birth.start <= d.start < birth.end))
        and (period is None or d.end <= period.start or period.end <= d.start)
        and not _AGE.match(text, d.end)
        and not _WISHED.search(text[max(0, d.start - 10) : d.start])
    ]
    date_field = next(
        (name for name in ("paid_on", "purchased_on", "visited_on") if name in spec.fields), "occurred_on"
    )
    candidates: dict[str, Found | None] = {
        **find_amounts(text, topic, asked),
        date_field: _telling(text, date_field, dates),
        "contact_phone": _phone(text, asked == "contact_phone"),
        "plate": find_plate(text),
        "order_number": find_order_number(text),
        "pole_number": find_pole_number(text),
        "people_affected": find_people(text, bare=asked == "people_affected"),
        "child_birth_year": find_birth_year(text, now, bare=asked == "child_birth_year" or born),
        "has_contract": find_contract(text),
        "contact_name": find_person(text),
        "time_of_day": find_time_of_day(text, bare=asked == "time_of_day"),
        "duration": find_duration(text),
        "period_owed": period,
    }
    return {name: f for name, f in candidates.items() if f is not None}
