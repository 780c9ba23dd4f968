"""首接负责: how often the first unit passed a ticket on, and how often what it called done was not."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import number_of, sums
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


def hops(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row a unit, the one that passed on most first."""
    scope = scope.without("channel", "type")
    found = sums(
        session, scope, (FactRow.lead_unit,), once=number_of(FactRow.returns == 1), more=number_of(FactRow.returns > 1),
        returns=func.sum(FactRow.returns), most=func.max(FactRow.returns), reopened=number_of(FactRow.reopens > 0),
    )  # fmt: skip
    rows = []
    for row in sorted(found, key=lambda row: (-row["returns"], row["lead_unit"])):
        kept = row["tickets"] - row["once"] - row["more"]
        rows.append({"unit": row["lead_unit"], "count": row["tickets"], "kept": kept, "kept_share": share(kept, row["tickets"]), **{k: int(row[k]) for k in ("once", "more", "returns", "most", "reopened")}})  # fmt: skip
    total, kept = sum(row["count"] for row in rows), sum(row["kept"] for row in rows)
    summary = {"首接负责率": share(kept, total), "转派总次数": sum(row["returns"] for row in rows)}
    return Report("hops", "首接负责与转派", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary)
