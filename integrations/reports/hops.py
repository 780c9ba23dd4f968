"""首接负责: how often the first unit passed a ticket on, and how often what it called done was not."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import SHARE, TEXT, Column, Report, share
from integrations.reports.scope import Scope

COLUMNS = (
    Column("unit", "主办单位", TEXT),
    Column("count", "工单数"),
    Column("kept", "首接未转"),
    Column("kept_share", "首接负责率", SHARE),
    Column("once", "转派一次"),
    Column("more", "转派两次以上"),
    Column("returns", "转派总次数"),
    Column("most", "最多转派"),
    Column("reopened", "重新办理"),
)

COUNTED = ("count", "kept", "once", "more", "returns", "most", "reopened")


def hops(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row a unit, the one that passed on most first."""
    scope = scope.without("channel", "type")
    units: dict[str, Counter[str]] = {}
    for (unit, returns, reopens), count in counted(
        session, scope, FactRow.lead_unit, FactRow.returns, FactRow.reopens
    ).items():
        told = units.setdefault(unit, Counter())
        told["count"] += count
        told["kept" if not returns else "once" if returns == 1 else "more"] += count
        told["returns"] += returns * count
        told["most"] = max(told["most"], returns)
        told["reopened"] += count if reopens else 0
    rows: list[dict[str, Any]] = [
        {"unit": unit, "kept_share": share(told["kept"], told["count"]), **{key: told[key] for key in COUNTED}}
        for unit, told in sorted(units.items(), key=lambda one: (-one[1]["returns"], one[0]))
    ]
    total, kept = sum(row["count"] for row in rows), sum(row["kept"] for row in rows)
    summary = {"首接负责率": share(kept, total), "转派总次数": sum(row["returns"] for row in rows)}
    return Report("hops", "首接负责与转派", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary)
