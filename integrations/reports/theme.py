"""每月一题: a month's theme with its two or three problems, who leads each, and how far they are."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import CHANGE, SHARE, TEXT, Column, Report, change, share
from integrations.reports.scope import Scope
from integrations.status import Status
from intents.extraction.follow_up import YES

ENDED = (Status.RESOLVED, Status.CLOSED)
COLUMNS = (
    Column("number", "序号"),
    Column("name", "问题", TEXT),
    Column("lead_unit", "主责单位", TEXT),
    Column("count", "工单数"),
    Column("change", "环比", CHANGE),
    Column("open", "在办"),
    Column("late", "超期办结"),
    Column("ended", "已办结"),
    Column("progress", "办结率", SHARE),
    Column("reopened", "重新办理"),
    Column("confirmed", "市民确认解决"),
    Column("solved_share", "确认解决率", SHARE),
)


def theme(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """The theme of the period's last month: the twelve follow each other through the year."""
    scope = scope.without("topic")
    number = scope.last % 100
    topics = [topic for topic in city.catalog.common_numbered() if topic.theme == number]
    ours = {topic.id: Counter[str]() for topic in topics}
    only = replace(scope, topics=tuple(ours))
    by = (FactRow.topic, FactRow.status, FactRow.open, FactRow.late, FactRow.reopens, FactRow.solved)
    for (topic, status, open_, late, reopens, solved), count in counted(session, only, *by).items():
        told = {
            "tickets": True, "open": open_, "late": late, "reopened": reopens > 0, "ended": status in ENDED,
            "confirmed": solved == YES, "answered": solved is not None,
        }  # fmt: skip
        ours[topic].update({name: count for name, holds in told.items() if holds})
    before = counted(session, only.earlier(), FactRow.topic)
    rows: list[dict[str, Any]] = []
    for topic in topics:
        row = ours[topic.id]
        count = row["tickets"]
        rows.append(
            {
                "number": topic.number,
                "name": topic.name,
                "lead_unit": city.lead_units.get(topic.id, ""),
                "count": count,
                "change": change(count, before.get(topic.id, 0)),
                **{key: row[key] for key in ("open", "late", "ended", "reopened", "confirmed")},
                "progress": share(row["ended"], count),
                "solved_share": share(row["confirmed"], row["answered"]),
            }
        )
    total = sum(row["count"] for row in rows)
    summary = {
        "主题": f"{number}月：{city.catalog.themes[number]}",
        "工单数": total,
        "办结率": share(sum(row["ended"] for row in rows), total),
    }
    notes = ("主题的分组按原文顺序推定，主责单位以配置为准。",)
    return Report("theme", "每月一题", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary, notes)
