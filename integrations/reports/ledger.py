"""A district's ledger (台账) of one problem by its kinds: Haidian's charging piles, and whatever else a district's file names."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import SHARE, TEXT, Column, Report, share
from integrations.reports.scope import BadScope, Scope
from integrations.status import Status

COLUMNS = (
    Column("district", "所在区", TEXT),
    Column("name", "问题", TEXT),
    Column("kind", "情形", TEXT),
    Column("count", "工单数"),
    Column("share", "占比", SHARE),
    Column("open", "在办"),
    Column("ended", "已办结"),
    Column("progress", "办结率", SHARE),
)
NOT_SAID = "未说明"
ENDED = (Status.RESOLVED, Status.CLOSED)


def ledger(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row a kind, in the catalog's order; those who did not say last. BadScope for a district that keeps none."""
    chosen = scope.filters.get("district")
    if chosen and chosen not in city.ledgers:
        raise BadScope(f"{chosen}没有台账；有台账的：{'、'.join(city.ledgers)}。")
    rows: list[dict[str, Any]] = []
    for district in [chosen] if chosen else city.ledgers:
        for topic, field in city.ledgers[district].items():
            one = Scope(scope.first, scope.last, {**scope.filters, "district": district, "topic": topic})
            found: dict[str, Counter[str]] = {}
            for (kind, open_, status), count in counted(
                session, one, FactRow.kind, FactRow.open, FactRow.status
            ).items():
                told = {"count": True, "open": open_, "ended": status in ENDED}
                found.setdefault(kind or NOT_SAID, Counter()).update({n: count for n, holds in told.items() if holds})
            total = sum(row["count"] for row in found.values())
            kinds = [*city.catalog.field(field, topic).options]
            for kind in [*kinds, *(k for k in found if k not in kinds)]:
                row = found.get(kind, Counter())
                rows.append(
                    {
                        "district": district,
                        "name": city.name(topic),
                        "kind": kind,
                        "count": row["count"],
                        "share": share(row["count"], total),
                        "open": row["open"],
                        "ended": row["ended"],
                        "progress": share(row["ended"], row["count"]),
                    }
                )
    summary = {"合计": sum(row["count"] for row in rows), "在办": sum(row["open"] for row in rows)}
    return Report("ledger", "区级台账", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary)
