"""The evaluation sets, and that understanding does not fall behind what was measured."""

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bench.evaluation import DATA, SETS, answers, cases, figures
from bench.understanding import FLOORS
from bot.understand import classifier_of, tagger_of
from intents.catalog import FieldKind, load_catalog
from intents.catalog.model import TYPES
from intents.classifier.utterances import read_utterances
from intents.extraction.fields import FACTS


def test_the_evaluation_set_is_large_and_covers_every_topic() -> None:
    topics = [case.topic for case in cases()]
    assert len(topics) >= 500
    assert set(topics) <= set(load_catalog().topics)
    assert len(set(topics)) >= 32
    assert {case.type for case in cases()} == set(TYPES)


def test_the_realistic_set_holds_letters_clerks_notes_and_near_misses() -> None:
    told = cases("realistic")
    assert len(told) >= 300
    assert {case.topic for case in told} == set(load_catalog().topics)
    assert sum(len(case.text) > 100 for case in told) >= 35
    assert sum("来电" in case.text for case in told) >= 30
    assert sum(case.topic == "other" for case in told) >= 90


def test_the_letters_are_of_every_topic_and_as_long_as_letters_are() -> None:
    told = cases("letters")
    topics = Counter(case.topic for case in told)
    assert set(topics) == set(load_catalog().topics)
    assert min(topics.values()) >= 6
    assert topics["other"] >= 45
    assert sum(len(case.text) > 200 for case in told) >= 80
    assert {case.type for case in told} == set(TYPES)


@pytest.mark.parametrize("labelled", ["letters", "fresh", "rounds"])
def test_what_a_text_is_labelled_with_is_said_in_it(labelled: str) -> None:
    topics = load_catalog().topics
    named = {FieldKind.PLACE, FieldKind.ESTATE, FieldKind.VILLAGE, FieldKind.MERCHANT, FieldKind.EMPLOYER}
    named |= {FieldKind.INSTITUTION, FieldKind.KINDERGARTEN, FieldKind.DEVELOPER, FieldKind.PLATFORM, FieldKind.BRAND}
    told = cases(labelled)
    assert len({case.text for case in told}) == len(told)
    for case in told:
        fields = topics[case.topic].fields
        assert set(case.fields) <= {*fields, *FACTS}, case.text
        for name, value in case.fields.items():
            if name in fields and fields[name].kind in named:
                assert value in case.text, (name, case.text)
            if name in fields and fields[name].kind is FieldKind.CHOICE:
                assert value in fields[name].options, (name, case.text)


def test_every_letter_has_a_name_of_its_own() -> None:
    names = [json.loads(line)["id"] for line in (DATA / "letters.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(set(names)) == len(names) > 0


@pytest.mark.parametrize("name", SETS)
def test_no_evaluation_text_is_a_training_text(name: str) -> None:
    assert not {case.text for case in cases(name)} & {utterance.text for utterance in read_utterances()}


@pytest.mark.parametrize("name", SETS)
def test_understanding_has_not_fallen_behind_what_was_measured(name: str, model: Path) -> None:
    catalog = load_catalog()
    found = figures(answers(cases(name), catalog, classifier_of(model), tagger_of(model)), catalog).shares
    floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))
    margin = floors["margin"]
    assert {
        figure: found[figure][0] for figure, floor in floors[name].items() if found[figure][0] < floor - margin
    } == {}
