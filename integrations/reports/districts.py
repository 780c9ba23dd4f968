"""Each district's own list: the 27 and what it has added (27+X), side by side for the city or one by one for a district."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import CHANGE, SHARE, TEXT, Column, Report, change, share
from integrations.reports.scope import Scope

COLUMNS = (
    Column("district", "所在区", TEXT),
    Column("number", "序号"),
    Column("topic", "类别编号", TEXT),
    Column("name", "问题", TEXT),
    Column("own", "本区新增", TEXT),
    Column("count", "工单数"),
    Column("share", "占本区比例", SHARE),
    Column("before", "上期"),
    Column("change", "环比", CHANGE),
)


def districts(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """Every problem of every district's list, or of one."""
    by = (FactRow.topic, FactRow.district)
    now_, before = counted(session, scope, *by), counted(session, scope.earlier(), *by)
    totals: dict[Any, int] = {}
    for (_, district), count in now_.items():
        totals[district] = totals.get(district, 0) + count
    chosen = scope.filters.get("district")
    rows: list[dict[str, Any]] = []
    for district in [chosen] if chosen else city.districts:
        added = city.overlays.get(district, ())
        for topic in city.listed(district):
            key = (topic.id, district)
            count = now_.get(key, 0)
            rows.append(
                {
                    "district": district,
                    "number": topic.number,
                    "topic": topic.id,
                    "name": topic.name,
                    "own": "是" if topic.id in added else "",
                    "count": count,
                    "share": share(count, totals.get(district, 0)),
                    "before": before.get(key, 0),
                    "change": change(count, before.get(key, 0)),
                }
            )
    lists = {district: len(city.listed(district)) for district in ([chosen] if chosen else city.overlays)}
    summary = {"工单总数": sum(totals.values()), **{f"{district}清单": f"{n}项" for district, n in lists.items()}}
    return Report("districts", "各区问题清单（27+X）", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary)  # fmt: skip
