"""Both sides of one ticket side by side: what the unit did, and what the citizen said and was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from integrations import followup_words as words
from integrations.database import Database
from integrations.desk import NoSuchTicket
from integrations.followup_tables import FollowUpAnswerRow, FollowUpRow
from integrations.status import CHINESE, Status
from integrations.tables import HistoryRow, TicketRow
from integrations.ticket import iso
from intents.extraction.follow_up import REMARK

CITIZEN, UNIT = "citizen", "unit"


@dataclass(frozen=True, slots=True, repr=False)
class Moment:
    """One line: `side` is citizen or unit; `what` says it in a few words, `words` are somebody's own."""

    at: datetime
    side: str
    what: str
    by: str
    words: str = ""
    recording: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For the console and its API."""
        shown = {"at": iso(self.at), "side": self.side, "what": self.what, "by": self.by, "words": self.words}
        return {**shown, "recording": self.recording}


def timelines(database: Database, number: str) -> dict[str, list[Moment]]:
    """{"citizen": […], "unit": […]}, each the oldest first. NoSuchTicket."""
    with database.reading() as session:
        if session.get(TicketRow, number) is None:
            raise NoSuchTicket
        steps = session.scalars(select(HistoryRow).where(HistoryRow.ticket == number).order_by(HistoryRow.seq)).all()
        follow_ups = session.scalars(select(FollowUpRow).where(FollowUpRow.ticket == number)).all()
        answers = session.scalars(
            select(FollowUpAnswerRow)
            .where(FollowUpAnswerRow.follow_up.in_([row.id for row in follow_ups]))
            .order_by(FollowUpAnswerRow.seq)
        ).all()
    found: dict[str, list[Moment]] = {CITIZEN: [], UNIT: []}
    before = None
    for step in steps:
        side = CITIZEN if step.by == "citizen" else UNIT
        what = CHINESE[Status(step.status)] if step.status != before else "补充说明"
        found[side].append(Moment(step.at, side, what, step.by, step.note))
        if side == UNIT and step.announced_at is not None:
            found[CITIZEN].append(Moment(step.announced_at, CITIZEN, f"已告知：{what}", "bot"))
        before = step.status
    for row in follow_ups:
        if row.asked_at is not None:
            found[CITIZEN].append(Moment(row.asked_at, CITIZEN, "回访", "bot"))
    for answer in answers:
        what = "补充" if answer.question == REMARK else words.SHOWN[answer.question].get(answer.value or "", "没有回答")
        found[CITIZEN].append(Moment(answer.at, CITIZEN, f"回访：{what}", "citizen", answer.raw, answer.recording))
    for lines in found.values():
        lines.sort(key=lambda line: line.at)
    return found
