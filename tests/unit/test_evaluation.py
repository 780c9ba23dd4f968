"""The evaluation set, and that understanding does not fall behind what was measured."""

from pathlib import Path

import yaml

from bench.evaluation import answers, cases, figures
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


def test_no_evaluation_text_is_a_training_text() -> None:
    assert not {case.text for case in cases()} & {utterance.text for utterance in read_utterances()}


def test_understanding_has_not_fallen_behind_what_was_measured(model: Path) -> None:
    found = figures(answers(cases(), load_catalog(), classifier_of(model)), load_catalog()).shares
    floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))
    margin = floors.pop("margin")
    assert {name: found[name][0] for name, floor in floors.items() if found[name][0] < floor - margin} == {}
