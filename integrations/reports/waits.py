"""How long citizens waited for a person, from the queue's own rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Float, cast, extract, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from integrations.escalation_tables import EscalationRow

OPERATORS_WISH = "operator"
"""Reason of an escalation that nobody asked for: an operator stepped in."""


def waits(session: Session, start: datetime, end: datetime) -> Mapping[str, Any]:
    """Conversations that went to a person between two moments, the median seconds until one took them, and those that none took."""
    within = (EscalationRow.asked_at >= start, EscalationRow.asked_at < end)
    people = session.scalar(select(func.count(func.distinct(EscalationRow.conversation_id))).where(*within)) or 0
    taken = (*within, EscalationRow.taken_at.is_not(None), EscalationRow.reason != OPERATORS_WISH)
    many = session.scalar(select(func.count()).where(*taken)) or 0
    seconds = _seconds(session)
    median = (
        session.scalar(select(seconds).where(*taken).order_by(seconds).offset(many // 2).limit(1)) if many else None
    )
    ended = (*within, EscalationRow.taken_at.is_(None), EscalationRow.ended_at.is_not(None))
    given_up = session.scalar(select(func.count()).where(*ended)) or 0
    return {"with_person": people, "wait": None if median is None else round(float(median)), "given_up": given_up}


def _seconds(session: Session) -> ColumnElement[float]:
    """From asking to being taken; the two databases reckon with moments differently."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(extract("epoch", EscalationRow.taken_at - EscalationRow.asked_at), Float)
    return (func.julianday(EscalationRow.taken_at) - func.julianday(EscalationRow.asked_at)) * 86400.0
