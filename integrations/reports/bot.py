"""The dialog's own figures: what it managed alone, in how many turns, and how often it had to be told again."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.reports.city import City
from integrations.reports.counting import counted
from integrations.reports.report import SHARE, TEXT, Column, Report, month_text, share
from integrations.reports.scope import Scope, before, months_between
from integrations.tables import ConversationRow
from integrations.zone import BEIJING

COLUMNS = (
    Column("month", "月份", TEXT),
    Column("conversations", "会话"),
    Column("with_person", "转人工"),
    Column("containment", "独立完成率", SHARE),
    Column("tickets", "工单数"),
    Column("turns", "每单轮数"),
    Column("corrected", "每单更正项"),
    Column("corrected_share", "有更正的工单", SHARE),
    Column("missed", "每单没听懂"),
    Column("missed_share", "有没听懂的工单", SHARE),
    Column("wait", "等人工（秒，中位数）"),
    Column("given_up", "没等到人工"),
)
MACHINES = ("open311",)
"""Channels in which nobody talks to the dialog."""

Waits = Callable[[Session, datetime, datetime], Mapping[str, Any]]
"""From one moment to another: {"with_person": conversations that went to a person, "wait": median seconds or None, "given_up"}."""


def no_waits(session: Session, start: datetime, end: datetime) -> Mapping[str, Any]:
    """Where there is no queue for a person."""
    return {"with_person": 0, "wait": None, "given_up": 0}


def bot(session: Session, city: City, scope: Scope, now: datetime, waits: Waits = no_waits) -> Report:
    """One row a month."""
    scope = scope.without("district", "topic", "lead_unit", "type")
    talk: dict[int, Counter[str]] = {}
    by = (FactRow.month, FactRow.turns, FactRow.corrected, FactRow.missed)
    for (month, turns, corrected, missed), count in counted(session, scope, *by).items():
        told = talk.setdefault(month, Counter())
        told["tickets"] += count
        # Nothing was said for a ticket that another program has filed.
        told.update(
            counted=count * (turns > 0), turns=turns * count, corrected=corrected * count, missed=missed * count
        )
        told.update(corrected_some=count * (corrected > 0), missed_some=count * (missed > 0))
    rows = [_row(session, scope, month, talk.get(month, Counter()), waits) for month in _months(scope)]
    conversations, with_person = sum(r["conversations"] for r in rows), sum(r["with_person"] for r in rows)
    summary = {
        "会话": conversations,
        "独立完成率": share(conversations - with_person, conversations),
        "工单数": sum(row["tickets"] for row in rows),
    }
    notes = ("独立完成：整段会话没有转到人工。开放接口报来的工单不算会话。",)
    return Report("bot", "机器人表现", (scope.first, scope.last), scope.filters, COLUMNS, rows, now, summary, notes)


def _row(session: Session, scope: Scope, month: int, told: Counter[str], waits: Waits) -> dict[str, Any]:
    start, end = _bounds(month)
    query = select(func.count()).where(
        ConversationRow.created_at >= start, ConversationRow.created_at < end, ConversationRow.last_turn > 0,
        ConversationRow.channel.not_in(MACHINES),
    )  # fmt: skip
    if "channel" in scope.filters:
        query = query.where(ConversationRow.channel == scope.filters["channel"])
    conversations = session.scalar(query) or 0
    people = waits(session, start, end)
    many = told["counted"]
    return {
        "month": month_text(month),
        "conversations": conversations,
        "with_person": people["with_person"],
        "containment": share(conversations - people["with_person"], conversations),
        "tickets": told["tickets"],
        **{key: round(told[key] / many, 2) if many else None for key in ("turns", "corrected", "missed")},
        "corrected_share": share(told["corrected_some"], many),
        "missed_share": share(told["missed_some"], many),
        "wait": people["wait"],
        "given_up": people["given_up"],
    }


def _months(scope: Scope) -> list[int]:
    return [before(scope.last, n) for n in reversed(range(months_between(scope.first, scope.last)))]


def _bounds(month: int) -> tuple[datetime, datetime]:
    following = before(month, -1)
    start, end = (datetime(m // 100, m % 100, 1, tzinfo=BEIJING) for m in (month, following))
    return start, end
