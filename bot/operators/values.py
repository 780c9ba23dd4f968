"""What an operator types for a field, read as the field's kind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from intents.catalog import Catalog, Field, FieldKind
from intents.catalog.model import TYPES
from intents.extraction.answers import read_answer
from intents.gazetteer.index import load_gazetteer

TYPED = frozenset(
    {
        FieldKind.CHOICE,
        FieldKind.BOOLEAN,
        FieldKind.AMOUNT,
        FieldKind.COUNT,
        FieldKind.YEAR,
        FieldKind.DATE,
        FieldKind.PHONE,
    }
)
"""Kinds that must be read to be of use; any other field takes the words as they are."""

LONGEST = 4000


class BadValue(ValueError):
    """The text cannot be this field's value; the message says why, in Chinese, for the operator."""


def read_value(catalog: Catalog, topic: str | None, name: str, text: str, now: datetime) -> Any:
    """The value of a field, of `topic` or of `type`; None for an empty text. BadValue; KeyError for a field that does not exist."""
    said = text.strip()
    if name == "topic":
        return _one_of(said, {known.id: (known.id, known.name, known.short) for known in catalog.topics.values()})
    if name == "type":
        return _one_of(said, {known: (known,) for known in TYPES})
    spec = catalog.field(name, topic)
    if not said:
        return None
    if len(said) > LONGEST:
        raise BadValue(f"太长了，最多{LONGEST}字。")
    if spec.kind is FieldKind.DISTRICT:
        return _one_of(said, {known: (known, known.removesuffix("区")) for known in load_gazetteer().districts})
    if spec.kind not in TYPED:
        return said
    if spec.kind is FieldKind.CHOICE and said in spec.options:
        return said
    found = read_answer(said, spec.kind, now, spec.options)
    if found is None or found.value is None:
        raise BadValue(_help(spec))
    return found.value


def _one_of(said: str, names: Mapping[str, tuple[str, ...]]) -> str:
    for value, known in names.items():
        if said in known:
            return value
    raise BadValue("没有这个选项，请从列表里选。")


def _help(spec: Field) -> str:
    if spec.kind is FieldKind.CHOICE:
        return f"“{spec.label}”只能填：{'、'.join(spec.options)}。"
    return f"“{spec.label}”看不懂" + (f"，例如：{spec.examples[0]}。" if spec.examples else "，请换个写法。")
