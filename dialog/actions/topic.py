"""Which topic it is: taken when sure, offered as a choice when not, never guessed in silence."""

import re
from collections.abc import Sequence

from dialog.actions import wording
from dialog.actions.answer import tells_only
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from intents.catalog import FieldKind, Topic
from intents.catalog.model import OTHER
from intents.classifier import Guess
from intents.extraction.answers import read_answer
from intents.understanding import LIKELY, OFFERED, SURE, read_fields

ENOUGH_WORDS = 4
"""Chinese characters from which a message that chooses none of the offered topics can name another."""

TOLD_INSTEAD = 2
"""Messages that tell more instead of choosing, after which the choice is given up: a clerk can make it from the story."""

REFUSALS = (wording.NONE_OF_THESE, "都不是的", "不是这些", "都不对")
"""How a citizen says that none of the offered topics is theirs."""

NOT_THAT = (*REFUSALS, "不是这个", "不是这事", "不是这个事", "不是这件事", "不是这类", "不是的，不是这个")
"""How a citizen says that the topic just taken is not theirs."""


def names_a_matter(text: str) -> bool:
    """Whether there are words enough to name a topic."""
    return len(re.findall(r"[一-鿿]", text)) >= ENOUGH_WORDS


def denied(topic: Topic, text: str) -> bool:
    """Whether the words say that it is not this topic: 不是群租，就一家人."""
    return re.search(rf"(?:不是|不算|并非|不属于)[^，。,.\s]{{0,2}}{re.escape(topic.short[:2])}", text) is not None


def refuse_topic(notes: Notes, heard: Heard) -> bool:
    """“That is not it”: the topic is open again, and the next likeliest are offered."""
    refused = notes.topic
    if refused is None or heard.text.strip(" 。，,.！!") not in NOT_THAT or not notes.memory.runners_up:
        return False
    notes.memory.topics_offered = [topic for topic in notes.memory.runners_up if topic != refused.id]
    notes.memory.runners_up = []
    notes.put("topic", None, heard.text)
    return True


def decide_topic(notes: Notes, heard: Heard) -> None:
    """Takes the topic if it is clear; otherwise leaves candidates in the memory to be offered."""
    if not heard.topics:
        return
    best = heard.topics[0]
    lean(notes, heard)
    notes.memory.runners_up = [guess.label for guess in heard.topics[1:] if guess.label != OTHER][:OFFERED]
    if best.confidence >= SURE:
        take_topic(notes, best.label, heard.text)
        return
    proposed = [topic for topic in notes.second_opinion(heard.text) if topic != OTHER]
    offered = list(dict.fromkeys([*proposed, *candidates(heard.topics)]))[:OFFERED]
    notes.memory.topics_offered = offered
    if not offered or (len(offered) == 1 and best.label == OTHER and not proposed):
        # One topic that it is probably not is no choice.
        take_topic(notes, OTHER, heard.text)


def lean(notes: Notes, heard: Heard) -> None:
    """Adds up what each message of the story sounds like."""
    for guess in heard.topics[: 2 * OFFERED]:
        notes.memory.leaning[guess.label] = notes.memory.leaning.get(guess.label, 0.0) + guess.confidence


def settle_topic(notes: Notes, heard: Heard) -> None:
    """Takes the offered topic that the whole story sounds most like, or none of them; the read-back shows it."""
    leaning = notes.memory.leaning
    likeliest = max((*notes.memory.topics_offered, OTHER), key=lambda topic: leaning.get(topic, 0.0))
    take_topic(notes, likeliest, heard.text)


def candidates(topics: Sequence[Guess]) -> list[str]:
    """Ids of at most three topics worth offering."""
    likely = [guess.label for guess in topics[: OFFERED + 1] if guess.confidence >= LIKELY and guess.label != OTHER]
    return likely[:OFFERED]


def take_topic(notes: Notes, topic_id: str, raw: str) -> None:
    """Settles the topic; what the old one had and the new one does not stays in the history of entries."""
    notes.put("topic", topic_id, raw)
    notes.memory.topics_offered = []


def read_topic_answer(notes: Notes, heard: Heard) -> bool:
    """The answer to the choice of topics: by number, by name, by 都不是, or by saying it again in other words."""
    names = {notes.catalog.topics[t].short: t for t in notes.memory.topics_offered}
    if heard.text.strip() in REFUSALS:
        take_topic(notes, OTHER, heard.text)
        return True
    options: dict[str, tuple[str, ...]] = {name: (notes.catalog.topics[t].name,) for name, t in names.items()}
    options[wording.NONE_OF_THESE] = ("以上都不", "一个都不是")
    found = read_answer(heard.text, FieldKind.CHOICE, heard.now, options)
    if found is not None:
        take_topic(notes, names.get(str(found.value), OTHER), heard.text)
        return True
    if heard.has("affirm") and len(names) == 1:
        take_topic(notes, notes.memory.topics_offered[0], heard.text)
        return True
    if heard.has("dont_know", "skip", "deny"):
        take_topic(notes, OTHER, heard.text)
        return True
    best = heard.topics[0] if heard.topics else None
    if best is None or heard.acts or not names_a_matter(heard.text):
        # A phone number or two syllables say nothing of the topic.
        return False
    if tells_only(heard.text, read_fields(heard.text, heard.now, notes.catalog)):
        # Nor does an address: 芳城园一区 is no kindergarten.
        return False
    if best.label == OTHER or best.confidence < SURE:
        return False
    take_topic(notes, best.label, heard.text)
    return True
