"""Reads the catalog's YAML and refuses what would only fail in front of a citizen."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from intents.catalog.model import Catalog, Field, FieldKind, Topic

QUESTION_LIMIT = 50
"""Characters: what an old person still holds in mind when it is read aloud."""


class CatalogError(ValueError):
    """The catalog's files contradict themselves; the message names the topic and the field."""


def _yaml(name: str) -> Any:
    return yaml.safe_load((files("intents.catalog") / name).read_text(encoding="utf-8"))


def _options(raw: Any, cues: Mapping[str, list[str]] | None) -> Mapping[str, tuple[str, ...]]:
    cues = cues or {}
    return MappingProxyType({str(option): tuple(cues.get(str(option), ())) for option in raw or ()})


def _field(
    name: str, raw: Mapping[str, Any], *, required: bool, options: Any, cues: Any, implied: Any, where: str
) -> Field:
    question = raw["question"]
    again = raw.get("again", question)
    phone = raw.get("phone", question)
    phone_again = raw.get("phone_again", again if "again" in raw else phone)
    for text in (question, again, phone, phone_again):
        if len(text) > QUESTION_LIMIT:
            raise CatalogError(f"{where}.{name}: a question of {len(text)} characters, at most {QUESTION_LIMIT}")
    return Field(
        name=name,
        label=raw["label"],
        kind=FieldKind(raw["kind"]),
        question=question,
        again=again,
        phone=phone,
        phone_again=phone_again,
        why=raw["why"],
        examples=tuple(map(str, raw["examples"])),
        required=required,
        options=_options(options or raw.get("options"), cues),
        implied=_options(implied, implied),
    )


def _topic(
    topic_id: str, raw: Mapping[str, Any], common: list[str], base: Mapping[str, Any], cues: Mapping[str, Any]
) -> Topic:
    own = [entry.rstrip("*") for entry in raw["fields"]]
    # Contact details come last, whatever a topic adds, and the description first: it is usually already there.
    names = [
        "description*",
        *raw["fields"],
        *(c for c in common if c.rstrip("*") not in {*own, "description"}),
    ]
    asks, options, phone = raw.get("ask", {}), raw.get("options", {}), raw.get("phone", {})
    for name in (*asks, *options, *phone):
        if name not in own:
            raise CatalogError(f"{topic_id}: words a field that it does not have: {name}")
    fields: dict[str, Field] = {}
    for entry in names:
        name = entry.rstrip("*")
        if name not in base:
            raise CatalogError(f"{topic_id}: unknown field {name}")
        worded = dict(base[name])
        if name in asks:
            # A topic's own question is said on the telephone too, unless it has a wording of its own there.
            worded = {key: words for key, words in worded.items() if key != "phone"} | {"question": asks[name]}
        if name in phone:
            worded["phone"] = phone[name]
        if name in options:
            # A field in free words elsewhere is a choice where a topic lists its values (退费 or 继续服务).
            worded["kind"] = FieldKind.CHOICE
        fields[name] = _field(
            name,
            worded,
            required=entry.endswith("*"),
            options=options.get(name),
            cues=cues.get(f"{topic_id}.{name}", cues.get(name)),
            implied=cues["implied"].get(name),
            where=topic_id,
        )
        if fields[name].kind is FieldKind.CHOICE and not fields[name].options:
            raise CatalogError(f"{topic_id}.{name}: a choice without options")
    return Topic(
        id=topic_id,
        name=raw["name"],
        short=raw["short"],
        number=raw.get("number"),
        theme=raw.get("theme"),
        fields=MappingProxyType(fields),
    )


@lru_cache(maxsize=1)
def load_catalog() -> Catalog:
    """The catalog, read once. CatalogError names what is wrong in its files."""
    base, raw, themes, cues = _yaml("fields.yml"), _yaml("topics.yml"), _yaml("themes.yml"), _yaml("cues.yml")
    topics = {topic_id: _topic(topic_id, entry, raw["common"], base, cues) for topic_id, entry in raw["topics"].items()}
    fields = {
        name: _field(
            name,
            entry,
            required=False,
            options=None,
            cues=cues.get(name),
            implied=cues["implied"].get(name),
            where="fields",
        )
        for name, entry in base.items()
    }
    return Catalog(MappingProxyType(topics), MappingProxyType(fields), MappingProxyType(themes))
