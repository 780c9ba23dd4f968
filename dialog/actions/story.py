"""Takes a message as a part of the story: what it is about, and every fact it holds."""

from dialog.actions import wording
from dialog.actions.answer import TELLING, keep_doubt, says_more
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.outcome import Outcome
from dialog.actions.places import WHERE, whole
from dialog.actions.topic import REFUSALS, decide_topic, take_topic
from intents.catalog import FieldKind
from intents.catalog.model import ASKED_LESS, OTHER
from intents.show import fact, show
from intents.understanding import SURE, Reading, read_fields

USUAL_TYPE, PRAISE = "求助", "表扬"
SURE_OF_TYPE = 0.6
TELLING_ACTS = ("pointing_back", "danger")
"""Acts whose words are a part of the story as well."""


def tell(notes: Notes, heard: Heard, outcome: Outcome) -> None:
    """Takes the message as a part of the story, with every field it holds."""
    answered, asked = outcome.understood, notes.memory.asked or ""
    bare = any(act.kind not in TELLING_ACTS for act in heard.acts) and not says_more(heard)
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
            if not _stands_for_itself(name, reading):
                continue
            newer = whole(heard.text, found) if kinds[name].kind in WHERE else found
            if notes.value(name) != newer.value:
                notes.put_found(name, newer)
                outcome.changed.add(name)
                outcome.said.append(wording.changed(kinds[name].label, show(newer.value, kinds[name].kind)))
            outcome.understood = True
    if "district" in outcome.changed and "street" not in reading.fields and notes.value("street") is not None:
        # The old street lies in the old district.
        notes.put("street", None, heard.text)
    keep_doubt(notes, heard.text, reading)
    if reading.districts and not notes.settled("district"):
        notes.memory.districts_offered = list(reading.districts)
    told = sum(len(found.raw) for found in reading.fields.values())
    if not outcome.changed and add_to_story(notes, heard, told):
        outcome.understood = True


def add_to_story(notes: Notes, heard: Heard, told: int = 0) -> bool:
    """What a message says beyond the `told` characters taken from it as facts goes onto the description; whether anything did."""
    before = str(notes.value("description") or "")
    if (
        len(heard.text) - told < TELLING
        or heard.text in before
        or heard.text in (t.short for t in notes.catalog.topics.values())
    ):
        return False
    notes.put("description", f"{before}\n{heard.text}".strip(), heard.text)
    return True


def _stands_for_itself(name: str, reading: Reading) -> bool:
    """A district or street that a place merely implies (小红庙 is not 红庙) does not overrule the one that was told."""
    if name not in ("district", "street"):
        return True
    district = reading.fields.get("district")
    named = district is not None and district.confidence == 1.0
    street = reading.fields.get("street")
    return named or (name == "street" and street is not None and street.raw == street.value)


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
    absorb(notes, heard, outcome)


def absorb(notes: Notes, heard: Heard, outcome: Outcome) -> None:
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
            facts.append(fact(found.value, notes.fields()[name]))
    for name, said in notes.memory.proposed.items():
        if name in notes.topic.fields and not notes.settled(name) and said in story:
            start = story.index(said)
            notes.put(name, said, said, turn=turn, span=(start, start + len(said)))
            facts.append(said)
    notes.memory.proposed = {}
    keep_doubt(notes, story, reading)
    if reading.districts and not notes.settled("district"):
        notes.memory.districts_offered = list(reading.districts)
    short = None if notes.topic.id == OTHER else notes.topic.short
    outcome.said.append(wording.understood(short, [one for one in facts if len(one) <= 20][:5]))
