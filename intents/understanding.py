"""Everything that one message says: topic, type, fields. The dialog and `jiesu understand` both ask here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intents.catalog import Catalog, FieldKind
from intents.classifier import Classifier, Guess
from intents.extraction import extract
from intents.extraction.fields import FACTS
from intents.found import Found
from intents.gazetteer import find_places

SURE = 0.8
"""Above this the topic is taken as said; measured, at least 95 % of such guesses are right."""

LIKELY = 0.1
"""Below this a topic is not worth offering."""

OFFERED = 3
"""Topics offered at most when none is sure."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The fields found in a text; `districts` holds the candidates of a place name that stands in several."""

    fields: dict[str, Found]
    districts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a first message says."""

    type: Guess
    topics: Sequence[Guess]
    reading: Reading


def read_fields(
    text: str,
    now: datetime,
    catalog: Catalog,
    topic_id: str | None = None,
    asked: str | None = None,
    *,
    facts: bool = False,
) -> Reading:
    """Every field of the topic that the text holds; `asked` is the field that the text may be a bare answer to.

    With `facts`, also amounts and numbers that the topic has no field for.
    """
    kind = catalog.field(asked, topic_id).kind if asked is not None and asked in catalog.fields else None
    where = {
        FieldKind.PLACE: "place",
        FieldKind.DISTRICT: "district",
        FieldKind.ESTATE: "estate",
        FieldKind.VILLAGE: "village",
    }
    places = find_places(text, asked=where.get(kind) if kind else None)
    fields = dict(extract(text, now=now, topic=topic_id, asked=asked))
    for name in ("district", "street", "place", "estate", "village"):
        found: Found | None = getattr(places, name)
        if found is not None:
            fields[name] = found
    topic = catalog.topics.get(topic_id or "")
    if topic is not None:
        for name in ("estate", "village"):
            # A topic that asks for the estate takes any place for it: 望京西园四区 is one, whatever its ending.
            if name in topic.required and name not in fields and "place" in fields:
                fields[name] = fields["place"]
        fields = {name: found for name, found in fields.items() if name in topic.fields or (facts and name in FACTS)}
    return Reading(fields, tuple(places.ambiguous) if "district" not in fields else ())


def understand(text: str, now: datetime, catalog: Catalog, classifier: Classifier) -> Understanding:
    """A first message, with nothing known before it."""
    topics = classifier.topics(text)
    return Understanding(
        classifier.types(text)[0], topics, read_fields(text, now, catalog, topics[0].label, facts=True)
    )
