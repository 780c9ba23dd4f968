"""What a report is of: months, and filters by district, topic, lead unit, channel or type."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from integrations.facts import FactRow, month_of

FILTERS = {"district": "所在区", "topic": "类别", "lead_unit": "主办单位", "channel": "渠道", "type": "诉求类型"}
"""Filters by their names in an address, and in Chinese."""

MOST_MONTHS = 60


class BadScope(ValueError):
    """The period or a filter cannot be read; the message is for whoever asked."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Months from `first` to `last` (YYYYMM, both included) and the filters that are set."""

    first: int
    last: int
    filters: Mapping[str, str]
    topics: tuple[str, ...] = ()
    """The only topics that a report is about; all when empty."""

    @classmethod
    def read(cls, asked: Mapping[str, str], now: datetime) -> "Scope":
        """From an address: `month`, or `from` and `to` ("2026-10"); the last whole month when nothing is said. BadScope."""
        last_whole = before(month_of(now))
        first = _month(asked.get("from") or asked.get("month") or asked.get("to")) or last_whole
        last = _month(asked.get("to") or asked.get("month") or asked.get("from")) or last_whole
        if first > last:
            raise BadScope("起始月份在结束月份之后，请换一下。")
        if months_between(first, last) > MOST_MONTHS:
            raise BadScope(f"一次最多看{MOST_MONTHS}个月，请缩短一些。")
        return cls(first, last, {name: asked[name][:80] for name in FILTERS if asked.get(name)})

    def where(self) -> list[ColumnElement[bool]]:
        """The same as conditions on the facts."""
        return [self.in_months(), *self.filtered()]

    def in_months(self) -> ColumnElement[bool]:
        """The period alone."""
        return FactRow.month == self.first if self.first == self.last else FactRow.month.between(self.first, self.last)

    def filtered(self) -> list[ColumnElement[bool]]:
        """The filters alone."""
        columns: dict[str, Any] = {name: getattr(FactRow, name) for name in FILTERS}
        chosen = [columns[name] == value for name, value in self.filters.items()]
        return [*chosen, FactRow.topic.in_(self.topics)] if self.topics else chosen

    def without(self, *names: str) -> "Scope":
        """The same without some of the filters: a report says which it does not know."""
        return replace(self, filters={name: value for name, value in self.filters.items() if name not in names})

    def latest(self, months: int) -> "Scope":
        """Its last months at most."""
        return replace(self, first=max(self.first, before(self.last, months - 1)))

    def earlier(self) -> "Scope":
        """As many months, just before."""
        length = months_between(self.first, self.last)
        last = before(self.first)
        return replace(self, first=before(self.first, length), last=last)


def before(month: int, by: int = 1) -> int:
    """So many months before."""
    count = month // 100 * 12 + month % 100 - 1 - by
    return count // 12 * 100 + count % 12 + 1


def months_between(first: int, last: int) -> int:
    """How many months, both included."""
    return (last // 100 - first // 100) * 12 + last % 100 - first % 100 + 1


def _month(text: str | None) -> int | None:
    if not text:
        return None
    year, _, month = text.partition("-")
    if not (year.isdigit() and month.isdigit() and len(year) == 4 and 1 <= int(month) <= 12):
        raise BadScope("月份请写成“2026-10”这样。")
    return int(year) * 100 + int(month)
