"""What the law gives the holder of a prepaid card, by the calendar.

《北京市单用途预付卡管理条例》, in force since 2022-06-01: a card that was not used may be returned within seven days of its purchase for a
full refund, which is due within five days of the request.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from integrations.zone import BEIJING

COOLING_OFF = timedelta(days=7)
REFUND = timedelta(days=5)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNUSED = re.compile(
    r"(没|未|还没|从没|一次都没|一次也没|一节都没|一节没|一次没)(有)?(使|去|来)?(用|去|上|来|消费|开)(过|课)*"
)
_USED = re.compile(
    r"(用|去|上|消费|洗|练|剪|游)(了|过)(?!我的)[\d一二三四五六七八九十两几多]*(次|节|回|个月|天|年|课)|用掉|只剩|还剩[\d一二三四五六七八九十两]+次"
)


@dataclass(frozen=True, slots=True)
class CoolingOff:
    """The seven-day right while it lasts: `last_day` it can be used, `days_left` after today; `used` is None when nobody has said."""

    last_day: date
    days_left: int
    used: bool | None
    refund_by: date


def cooling_off(
    paid_on: object, story: str, now: datetime, paid: object = None, remaining: object = None
) -> CoolingOff | None:
    """The right that still holds; None when it does not, when the day is not known, or when the card was used.

    `paid` and `remaining` are the card's amounts (yuan): when something is gone, it was used.
    """
    if not isinstance(paid_on, str) or not _DAY.fullmatch(paid_on):
        return None
    bought, today = date.fromisoformat(paid_on), now.astimezone(BEIJING).date()
    last_day = bought + COOLING_OFF
    used = was_used(story)
    if used is None and isinstance(paid, int | float) and isinstance(remaining, int | float):
        used = remaining < paid
    if bought > today or today > last_day or used:
        return None
    return CoolingOff(last_day, (last_day - today).days, used, today + REFUND)


def was_used(story: str) -> bool | None:
    """Whether the card was used, as far as the citizen has said."""
    told = _UNUSED.sub("", story)
    if _USED.search(told):
        return True
    return False if told != story else None
