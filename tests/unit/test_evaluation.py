"""The evaluation sets, and that understanding does not fall behind what was measured."""

from pathlib import Path

import pytest
import yaml

from bench.evaluation import SETS, answers, cases, figures
from bench.understanding import FLOORS
from bot.understand import classifier_of
from intents.catalog import load_catalog
from intents.catalog.model import TYPES
from intents.classifier.utterances import read_utterances


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


@pytest.mark.parametrize("name", SETS)
def test_no_evaluation_text_is_a_training_text(name: str) -> None:
    assert not {case.text for case in cases(name)} & {utterance.text for utterance in read_utterances()}


@pytest.mark.parametrize("name", SETS)
def test_understanding_has_not_fallen_behind_what_was_measured(name: str, model: Path) -> None:
    found = figures(answers(cases(name), load_catalog(), classifier_of(model)), load_catalog()).shares
    floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))
    margin = floors["margin"]
    assert {
        figure: found[figure][0] for figure, floor in floors[name].items() if found[figure][0] < floor - margin
    } == {}
