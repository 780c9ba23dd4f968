"""A report: columns and rows, as JSON and as CSV that a spreadsheet opens without harm."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.ticket import iso

COUNT, SHARE, CHANGE, MONEY, TEXT = "count", "share", "change", "money", "text"
"""What a column holds: a whole number, a share of one, a change as a share of one, yuan, words."""

FEW = "<{}"
"""How a number that is too small to be shown is written."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in the rows, its Chinese name, what it holds."""

    key: str
    label: str
    holds: str = COUNT


@dataclass(frozen=True, slots=True)
class Report:
    """One table with what it is of. `summary` are its few main figures by their Chinese names; `notes` say what to know when reading it."""

    name: str
    title: str
    months: tuple[int, int]
    filters: Mapping[str, str]
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    made_at: datetime
    summary: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON; shares are fractions of one, months "2026-10"."""
        return {
            "name": self.name,
            "title": self.title,
            "from": month_text(self.months[0]),
            "to": month_text(self.months[1]),
            "filters": dict(self.filters),
            "made_at": iso(self.made_at),
            "columns": [{"key": c.key, "label": c.label, "holds": c.holds} for c in self.columns],
            "rows": [dict(row) for row in self.rows],
            "summary": dict(self.summary),
            "notes": list(self.notes),
        }

    def as_csv(self) -> str:
        """With a byte order mark, so that spreadsheets read the Chinese; no cell begins like a formula."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([column.label for column in self.columns])
        for row in self.rows:
            writer.writerow([_cell(row.get(column.key), column) for column in self.columns])
        return "\ufeff" + out.getvalue()


def _cell(value: Any, column: Column) -> str:
    if value is None:
        return ""
    if column.holds in (SHARE, CHANGE) and isinstance(value, int | float):
        return f"{value:.4f}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def share(part: float, whole: float) -> float | None:
    """A part of a whole; None when there is no whole."""
    return round(part / whole, 4) if whole else None


def change(now: int, before: int) -> float | None:
    """环比: the change as a share of the month before; None when there was nothing before."""
    return round((now - before) / before, 4) if before else None


def month_text(month: int) -> str:
    """202610 → "2026-10"."""
    return f"{month // 100}-{month % 100:02}"
