"""Where it hurts: districts against topics, and within a district streets against topics."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import FEW, TEXT, Column, Report
from integrations.reports.scope import BadScope, Scope

NOT_SAID = "未说明"


def heat(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row a district, one column a topic."""
    found = _by_place(session, scope, FactRow.district)
    places = [*city.districts, *({district for district, _ in found} - set(city.districts) - {None}), None]
    rows = _matrix(found, places, city.all_topics(), 0)
    return _report("heat", "热力图：区 × 问题", "所在区", city, scope, now, rows)


def heat_streets(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row a street of the district in the filter; counts of very few are not shown. BadScope without a district."""
    district = scope.filters.get("district")
    if not district:
        raise BadScope("请先选一个区，再看街道。")
    found = _by_place(session, scope, FactRow.street)
    totals: dict[Any, int] = {}
    for (street, _), count in found.items():
        totals[street] = totals.get(street, 0) + count
    places = sorted((street for street in totals if street), key=lambda street: (-totals[street], street))
    rows = _matrix(found, [*places, None], city.all_topics(), city.small)
    notes = (f"少于{city.small}件的格子不显示具体数字，避免认出个人。",)
    return _report("heat_streets", f"热力图：{district}街道 × 问题", "街道（乡镇）", city, scope, now, rows, notes)


def _by_place(session: Session, scope: Scope, place: InstrumentedAttribute[Any]) -> dict[Any, int]:
    """(place, topic) → tickets."""
    return {(where, topic): n for (topic, where), n in counted(session, scope, FactRow.topic, place).items()}


def _matrix(found: dict[Any, int], places: Sequence[Any], topics: Sequence[str], small: int) -> list[dict[str, Any]]:
    """`total` counts every cell, shown or not, to the nearest ten where some are not: no hidden one can be reckoned back."""
    rows = []
    for place in places:
        counts = {topic: found.get((place, topic), 0) for topic in topics}
        total = sum(count for (where, _), count in found.items() if where == place)
        if not total:
            continue
        hidden = any(0 < count < small for count in counts.values())
        shown = {topic: FEW.format(small) if 0 < count < small else count for topic, count in counts.items()}
        rows.append({"place": place or NOT_SAID, "total": round(total, -1) if hidden else total, **shown})
    return rows


def _report(
    name: str,
    title: str,
    label: str,
    city: City,
    scope: Scope,
    now: datetime,
    rows: list[dict[str, Any]],
    notes: Sequence[str] = (),
) -> Report:
    columns = [Column("place", label, TEXT), *(Column(topic, city.name(topic)) for topic in city.all_topics()), Column("total", "合计")]  # fmt: skip
    summary = {
        "最多": rows and max(rows, key=lambda row: row["total"])["place"],
        "合计": sum(row["total"] for row in rows),
    }
    return Report(name, title, (scope.first, scope.last), scope.filters, columns, rows, now, summary, notes)
