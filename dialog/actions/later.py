"""A second matter told in the middle of the first: kept, and taken up when the first is filed."""

from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from intents.extraction.acts import another_matter

LATER_PAYLOAD = "later"
"""Key of the custom message that asks the channel to go on with what was told before: {"text", "turn"}."""

ANOTHER_TOPIC = 0.5
"""Confidence from which the second matter's topic is another than the first's; below, it may be more about the same."""


def keep(notes: Notes, heard: Heard) -> bool:
    """Whether the message tells another matter than the draft's; it is then remembered, not mixed in."""
    matter = another_matter(heard.text)
    if matter is None or notes.topic is None or not heard.topics:
        return False
    best = heard.topics[0]
    if best.label == notes.topic.id or best.confidence < ANOTHER_TOPIC:
        return False
    notes.memory.later.append({"text": matter, "turn": notes.turn})
    return True
