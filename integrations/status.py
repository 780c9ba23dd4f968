"""A ticket's statuses: which there are, which may follow which, and what the citizen is told."""

from datetime import datetime, timedelta
from enum import StrEnum

from integrations.numbers import grouped
from integrations.ticket import Step, Ticket
from integrations.zone import BEIJING


class Status(StrEnum):
    """submitted → accepted → dispatched → in_progress → resolved → closed, and the side roads."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETURNED = "returned"
    CANCELLED = "cancelled"


S = Status
CHINESE = {
    S.SUBMITTED: "已提交",
    S.ACCEPTED: "已受理",
    S.DISPATCHED: "已派单",
    S.IN_PROGRESS: "办理中",
    S.RESOLVED: "已办结",
    S.CLOSED: "已结案",
    S.REOPENED: "重新办理",
    S.RETURNED: "已退回",
    S.CANCELLED: "已撤销",
}
OVER = (S.RESOLVED, S.CLOSED, S.CANCELLED)
"""Nothing more is done about it, unless it is reopened."""

FOLLOWS = {
    S.SUBMITTED: {S.ACCEPTED, S.RETURNED, S.CANCELLED},
    S.ACCEPTED: {S.DISPATCHED, S.RETURNED, S.CANCELLED},
    S.DISPATCHED: {S.IN_PROGRESS, S.RESOLVED, S.RETURNED, S.CANCELLED},
    S.IN_PROGRESS: {S.RESOLVED, S.RETURNED, S.CANCELLED},
    S.RESOLVED: {S.CLOSED, S.REOPENED},
    S.CLOSED: {S.REOPENED},
    S.REOPENED: {S.DISPATCHED, S.IN_PROGRESS, S.RESOLVED, S.CANCELLED},
    S.RETURNED: {S.ACCEPTED, S.DISPATCHED, S.CANCELLED},
    S.CANCELLED: set(),
}


def steps_between(now: Status, wanted: Status) -> list[Status]:
    """The shortest way from one status to another, the last one included; empty when there is none, or it is there already.

    No way leads through what the citizen would have to be told (returned, cancelled, solved): what only goes back stays where it is.
    """
    barred = {Status.RETURNED, Status.CANCELLED}
    if wanted not in (Status.CLOSED, Status.REOPENED):
        barred.add(Status.RESOLVED)
    ways: list[list[Status]] = [[now]]
    seen = {now}
    while ways:
        way = ways.pop(0)
        if way[-1] == wanted:
            return way[1:]
        # In the order of the ticket's life, so that the usual way is found first.
        for step in (s for s in Status if s in FOLLOWS[way[-1]] and s not in seen and (s == wanted or s not in barred)):
            seen.add(step)
            ways.append([*way, step])
    return []


class InvalidMove(ValueError):
    """A step that the ticket cannot take; the message names those it can."""

    def __init__(self, now: Status, wanted: Status) -> None:
        possible = ", ".join(sorted(FOLLOWS[now])) or "nothing"
        super().__init__(f"a ticket that is {now} cannot become {wanted}; possible: {possible}")


def day(moment: datetime) -> str:
    """A date as it is said: 11月30日."""
    return f"{moment.astimezone(BEIJING):%-m月%-d日}"


def due(created_at: datetime, due_at: datetime) -> str:
    """A deadline as it is said: the day, and the hour too when it is near."""
    near = due_at - created_at <= timedelta(days=2)
    return f"{due_at.astimezone(BEIJING):%-m月%-d日%-H点}" if near else day(due_at)


def announcement(step: Step, before: str | None, ticket: Ticket) -> str:
    """The sentence that tells a citizen of a step; `before` is the status that it came from."""
    status, note = Status(step.status), _sentence(step.note)
    if note and step.status == before:
        return f"您的工单有新情况：{note}"
    latest = due(ticket.created_at, ticket.due_at)
    local = next((unit for unit in ticket.co_units if unit.endswith(("街道", "镇", "乡", "区政府", "地区"))), None)
    unit = local or ticket.lead_unit
    told = {
        S.SUBMITTED: f"您的工单已提交，工单号是 {grouped(ticket.number)}，最晚{latest}回复。",
        S.ACCEPTED: f"您的工单已受理，最晚{latest}回复。",
        # 双重派单: the street and the authority have it at once, and the authority leads.
        S.DISPATCHED: f"已派给{unit}，最晚{latest}回复。"
        + (f"同时派给{ticket.lead_unit}，由它牵头。" if local else ""),
        S.IN_PROGRESS: f"{unit}正在办理。",
        S.RESOLVED: "办理单位说已经办好了。",
        S.CLOSED: "您的工单已结案，谢谢您的反映。",
        S.REOPENED: "已为您重新办理，工单号不变。",
        S.RETURNED: "工单被退回，我们会重新派单。",
        S.CANCELLED: "您的工单已撤销。",
    }[status]
    return told + note + ("过后我来问问您解决了没有。" if status is S.RESOLVED else "")


def progress(ticket: Ticket) -> str:
    """How a ticket is doing, in one breath."""
    status = Status(ticket.status)
    told = [step.note for step in ticket.history if step.note and step.by != "citizen"]
    parts = [
        f"工单 {grouped(ticket.number)}（{ticket.finer_name or ticket.topic_name}）{CHINESE[status]}",
        f"{ticket.lead_unit}牵头",
    ]
    if status not in OVER:
        parts.append(f"最晚{due(ticket.created_at, ticket.due_at)}回复")
    return f"{'，'.join(parts)}。" + (f"最新情况：{_sentence(told[-1])}" if told else "")


def _sentence(note: str) -> str:
    """Somebody's note as a sentence of its own."""
    note = note.strip()
    return note if not note or note[-1] in "。！？!?…" else f"{note}。"
