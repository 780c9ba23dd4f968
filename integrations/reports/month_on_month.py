"""环比: each of the 27+X against the month before; how many fell, and which by more than a tenth."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from integrations.facts import FactRow, month_of
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import CHANGE, TEXT, Column, Report, change
from integrations.reports.scope import Scope

MUCH = 0.10
COLUMNS = (
    Column("number", "序号"),
    Column("topic", "类别编号", TEXT),
    Column("name", "问题", TEXT),
    Column("count", "本期"),
    Column("before", "上期"),
    Column("difference", "增减"),
    Column("change", "环比", CHANGE),
    Column("trend", "走势", TEXT),
)
UNFINISHED = "本月还没有结束，和上月整月相比会偏低。"


def month_on_month(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row a problem, in the order of the list; districts' own last."""
    now_, before = counted(session, scope, FactRow.topic), counted(session, scope.earlier(), FactRow.topic)
    rows: list[dict[str, Any]] = []
    for topic in city.listed(scope.filters.get("district")):
        count, earlier = now_.get(topic.id, 0), before.get(topic.id, 0)
        rows.append(
            {
                "number": topic.number,
                "topic": topic.id,
                "name": topic.name,
                "count": count,
                "before": earlier,
                "difference": count - earlier,
                "change": change(count, earlier),
                "trend": trend(count, earlier),
            }
        )
    fell = [row for row in rows if row["trend"].startswith("下降")]
    much = [row["name"] for row in fell if row["change"] is not None and row["change"] < -MUCH]
    summary = {
        "问题数": len(rows),
        "下降": len(fell),
        "上升": sum(row["trend"].startswith("上升") for row in rows),
        "持平": sum(row["trend"] == "持平" for row in rows),
        "降幅超过10%": len(much),
        "降幅超过10%的问题": "、".join(much) or "无",
    }
    notes = (UNFINISHED,) if scope.last == month_of(now) else ()
    return Report("month_on_month", "27+X 问题环比", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary, notes)  # fmt: skip


def trend(count: int, earlier: int) -> str:
    """In words, so that no colour has to say it."""
    if count == earlier:
        return "持平"
    moved = change(count, earlier)
    much = moved is not None and abs(moved) > MUCH
    return ("上升" if count > earlier else "下降") + ("超过10%" if much else "")
