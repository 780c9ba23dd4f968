"""Everything that one message says: topic, type, fields. The dialog and `jiesu understand` both ask here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intents.catalog import Catalog, FieldKind
from intents.catalog.model import OTHER
from intents.classifier import Classifier, Guess
from intents.extraction import extract
from intents.extraction.beside import beside
from intents.extraction.fields import FACTS, LONGEST
from intents.extraction.name_shapes import BRANDS
from intents.extraction.names import behind_place
from intents.found import Found
from intents.gazetteer import PlaceFinding, find_places
from intents.gazetteer.homophones import Repair, repair
from intents.seen import Seen, see
from intents.tagger import Tagger
from intents.tagger.beside_rules import NAMES, facts_beside, kind_beside, place_beside

KNOWN_NAMES = tuple(name for name in (*BRANDS["merchant"], *BRANDS["platform"]) if len(name) > 2)
"""Names of merchants and platforms that are put right when misheard, besides the gazetteer's."""

SURE = 0.8
"""Above this the topic is taken as said; measured, at least 95 % of such guesses are right."""

LIKELY = 0.1
"""Below this a topic is not worth offering."""

OFFERED = 3
"""Topics offered at most when none is sure."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The fields found in a text; `districts` holds the candidates of a place name that stands in several.

    `doubts` are misheard names that may be either of two: the fields hold the likelier.
    """

    fields: dict[str, Found]
    districts: tuple[str, ...]
    doubts: tuple[Repair, ...] = ()


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
    seen: Seen | None = None,
) -> Reading:
    """Every field of the topic that the text holds; `asked` is the field that the text may be a bare answer to.

    With `facts`, also amounts and numbers that the topic has no field for. `seen` is what the models see in this very text.
    """
    kind = catalog.field(asked, topic_id).kind if asked is not None and asked in catalog.fields else None
    asks_for = {
        FieldKind.PLACE: "place",
        FieldKind.DISTRICT: "district",
        FieldKind.ESTATE: "estate",
        FieldKind.VILLAGE: "village",
    }
    text = text[:LONGEST]
    mended = repair(text, KNOWN_NAMES)
    places = find_places(mended.text, asked=asks_for.get(kind) if kind else None)
    marks = seen.marks if seen else ()
    places = replace(places, place=place_beside(mended.text, marks, places.place))
    fields = dict(extract(mended.text, now=now, topic=topic_id, asked=asked))
    kept = {*catalog.topics[topic_id or OTHER].fields, *FACTS}
    fields |= {name: found for name, found in facts_beside(mended.text, marks, fields) if name in kept}
    where = sorted((p for p in (places.district, places.street) if p), key=lambda p: p.start)
    for name in NAMES:
        for spot in where:
            if name in fields and fields[name].start == spot.start:
                fields[name] = behind_place(fields[name], mended.text, spot.end)
    for name in ("district", "street", "place", "estate", "village"):
        found: Found | None = getattr(places, name)
        if found is not None:
            fields[name] = found
    topic = catalog.topics.get(topic_id or "")
    if topic is not None:
        if seen is not None and seen.topic == topic.id:
            fields |= kind_beside(mended.text, seen.kinds, topic, fields)
        spots = [spot for spot in (places.place, *where) if spot is not None]
        for name in NAMES:
            needed = name in topic.required
            if (
                name in topic.fields
                and name not in fields
                and (found := beside(mended.text, name, spots, required=needed))
            ):
                fields[name] = found
        for name in ("estate", "village"):
            # A topic that asks for the estate takes any place for it: 望京西园四区 is one, whatever its ending.
            if name in topic.required and name not in fields and "place" in fields and not _a_whole_town(places):
                fields[name] = fields["place"]
        fields = {name: found for name, found in fields.items() if name in topic.fields or (facts and name in FACTS)}
    fields = {name: replace(found, raw=text[found.start : found.end]) for name, found in fields.items()}
    doubts = tuple(one for one in mended.repairs if len(one.names) > 1)
    return Reading(fields, tuple(places.ambiguous) if "district" not in fields else (), doubts)


def _a_whole_town(places: PlaceFinding) -> bool:
    """Whether the only place told is a street's or town's official name: which estate or village of it is still to be told."""
    return places.place is not None and places.street is not None and places.place.value == places.street.value


def understand(text: str, now: datetime, catalog: Catalog, classifier: Classifier, tagger: Tagger) -> Understanding:
    """A first message, with nothing known before it."""
    topics = classifier.topics(text)
    seen = see(text, topics, classifier, tagger)
    reading = read_fields(text, now, catalog, seen.topic, facts=True, seen=seen)
    return Understanding(classifier.types(text)[0], topics, reading)
