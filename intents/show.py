"""Values as a citizen reads them."""

from typing import Any

from intents.catalog import Field, FieldKind


def show(value: Any, kind: FieldKind) -> str:
    """A field's value in plain Chinese: 12000 → 12000元, True → 有, "2025-03" → 2025年3月."""
    if value is None:
        return "未填"
    if kind is FieldKind.AMOUNT:
        return f"{value:g}元" if isinstance(value, float) else f"{value}元"
    if kind is FieldKind.COUNT:
        return f"{value}人"
    if kind is FieldKind.YEAR:
        return f"{value}年"
    if kind is FieldKind.BOOLEAN:
        return "有" if value else "没有"
    if kind is FieldKind.DATE:
        return _date(str(value))
    if kind is FieldKind.PERIOD:
        return "至".join(_date(part) for part in str(value).split("/"))
    return str(value)


def fact(value: Any, field: Field) -> str:
    """A value that says by itself what it is of: 3680元, but 没有合同 instead of 没有."""
    if field.kind is FieldKind.BOOLEAN:
        return show(value, field.kind) + field.label.removeprefix("有没有")
    return show(value, field.kind)


def _date(value: str) -> str:
    day, _, clock = value.partition("T")
    parts = day.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return value
    words = "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False))
    return f"{words}{clock}" if clock else words
