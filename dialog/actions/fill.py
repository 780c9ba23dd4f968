"""Writes what a message says into the draft: corrections first, then the answer, then everything else it holds."""

from dataclasses import dataclass, field
from typing import Any

from dialog.actions import wording
from dialog.actions.corrections import correct
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.places import WHERE, house_number, whole
from dialog.actions.topic import REFUSALS, decide_topic, read_topic_answer, take_topic
from intents.catalog import Field, FieldKind
from intents.catalog.model import ASKED_LESS, OTHER
from intents.extraction.answers import read_answer
from intents.show import show
from intents.understanding import SURE, Reading, read_fields

TELLING = 8
"""Characters from which a message that answers nothing is taken as a part of the story."""

USUAL_TYPE, PRAISE = "求助", "表扬"
SURE_OF_TYPE = 0.6
TELLING_ACTS = ("pointing_back", "danger", "distress")
"""Acts whose words are a part of the story as well."""

FREE_WORDS = frozenset(
    {
        FieldKind.PLACE,
        FieldKind.ESTATE,
        FieldKind.VILLAGE,
        FieldKind.MERCHANT,
        FieldKind.EMPLOYER,
        FieldKind.INSTITUTION,
        FieldKind.KINDERGARTEN,
        FieldKind.DEVELOPER,
        FieldKind.PLATFORM,
        FieldKind.BRAND,
        FieldKind.PERSON,
        FieldKind.TEXT,
    }
)
"""Kinds whose answer may be any words: a name that no list knows is still a name."""

LONGEST_NAME = 40
"""Characters of an answer taken as a name or place word for word."""


@dataclass(slots=True)
class Outcome:
    """What a turn did: sentences to acknowledge it, and whether anything was understood."""

    said: list[str] = field(default_factory=list)
    understood: bool = False
    changed: set[str] = field(default_factory=set)


def fill(notes: Notes, heard: Heard) -> Outcome:
    """Applies one message to the draft."""
    outcome = Outcome()
    asked = notes.memory.asked
    _switches(notes, heard, outcome)
    if asked == "topic" and notes.memory.topics_offered:
        if read_topic_answer(notes, heard):
            outcome.understood = True
            _absorb_story(notes, heard, outcome)
        elif not heard.acts:
            _tell(notes, heard, outcome)
        return outcome
    if notes.memory.doubt and _resolved(notes, heard):
        outcome.understood = True
        return outcome
    if notes.has_content() and (changes := correct(notes, heard)):
        outcome.said.extend(changes)
        outcome.understood = True
        return outcome
    before = _facts(notes)
    if _house(notes, heard):
        outcome.understood = True
        _acknowledge(notes, before, None, outcome)
        return outcome
    telling = notes.topic is None and asked == "description"
    if asked and not telling and _answer(notes, heard, asked, outcome):
        outcome.understood = True
    _tell(notes, heard, outcome)
    new_phone = notes.value("contact_phone") != before.get("contact_phone")
    if notes.value("anonymous") and new_phone and not heard.has("anonymous"):
        # Whoever leaves a number after all wants to be called.
        notes.put("anonymous", False, heard.text)
    _acknowledge(notes, before, asked, outcome)
    return outcome


def _house(notes: Notes, heard: Heard) -> bool:
    """A house number alone goes on the place told before."""
    number = house_number(heard.text)
    name = next((n for n in ("place", "estate", "village") if notes.value(n) and n in notes.fields()), None)
    if number is None or name is None or number in str(notes.value(name)):
        return False
    notes.put(name, f"{notes.value(name)}{number}", heard.text)
    return True


def _resolved(notes: Notes, heard: Heard) -> bool:
    """The answer to which of two names was meant; the places are read again with the right one."""
    doubt, notes.memory.doubt = notes.memory.doubt or {}, None
    found = read_answer(heard.text, FieldKind.CHOICE, heard.now, dict.fromkeys(doubt["names"], ()))
    if found is None:
        return False
    told = str(doubt["text"]).replace(doubt["heard"], str(found.value))
    reading = read_fields(told, heard.now, notes.catalog, notes.value("topic"))
    for name in ("place", "estate", "village", "district", "street"):
        if name in reading.fields and reading.fields[name].value != notes.value(name):
            notes.put(name, reading.fields[name].value, doubt["heard"])
    return True


