"""What reports must know of the city besides the facts: names of the problems, who leads them, what each district has added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intents.catalog import Catalog, Topic
from intents.catalog.model import OTHER


@dataclass(frozen=True, slots=True)
class Rates:
    """What an answer is worth in each rate, each rate in the score, and what a silence is worth (None: it is left out)."""

    worth: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float]
    silence: float | None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Rates":
        """From the parsed `config/followup.yml`. ValueError when a worth is no share."""
        worth = {question: dict(values) for question, values in data["rates"].items()}
        if not all(0 <= value <= 1 for values in worth.values() for value in values.values()):
            raise ValueError("what an answer is worth is between 0 and 1")
        silence = data["unanswered"]
        return cls(worth, dict(data["weights"]), None if silence == "leave_out" else float(silence))


@dataclass(frozen=True, slots=True)
class City:
    """`overlays` are the topics that a district has added (27+X), `ledgers` its ledgers: topic → the field that they are kept by."""

    catalog: Catalog
    districts: Sequence[str]
    lead_units: Mapping[str, str]
    overlays: Mapping[str, Sequence[str]]
    ledgers: Mapping[str, Mapping[str, str]]
    rates: Rates
    small: int
    """Counts below this are not shown where a street and a topic are crossed: few people may be known by them."""

    def name(self, topic: str) -> str:
        """A topic's name; its id when an older version knew it."""
        known = self.catalog.topics.get(topic)
        return known.name if known else topic

    def listed(self, district: str | None) -> list[Topic]:
        """The 27 in their order, then what this district has added; every district's additions when none is named."""
        added = (
            self.overlays.get(district, ()) if district else sorted({t for own in self.overlays.values() for t in own})
        )
        return [*self.catalog.common_numbered(), *(self.catalog.topics[topic] for topic in added)]

    def all_topics(self) -> list[str]:
        """Everything that can be filed, `other` last."""
        return [*(topic.id for topic in self.listed(None)), OTHER]
