"""What a topic and a field are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

OTHER = "other"
KIND_FIELDS = ("issue_kind", "noise_source")
"""What says which kind of a topic's trouble it is; a topic has at most one of them."""
"""The topic of everything outside the catalog's problems; it is filed too."""

TYPES = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
"""The six types of appeal, as the hotline names them."""

QUESTION, PRAISE = "咨询", "表扬"

ASKED_LESS = (QUESTION, "建议", PRAISE)
"""Types whose citizen wants an answer, not a repair: they are asked only where and whom it is about."""


class FieldKind(StrEnum):
    """How an answer to a field's question is read."""

    TEXT = "text"
    TOPIC = "topic"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DISTRICT = "district"
    STREET = "street"
    PLACE = "place"
    ESTATE = "estate"
    VILLAGE = "village"
    AMOUNT = "amount"
    COUNT = "count"
    YEAR = "year"
    DATE = "date"
    PERIOD = "period"
    DURATION = "duration"
    TIME_OF_DAY = "time_of_day"
    PHONE = "phone"
    PLATE = "plate"
    CODE = "code"
    PERSON = "person"
    MERCHANT = "merchant"
    EMPLOYER = "employer"
    INSTITUTION = "institution"
    KINDERGARTEN = "kindergarten"
    DEVELOPER = "developer"
    PLATFORM = "platform"
    BRAND = "brand"


WHERE_OR_WHO = frozenset(
    {
        FieldKind.DISTRICT,
        FieldKind.STREET,
        FieldKind.PLACE,
        FieldKind.ESTATE,
        FieldKind.VILLAGE,
        FieldKind.MERCHANT,
        FieldKind.EMPLOYER,
        FieldKind.INSTITUTION,
        FieldKind.KINDERGARTEN,
        FieldKind.PLATFORM,
    }
)
"""Kinds that say where or about whom: all that a suggestion, a question or thanks has to name."""


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a ticket, as one topic asks for it.

    `question` and `again` (the simpler wording after a misunderstanding) are at most 50 characters;
    `phone` and `phone_again` are the same as said on the telephone, where nothing can be seen or pressed but keys;
    `options` maps each value of a choice to the words that mean it; `implied` to words from which it follows where none of those is said.
    """

    name: str
    label: str
    kind: FieldKind
    question: str
    again: str
    phone: str
    phone_again: str
    why: str
    examples: tuple[str, ...]
    required: bool
    options: Mapping[str, tuple[str, ...]]
    implied: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    """One problem that citizens report; `number` is its place among the 27, None for districts' own and `other`."""

    id: str
    name: str
    short: str
    number: int | None
    theme: int | None
    fields: Mapping[str, Field]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the fields asked for when missing, in the order of asking."""
        return tuple(name for name, field in self.fields.items() if field.required)

    def required_for(self, type_: str | None) -> tuple[str, ...]:
        """Required fields for one type of appeal.

        Somebody who asks, proposes or thanks is asked only for where and whom it is about, never for amounts or kinds of damage.
        """
        if type_ not in ASKED_LESS:
            return self.required
        always = {"description", "contact_phone"}
        return tuple(n for n in self.required if n in always or self.fields[n].kind in WHERE_OR_WHO)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every topic and every field of the hotline."""

    topics: Mapping[str, Topic]
    fields: Mapping[str, Field]
    themes: Mapping[int, str]

    def topic(self, topic_id: str) -> Topic:
        """The topic with this id; KeyError for one that does not exist."""
        return self.topics[topic_id]

    def field(self, name: str, topic_id: str | None = None) -> Field:
        """A field as this topic words it, or as the catalog words it where the topic does not have it."""
        topic = self.topics.get(topic_id or "")
        return topic.fields[name] if topic and name in topic.fields else self.fields[name]

    def common_numbered(self) -> tuple[Topic, ...]:
        """The numbered problems of 每月一题, in order."""
        numbered = [t for t in self.topics.values() if t.number is not None]
        return tuple(sorted(numbered, key=lambda t: t.number or 0))
