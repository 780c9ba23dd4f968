"""Counting facts by columns: the one query under most reports."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from integrations.facts import FactRow
from integrations.reports.scope import Scope


def counted(session: Session, scope: Scope, *by: InstrumentedAttribute[Any]) -> dict[Any, int]:
    """How many tickets for each value (a tuple for several columns)."""
    rows = session.execute(select(*by, func.count()).where(*scope.where()).group_by(*by))
    return {(row[0] if len(by) == 1 else tuple(row[:-1])): row[-1] for row in rows}


def sums(
    session: Session, scope: Scope, by: Sequence[InstrumentedAttribute[Any]], **wanted: ColumnElement[Any]
) -> list[dict[str, Any]]:
    """One row for each value of `by`, with the number of tickets and these aggregates."""
    query = select(*by, func.count().label("tickets"), *(what.label(name) for name, what in wanted.items()))
    return [dict(row._mapping) for row in session.execute(query.where(*scope.where()).group_by(*by))]


def number_of(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ColumnElement[int]:
    """How many tickets this holds for."""
    return func.coalesce(
        func.sum(
            case((condition.is_(True) if isinstance(condition, InstrumentedAttribute) else condition, 1), else_=0)
        ),
        0,
        type_=Integer,
    )


__all__ = ["FactRow", "counted", "number_of", "sums"]
