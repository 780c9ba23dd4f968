"""What lies with whom: open, soon due and overdue by unit, and how often a unit was late."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import number_of, sums
from integrations.reports.report import SHARE, TEXT, Column, Report, share
from integrations.reports.scope import Scope

SOON = timedelta(hours=24)
COLUMNS = (
    Column("unit", "主办单位", TEXT),
    Column("count", "期内收到"),
    Column("ended", "期内已办结"),
    Column("late", "其中超期办结"),
    Column("on_time", "按期办结率", SHARE),
    Column("open", "现在在办"),
    Column("soon", "24小时内到期"),
    Column("overdue", "已经超期"),
    Column("overdue_share", "在办超期率", SHARE),
)


def units(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row a unit, the most overdue first. What is open counts whenever it was filed."""
    scope = scope.without("channel", "type")
    query = select(
        FactRow.lead_unit,
        func.count().label("open"),
        number_of(FactRow.due_at < now).label("overdue"),
        number_of(FactRow.due_at.between(now, now + SOON)).label("soon"),
    ).where(FactRow.open.is_(True), *scope.filtered())
    current = {row.lead_unit: row for row in session.execute(query.group_by(FactRow.lead_unit))}
    period = {row["lead_unit"]: row for row in sums(
        session, scope, (FactRow.lead_unit,), ended=number_of(FactRow.open.is_(False)), late=number_of(FactRow.late)
    )}  # fmt: skip
    rows: list[dict[str, Any]] = []
    for unit in {*current, *period}:
        filed = period.get(unit, {"tickets": 0, "ended": 0, "late": 0})
        here = current.get(unit)
        still, overdue, soon = (here.open, here.overdue, here.soon) if here else (0, 0, 0)
        rows.append(
            {
                "unit": unit,
                "count": filed["tickets"],
                "ended": filed["ended"],
                "late": filed["late"],
                "on_time": share(filed["ended"] - filed["late"], filed["ended"]),
                "open": still,
                "soon": soon,
                "overdue": overdue,
                "overdue_share": share(overdue, still),
            }
        )
    rows.sort(key=lambda row: (-row["overdue"], -row["open"], row["unit"]))
    summary = {name: sum(row[key] for row in rows) for name, key in (("在办", "open"), ("24小时内到期", "soon"), ("已经超期", "overdue"))}  # fmt: skip
    return Report("units", "各单位在办与超期", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary)
