"""A second matter told in the middle of the first: kept, and taken up when the first is filed."""

from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.questions import CONFIRM
from intents.extraction.acts import another_matter
from intents.understanding import read_fields

LATER_PAYLOAD = "later"
"""Key of the custom message that asks the channel to go on with what was told before: {"text", "turn"}."""

ANOTHER_TOPIC = 0.5
"""Confidence from which the second matter's topic is another than the first's; below, it may be more about the same."""


def _another_kind(notes: Notes, matter: str, heard: Heard) -> bool:
    """Whether it is trouble of another kind, told when the first was read back: the water, after the road."""
    told = read_fields(matter, heard.now, notes.catalog, notes.value("topic")).fields.get("issue_kind")
    known = notes.value("issue_kind")
    return notes.memory.asked == CONFIRM and told is not None and known is not None and told.value != known


def keep(notes: Notes, heard: Heard) -> bool:
    """Whether the message tells another matter than the draft's; it is then remembered, not mixed in."""
    matter = another_matter(heard.text)
    if matter is None or notes.topic is None or not heard.topics:
        return False
    best = heard.topics[0]
    if best.confidence < ANOTHER_TOPIC:
        return False
    if best.label == notes.topic.id and not _another_kind(notes, matter, heard):
        return False
    notes.memory.later.append({"text": matter, "turn": notes.turn})
    return True
