"""The same person again, and many people about the same: repeats, and group cases of at least three people."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.groups import LEAST, about_name, person
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import MONEY, TEXT, Column, Report, share
from integrations.reports.scope import Scope
from integrations.tables import TicketRow

MONTHS = 3
"""A group case is of these days: of a longer period its last months count."""

SHOWN = 100
LOOKED_AT = 120
"""Most complained of first; of these it is counted how many people they are."""

COLUMNS = (
    Column("topic", "类别编号", TEXT),
    Column("name", "类别", TEXT),
    Column("whom", "涉及对象", TEXT),
    Column("district", "所在区", TEXT),
    Column("people", "人数"),
    Column("count", "工单数"),
    Column("loss", "涉及金额（元）", MONEY),
)


def groups(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row a group case, the most people first. Who they are is in no column: what fewer than three say is in no row."""
    scope = scope.without("channel", "type", "lead_unit").latest(MONTHS)
    keys = session.scalars(
        select(FactRow.about)
        .where(*scope.where(), FactRow.about.is_not(None))
        .group_by(FactRow.about)
        .having(func.count() >= LEAST)
        .order_by(func.count().desc(), FactRow.about)
        .limit(LOOKED_AT)
    ).all()
    people = func.count(func.distinct(person()))
    query = (
        select(
            FactRow.about,
            FactRow.topic,
            func.max(FactRow.district),
            people,
            func.count(),
            func.sum(FactRow.loss),
        )
        .join(TicketRow, TicketRow.number == FactRow.number)
        .where(FactRow.about.in_(keys), *scope.where())
        .group_by(FactRow.about, FactRow.topic)
        .having(people >= LEAST)
        .order_by(people.desc(), FactRow.about)
        .limit(SHOWN)
    )
    rows: list[dict[str, Any]] = [
        {
            "topic": topic,
            "name": city.name(topic),
            "whom": about_name(about or ""),
            "district": district,
            "people": many,
            "count": count,
            "loss": round(loss or 0),
        }
        for about, topic, district, many, count, loss in session.execute(query)
    ]
    repeated = counted(session, scope, FactRow.repeated)
    summary = {
        "群体诉求": len(rows),
        "涉及人数": sum(row["people"] for row in rows),
        "重复反映工单": repeated.get(True, 0),
        "重复反映占比": share(repeated.get(True, 0), sum(repeated.values())),
    }
    notes = (f"至少{LEAST}位不同市民反映同一对象才列出，按期末{MONTHS}个月算；最多列{SHOWN}项。",)
    return Report("groups", "重复反映与群体诉求", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary, notes)  # fmt: skip
