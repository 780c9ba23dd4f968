"""Writes the Rasa project that the catalog asks for: domain, rules and training examples."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from intents.catalog import Catalog, load_catalog
from intents.classifier.utterances import Utterance, read_utterances
from intents.tagger.marks import MARKED_AS

HERE = Path(__file__).parent
GENERATED_DOMAIN = HERE / "domain.catalog.yml"
FORM = "ticket_form"

INTERRUPTIONS = {
    "human": "action_human",
    "cancel": "action_cancel",
    "start_over": "action_start_over",
    "status": "action_status",
    "why": "action_why",
    "repeat": "action_repeat",
    "aside": "action_aside",
    "greeting": "action_greet",
    "thanks": "action_thanks",
    "danger": "action_danger",
    "calm": "action_calm",
}
"""What a citizen can do at any moment, and the action that answers; the form goes on afterwards if one is open."""

ENDS_FORM = frozenset({"human", "cancel"})
"""Interruptions after which nothing is asked."""

ANSWERS = ("answer",)
"""The intent of everything short that only has a meaning as an answer to what was just asked."""

QUESTIONS_OF_ITS_OWN = ("confirm", "phone_last4")
"""Slots that the form asks for besides the catalog's: the read-back's yes, and the proof for a ticket from elsewhere."""


def domain(catalog: Catalog) -> dict[str, Any]:
    """The generated half of the domain: one intent a topic, one slot a field, the form over all of them."""
    slots = ["topic", *(name for name in catalog.fields if name not in ("topic",)), *QUESTIONS_OF_ITS_OWN]
    return {
        "version": "3.1",
        "intents": [{intent: {"use_entities": []}} for intent in [*catalog.topics, *INTERRUPTIONS, *ANSWERS]],
        "entities": sorted(set(MARKED_AS.values())),
        "slots": {
            name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]} for name in slots
        },
        "forms": {FORM: {"required_slots": slots}},
    }


def rules(catalog: Catalog) -> dict[str, Any]:
    """One rule opens the form, one files what it gathered, two an interruption (with and without an open form)."""
    opening = [{"or": [{"intent": intent} for intent in [*catalog.topics, *ANSWERS]]}]
    found: list[dict[str, Any]] = [
        {
            "rule": "a complaint opens the form",
            "condition": [{"active_loop": None}],
            "steps": [*opening, {"action": FORM}, {"active_loop": FORM}],
        },
        {
            "rule": "a confirmed form is filed",
            "condition": [{"active_loop": FORM}],
            "steps": [
                {"action": FORM},
                {"active_loop": None},
                {"slot_was_set": [{"requested_slot": None}]},
                {"action": "action_file_ticket"},
            ],
        },
    ]
    for intent, action in INTERRUPTIONS.items():
        goes_on = [] if intent in ENDS_FORM else [{"action": FORM}, {"active_loop": FORM}]
        found.append(
            {
                "rule": f"{intent} while the form is open",
                "condition": [{"active_loop": FORM}],
                "steps": [{"intent": intent}, {"action": action}, *goes_on],
            }
        )
        opens = (
            [{"action": FORM}, {"active_loop": FORM}] if intent in ("danger", "calm", "start_over", "status") else []
        )
        found.append(
            {
                "rule": f"{intent} with no form open",
                "condition": [{"active_loop": None}],
                "steps": [{"intent": intent}, {"action": action}, *opens],
            }
        )
    return {"version": "3.1", "rules": found}


def examples(utterances: Iterable[Utterance]) -> dict[str, Any]:
    """The training utterances in Rasa's form; the type of appeal and the kind of trouble travel as metadata.

    One scalar a topic and type: read node by node, as YAML is, a text of its own each would take Rasa longer than all that it learns from them.
    What is marked in a text is an entity; `marked` tells a text that holds none from one that nobody has marked.
    """
    told: dict[tuple[str, str, str | None, bool], list[str]] = {}
    for one in utterances:
        told.setdefault((one.topic, one.type, one.kind, one.marks is not None), []).append(annotated(one))
    return {
        "version": "3.1",
        "nlu": [
            {
                "intent": topic,
                "metadata": {"type": type_, "kind": kind, "marked": marked},
                "examples": "".join(f"- {text}\n" for text in texts),
            }
            for (topic, type_, kind, marked), texts in told.items()
        ],
    }


def annotated(utterance: Utterance) -> str:
    """The text as Rasa writes entities: 我住[望京西园四区](place)."""
    parts, at = [], 0
    for mark in utterance.marks or ():
        parts += [utterance.text[at : mark.start], f"[{utterance.text[mark.start : mark.end]}]({mark.name})"]
        at = mark.end
    return "".join([*parts, utterance.text[at:]])


def dump(data: Any) -> str:
    """YAML as this project writes it."""
    return yaml.dump(data, allow_unicode=True, sort_keys=False, width=120)


def write_project(folder: Path) -> Path:
    """The whole project in `folder`, ready for `rasa train`; the folder is replaced."""
    catalog = load_catalog()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    (folder / "domain").mkdir()
    for name in ("config.yml", "credentials.yml"):
        shutil.copy(HERE / name, folder / name)
    shutil.copy(HERE / "domain.yml", folder / "domain" / "domain.yml")
    (folder / "domain" / "catalog.yml").write_text(dump(domain(catalog)), encoding="utf-8")
    (folder / "data" / "rules.yml").write_text(dump(rules(catalog)), encoding="utf-8")
    (folder / "data" / "nlu.yml").write_text(dump(examples(read_utterances())), encoding="utf-8")
    return folder


if __name__ == "__main__":
    # With a folder: the whole project there, for training elsewhere (docker/rasa.Dockerfile).
    if len(sys.argv) > 1:
        write_project(Path(sys.argv[1]))
        sys.exit()
    GENERATED_DOMAIN.write_text(
        "# Generated from the catalog by `make domain`; a test fails when it has drifted.\n"
        + dump(domain(load_catalog())),
        encoding="utf-8",
    )