def _doubt(notes: Notes, text: str, reading: Reading) -> None:
    """Keeps a name that may be either of two, to be asked back."""
    if reading.doubts:
        one = reading.doubts[0]
        notes.memory.doubt = {"heard": one.heard, "names": list(one.names), "text": text}


def _switches(notes: Notes, heard: Heard, outcome: Outcome) -> None:
    """Wishes that change the ticket as a whole."""
    if heard.has("anonymous"):
        notes.put("anonymous", True, heard.text)
        outcome.said.append(wording.ANONYMOUS_NOTED)
        outcome.understood = True
    if heard.has("real_name"):
        notes.put("anonymous", False, heard.text)
        outcome.said.append(wording.REAL_NAME_NOTED)
        outcome.understood = True
    if (act := heard.act("change_type")) and act.detail:
        notes.put("type", act.detail, heard.text)
        outcome.said.append(wording.changed(notes.catalog.fields["type"].label, str(act.detail)))
        outcome.understood = True


def _answer(notes: Notes, heard: Heard, asked: str, outcome: Outcome) -> bool:
    """Reads the message as the answer to what was asked."""
    spec = notes.fields().get(asked) or notes.catalog.fields.get(asked)
    if spec is None:
        return False
    if asked == "description" and not heard.acts and heard.text.strip():
        # Asked for again because the citizen wants to change it.
        notes.put(asked, heard.text, heard.text, span=(0, len(heard.text)))
        return True
    if heard.has("skip", "dont_know") and not _says_more(heard):
        return _pass(notes, heard, spec, outcome)
    if heard.has("pointing_back") and (known := _pointed_at(notes, spec)):
        notes.put(asked, known, heard.text)
        return True
    if asked == "district" and notes.memory.districts_offered:
        found = read_answer(heard.text, FieldKind.CHOICE, heard.now, dict.fromkeys(notes.memory.districts_offered, ()))
        if found is not None:
            notes.put_found(asked, found)
            return True
    reading = read_fields(heard.text, heard.now, notes.catalog, notes.value("topic"), asked)
    _doubt(notes, heard.text, reading)
    if asked in reading.fields:
        found = reading.fields[asked]
        notes.put_found(asked, whole(heard.text, found) if spec.kind in WHERE else found)
        return True
    found = read_answer(heard.text, spec.kind, heard.now, spec.options)
    if found is not None and found.value not in (None, ""):
        notes.put_found(asked, found)
        return True
    words = heard.text.strip(" 。，,.!！？?")
    if spec.kind in FREE_WORDS and 1 < len(words) <= LONGEST_NAME and not heard.acts and not reading.fields:
        notes.put(asked, words, heard.text)
        return True
    return False


def _says_more(heard: Heard) -> bool:
    return len(heard.text) > 2 * TELLING


def _pass(notes: Notes, heard: Heard, spec: Field, outcome: Outcome) -> bool:
    """“I do not know” and “skip” settle a field without a value."""
    if spec.name == "description":
        outcome.said.append(wording.DESCRIPTION_NEEDED)
        return False
    if spec.name == "contact_phone":
        notes.put("anonymous", True, heard.text)
        outcome.said.append(wording.ANONYMOUS_NOTED)
        return True
    notes.put(spec.name, None, heard.text)
    outcome.said.append(wording.SKIPPED)
    return True


def _pointed_at(notes: Notes, spec: Field) -> Any:
    """A name already given that the citizen points back to (就是刚才说的那家)."""
    names: tuple[str, ...] = ("merchant", "institution", "employer", "kindergarten", "developer", "estate", "place")
    if spec.kind in WHERE:
        names = ("place", "estate", "village")
    return next((notes.value(name) for name in names if notes.value(name)), None)


