"""What a message asks the conversation to do: a topic, an interruption, or an answer."""

from collections.abc import Sequence

from intents.classifier import Guess
from intents.extraction.acts import Act

ANSWER = "answer"
"""The intent of everything short whose meaning depends on what was just asked."""

INTERRUPTING = {
    # In order: who is in danger is answered first, whatever else the message holds.
    "danger": "danger",
    "human": "human",
    "cancel": "cancel",
    "restart": "start_over",
    "status": "status",
    "why": "why",
    "repeat": "repeat",
    "slower": "repeat",
    "aside": "aside",
    "abuse": "calm",
    "distress": "calm",
    "upset": "calm",
    "thanks": "thanks",
    "opening": "greeting",
    "greeting": "greeting",
}
"""Dialog act → intent that interrupts whatever is being asked."""


def intent_of(acts: Sequence[Act], topics: Sequence[Guess]) -> Guess:
    """The intent of a message, from its dialog acts and its topics (the surest first)."""
    kinds = {act.kind for act in acts}
    for kind, intent in INTERRUPTING.items():
        if kind in kinds:
            return Guess(intent, 1.0)
    if kinds:
        return Guess(ANSWER, 1.0)
    return topics[0]
