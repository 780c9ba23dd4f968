"""Writes what a message says into the draft: corrections first, then the answer, then everything else it holds."""

from typing import Any

from dialog.actions import wording
from dialog.actions.aloud import READ_BACK_AT_ONCE
from dialog.actions.answer import NAMES, answer, house, resolved, tells_only
from dialog.actions.beginning import absorb, ask_anew, means_another
from dialog.actions.corrections import correct
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.outcome import Outcome
from dialog.actions.questions import CONFIRM
from dialog.actions.story import add_to_story, tell
from dialog.actions.topic import TOLD_INSTEAD, lean, read_topic_answer, refuse_topic, settle_topic, take_topic
from intents.catalog.model import OTHER
from intents.extraction.names import find_names
from intents.show import fact
from intents.understanding import read_fields

LONGEST_FACT = 24
"""Characters of a fact that is repeated as it was caught; of a longer one the beginning."""

LIKELIER = 0.5
"""How sure a topic must have been, for going on with the story to mean a yes to it."""


def fill(notes: Notes, heard: Heard) -> Outcome:
    """Applies one message to the draft."""
    outcome = Outcome()
    asked = notes.memory.asked
    switches(notes, heard, outcome)
    if asked == "topic" and notes.memory.topics_offered:
        _besides_the_topic(notes, heard, outcome)
        return outcome
    if asked != CONFIRM and refuse_topic(notes, heard):
        outcome.understood = True
        return outcome
    if notes.memory.doubt and resolved(notes, heard):
        outcome.understood = True
        return outcome
    if notes.has_content() and (changes := correct(notes, heard)):
        outcome.said.extend(changes)
        outcome.understood = True
        return outcome
    before = _facts(notes)
    if house(notes, heard):
        outcome.understood = True
        _acknowledge(notes, before, None, outcome)
        return outcome
    if _no_name_but_another_topic(notes, heard, asked):
        ask_anew(notes, heard)
        outcome.understood = True
        return outcome
    telling = notes.topic is None and asked == "description"
    if asked and not telling and answer(notes, heard, asked, outcome):
        outcome.understood = True
    tell(notes, heard, outcome)
    new_phone = notes.value("contact_phone") != before.get("contact_phone")
    if notes.value("anonymous") and new_phone and not heard.has("anonymous"):
        # Whoever leaves a number after all wants to be called.
        notes.put("anonymous", False, heard.text)
    _acknowledge(notes, before, asked, outcome)
    return outcome


def _no_name_but_another_topic(notes: Notes, heard: Heard, asked: str | None) -> bool:
    """Asked for the shop, 工资啊 names none."""
    spec = notes.fields().get(asked or "")
    if spec is None or spec.kind not in NAMES or not means_another(notes, heard):
        return False
    return not any(next(find_names(heard.text, kind), None) for kind in ("merchant", "employer", "institution"))


def _besides_the_topic(notes: Notes, heard: Heard, outcome: Outcome) -> None:
    """The answer to the choice of topics; or what is taken back or told before it is made."""
    before = _facts(notes)
    if read_topic_answer(notes, heard):
        outcome.understood = True
        add_to_story(notes, heard)
        absorb(notes, heard, outcome)
    elif changes := correct(notes, heard):
        outcome.said.extend(changes)
        outcome.understood = True
        if notes.topic is not None:
            notes.memory.topics_offered = []
    elif house(notes, heard):
        outcome.understood = True
        _acknowledge(notes, before, "topic", outcome)
    elif not heard.acts:
        tell(notes, heard, outcome)
        _acknowledge(notes, before, "topic", outcome)
        notes.memory.told_instead += outcome.understood
        offered, leaning = notes.memory.topics_offered, notes.memory.leaning
        # A place or a shop's name says nothing of the topic.
        if not tells_only(heard.text, read_fields(heard.text, heard.now, notes.catalog, offered[0])):
            lean(notes, heard)
        likely = len(offered) == 1 and leaning.get(offered[0], 0.0) > max(leaning.get(OTHER, 0.0), LIKELIER)
        if likely and outcome.understood:
            # Asked whether it is this, they go on telling: it is.
            take_topic(notes, offered[0], heard.text)
        elif notes.memory.told_instead >= TOLD_INSTEAD:
            settle_topic(notes, heard)
        if notes.topic is not None:
            outcome.said = [said for said in outcome.said if said != wording.ADDED]
            absorb(notes, heard, outcome)


def switches(notes: Notes, heard: Heard, outcome: Outcome) -> None:
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


def _facts(notes: Notes) -> dict[str, Any]:
    return {name: notes.value(name) for name in notes.fields()}


def _acknowledge(notes: Notes, before: dict[str, Any], asked: str | None, outcome: Outcome) -> None:
    """Repeats what was caught besides the answer, so that a wrong catch is heard."""
    if not before.get("description"):
        return
    repeated = notes.phone is not None and asked in notes.fields() and notes.fields()[asked].kind in READ_BACK_AT_ONCE
    caught = [
        fact(value, spec)
        for name, spec in notes.fields().items()
        if name not in ("description", "demand", *outcome.changed)
        and (name != asked or repeated)
        and (value := notes.value(name)) is not None
        and value != before.get(name)
    ]
    if caught:
        outcome.said.append(
            wording.noted(
                [one if len(one) <= LONGEST_FACT else f"{one[:LONGEST_FACT]}…" for one in dict.fromkeys(caught)][:4]
            )
        )