def _tell(notes: Notes, heard: Heard, outcome: Outcome) -> None:
    """Takes the message as a part of the story, with every field it holds."""
    answered, asked = outcome.understood, notes.memory.asked or ""
    bare = any(act.kind not in TELLING_ACTS for act in heard.acts) and not _says_more(heard)
    if notes.topic is None and not notes.memory.topics_offered:
        _begin(notes, heard, outcome, bare)
        return
    if bare:
        return
    _reconsider(notes, heard, outcome)
    reading = read_fields(heard.text, heard.now, notes.catalog, notes.value("topic"))
    brief = len(heard.text) <= 2 * TELLING
    kinds = notes.fields()
    told_where = answered and asked in kinds and kinds[asked].kind in WHERE
    for name, found in reading.fields.items():
        if told_where and name != asked and kinds[name].kind in WHERE:
            # The place is the answer already given, as a whole.
            continue
        if notes.value(name) is None and (name not in notes.draft.fields or not answered):
            notes.put_found(name, found)
            outcome.understood = True
        elif brief and not answered and notes.value(name) is not None:
            # A few words that answer nothing else but tell a known fact anew are a second thought: the newer counts.
            if notes.value(name) != found.value:
                notes.put_found(name, found)
                outcome.changed.add(name)
                spec = notes.fields()[name]
                outcome.said.append(wording.changed(spec.label, show(found.value, spec.kind)))
            outcome.understood = True
    _doubt(notes, heard.text, reading)
    if reading.districts and not notes.settled("district"):
        notes.memory.districts_offered = list(reading.districts)
    if (
        not answered
        and not outcome.changed
        and len(heard.text) >= TELLING
        and heard.text not in (notes.value("description") or "")
    ):
        story = f"{notes.value('description')}\n{heard.text}" if notes.value("description") else heard.text
        notes.put("description", story, heard.text)
        outcome.understood = True


def _reconsider(notes: Notes, heard: Heard, outcome: Outcome) -> None:
    """What was filed under `other` for want of words becomes its topic when the words come."""
    best = heard.topics[0] if heard.topics else None
    if notes.value("topic") != OTHER or notes.raw("topic") in REFUSALS or best is None:
        return
    if best.label != OTHER and best.confidence >= SURE:
        take_topic(notes, best.label, heard.text)
        outcome.said.append(wording.understood(notes.catalog.topics[best.label].short, ()))
        outcome.understood = True


def _begin(notes: Notes, heard: Heard, outcome: Outcome, bare: bool) -> None:
    """The first words of a complaint."""
    if bare or len(heard.text.strip()) < 2:
        return
    decide_topic(notes, heard)
    if notes.topic is None and not notes.memory.topics_offered:
        return
    notes.put("description", heard.text, heard.text, span=(0, len(heard.text)))
    if heard.type is not None and notes.type is None:
        # Who only asks or thanks is asked for less: that has to be likely, not merely likeliest.
        doubtful = heard.type.label in ASKED_LESS and heard.type.confidence < SURE_OF_TYPE
        notes.put("type", USUAL_TYPE if doubtful else heard.type.label, heard.text)
    outcome.understood = True
    _absorb_story(notes, heard, outcome)


def _absorb_story(notes: Notes, heard: Heard, outcome: Outcome) -> None:
    """Fills the fields of a topic just settled from the story told before."""
    if notes.topic is None:
        return
    story, turn = str(notes.value("description") or heard.text), notes.turn_of("description")
    reading = read_fields(story, heard.now, notes.catalog, notes.topic.id)
    facts: list[str] = []
    for name, found in reading.fields.items():
        if notes.type == PRAISE and notes.fields()[name].kind is FieldKind.CHOICE:
            # Whoever praises the repair does not report what was broken.
            continue
        if not notes.settled(name):
            notes.put_found(name, found, turn=turn)
            facts.append(show(found.value, notes.fields()[name].kind))
    for name, said in notes.memory.proposed.items():
        if name in notes.topic.fields and not notes.settled(name) and said in story:
            start = story.index(said)
            notes.put(name, said, said, turn=turn, span=(start, start + len(said)))
            facts.append(said)
    notes.memory.proposed = {}
    _doubt(notes, story, reading)
    if reading.districts and not notes.settled("district"):
        notes.memory.districts_offered = list(reading.districts)
    short = None if notes.topic.id == OTHER else notes.topic.short
    outcome.said.append(wording.understood(short, [fact for fact in facts if len(fact) <= 20][:5]))


def _facts(notes: Notes) -> dict[str, Any]:
    return {name: notes.value(name) for name in notes.fields()}


def _acknowledge(notes: Notes, before: dict[str, Any], asked: str | None, outcome: Outcome) -> None:
    """Repeats what was caught besides the answer, so that a wrong catch is heard."""
    if not before.get("description"):
        return
    caught = [
        show(value, spec.kind)
        for name, spec in notes.fields().items()
        if name not in (asked, "description", "demand", *outcome.changed)
        and (value := notes.value(name)) is not None
        and value != before.get(name)
    ]
    if caught:
        outcome.said.append(wording.noted([fact for fact in caught if len(fact) <= 20][:4]))


__all__ = ["Outcome", "fill", "take_topic"]
