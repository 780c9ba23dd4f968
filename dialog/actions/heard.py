"""What was understood of the citizen's latest message, before the draft is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intents.classifier import Guess
from intents.extraction.acts import Act, find_acts
from intents.intent import INTERRUPTING
from intents.seen import Seen
from intents.tagger import Mark


@dataclass(frozen=True, slots=True)
class Heard:
    """One message: its words, acts, topics (the surest first), type, and what the models see in it."""

    text: str
    now: datetime
    acts: tuple[Act, ...]
    topics: tuple[Guess, ...]
    type: Guess | None
    seen: Seen | None = None

    @classmethod
    def from_rasa(cls, message: Mapping[str, Any], now: datetime) -> "Heard":
        """From a tracker's latest message, as `TicketClassifier` and `FieldTagger` left it."""
        text = message.get("text") or ""
        kind = message.get("appeal_type")
        topics = _guesses(message, "intent_ranking")
        return cls(
            text=text,
            now=now,
            acts=tuple(find_acts(text)),
            topics=topics,
            type=Guess(kind["name"], kind["confidence"]) if kind else None,
            seen=Seen(topics[0].label, _marks(message), _guesses(message, "kinds")) if topics else None,
        )

    def act(self, kind: str) -> Act | None:
        """The act of this kind, if the message holds one."""
        return next((act for act in self.acts if act.kind == kind), None)

    def has(self, *kinds: str) -> bool:
        """Whether the message holds an act of any of these kinds."""
        return any(act.kind in kinds for act in self.acts)

    @property
    def interrupts(self) -> bool:
        """Whether an interruption's own action has already answered this message."""
        return any(act.kind in INTERRUPTING for act in self.acts)


def _guesses(message: Mapping[str, Any], name: str) -> tuple[Guess, ...]:
    return tuple(Guess(one["name"], one["confidence"]) for one in message.get(name) or ())


def _marks(message: Mapping[str, Any]) -> tuple[Mark, ...]:
    entities = message.get("entities") or ()
    return tuple(Mark(one["entity"], one["start"], one["end"], one["confidence"]) for one in entities)
