"""What lies with whom: open, soon due and overdue by unit, and how often a unit was late."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted
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
    current: dict[str, Counter[str]] = {}
    overdue, soon = FactRow.due_at < now, FactRow.due_at.between(now, now + SOON)
    query = select(FactRow.lead_unit, overdue, soon, func.count()).where(FactRow.open.is_(True), *scope.filtered())
    for unit, late, near, count in session.execute(query.group_by(FactRow.lead_unit, overdue, soon)):
        told = {"open": True, "overdue": late, "soon": near}
        current.setdefault(unit, Counter()).update({name: count for name, holds in told.items() if holds})
    period: dict[str, Counter[str]] = {}
    for (unit, open_, late), count in counted(session, scope, FactRow.lead_unit, FactRow.open, FactRow.late).items():
        told = {"filed": True, "ended": not open_, "late": late}
        period.setdefault(unit, Counter()).update({name: count for name, holds in told.items() if holds})
    rows: list[dict[str, Any]] = []
    for unit in {*current, *period}:
        filed, here = period.get(unit, Counter()), current.get(unit, Counter())
        rows.append(
            {
                "unit": unit,
                "count": filed["filed"],
                "ended": filed["ended"],
                "late": filed["late"],
                "on_time": share(filed["ended"] - filed["late"], filed["ended"]),
                "open": here["open"],
                "soon": here["soon"],
                "overdue": here["overdue"],
                "overdue_share": share(here["overdue"], here["open"]),
            }
        )
    rows.sort(key=lambda row: (-row["overdue"], -row["open"], row["unit"]))
    summary = {name: sum(row[key] for row in rows) for name, key in (("在办", "open"), ("24小时内到期", "soon"), ("已经超期", "overdue"))}  # fmt: skip
    return Report("units", "各单位在办与超期", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary)
