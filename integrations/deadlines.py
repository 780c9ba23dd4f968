"""By when a unit has to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """A ticket of one of `topics`, or whose story holds one of `words`, is due after `within`; one with neither fits all."""

    name: str
    within: timedelta
    topics: frozenset[str]
    words: tuple[str, ...]

    def fits(self, topic: str, story: str) -> bool:
        """Whether the rule decides this ticket."""
        if not self.topics and not self.words:
            return True
        return topic in self.topics or any(word in story for word in self.words)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Rules in order; the first that fits decides."""

    rules: Sequence[Rule]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Deadlines":
        """From the parsed `config/deadlines.yml`. ValueError unless the last rule fits everything."""
        rules = [
            Rule(
                raw["name"],
                timedelta(hours=raw.get("hours", 0), days=raw.get("days", 0)),
                frozenset(raw.get("topics", ())),
                tuple(raw.get("words", ())),
            )
            for raw in data["rules"]
        ]
        if rules[-1].topics or rules[-1].words:
            raise ValueError("the last deadline rule must fit every ticket")
        return cls(tuple(rules))

    def due(self, created_at: datetime, topic: str, story: str) -> datetime:
        """When the answer is due."""
        return created_at + next(rule for rule in self.rules if rule.fits(topic, story)).within
