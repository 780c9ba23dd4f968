"""The ten most frequent categories with their shares."""

from datetime import datetime

from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import CHANGE, SHARE, TEXT, Column, Report, change, share
from integrations.reports.scope import Scope

MOST = 10
COLUMNS = (
    Column("rank", "名次"),
    Column("topic", "类别编号", TEXT),
    Column("name", "类别", TEXT),
    Column("count", "工单数"),
    Column("share", "占比", SHARE),
    Column("before", "上期"),
    Column("change", "环比", CHANGE),
)


def top(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """Ten rows, and one for all the rest."""
    now_, before = counted(session, scope, FactRow.topic), counted(session, scope.earlier(), FactRow.topic)
    total = sum(now_.values())
    order = sorted(now_, key=lambda topic: (-now_[topic], topic))
    rows = [
        {
            "rank": n,
            "topic": topic,
            "name": city.name(topic),
            "count": now_[topic],
            "share": share(now_[topic], total),
            "before": before.get(topic, 0),
            "change": change(now_[topic], before.get(topic, 0)),
        }
        for n, topic in enumerate(order[:MOST], 1)
    ]
    if rest := order[MOST:]:
        count, earlier = sum(now_[t] for t in rest), sum(before.get(t, 0) for t in rest)
        rows.append({"rank": None, "topic": None, "name": f"其余{len(rest)}类", "count": count, "share": share(count, total), "before": earlier, "change": change(count, earlier)})  # fmt: skip
    ten = sum(now_[topic] for topic in order[:MOST])
    summary = {"工单总数": total, "前十类合计": ten, "前十类占比": share(ten, total)}
    return Report("top", "十大高频诉求", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary)
