"""每月一题: a month's theme with its two or three problems, who leads each, and how far they are."""

from datetime import datetime

from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted, number_of, sums
from integrations.reports.report import CHANGE, SHARE, TEXT, Column, Report, change, share
from integrations.reports.scope import Scope
from integrations.status import Status
from intents.extraction.follow_up import NO, PARTLY, YES

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
    wanted = {row["topic"]: row for row in sums(
        session, scope, (FactRow.topic,),
        open=number_of(FactRow.open), late=number_of(FactRow.late), reopened=number_of(FactRow.reopens > 0),
        ended=number_of(FactRow.status.in_((Status.RESOLVED, Status.CLOSED))), confirmed=number_of(FactRow.solved == YES),
        answered=number_of(FactRow.solved.in_((YES, PARTLY, NO))),
    ) if row["topic"] in {topic.id for topic in topics}}  # fmt: skip
    before = counted(session, scope.earlier(), FactRow.topic)
    rows = []
    for topic in topics:
        row = wanted.get(topic.id, {})
        count = row.get("tickets", 0)
        rows.append(
            {
                "number": topic.number,
                "name": topic.name,
                "lead_unit": city.lead_units.get(topic.id, ""),
                "count": count,
                "change": change(count, before.get(topic.id, 0)),
                **{key: row.get(key, 0) for key in ("open", "late", "ended", "reopened", "confirmed")},
                "progress": share(row.get("ended", 0), count),
                "solved_share": share(row.get("confirmed", 0), row.get("answered", 0)),
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
