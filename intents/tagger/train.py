"""Trains the tagger with CRFsuite, which Rasa brings along. Runs in Rasa's environment, as a part of `rasa train`."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from intents.tagger.features import LONGEST_TEXT, features
from intents.tagger.marks import Mark
from intents.tagger.model import OUTSIDE, Tagger

L1, L2 = 0.05, 0.05
"""CRFsuite's regularisation: with less, names are learned by heart; with more, the rarer roles of sums are lost."""

ROUNDS = 60
"""Iterations of L-BFGS: twice as many take half as long again and are right by half a point more at most."""


def train(texts: Sequence[tuple[str, str, Sequence[Mark]]]) -> Tagger:
    """Fits on texts with their topics and marks, in whatever order they come."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    for text, topic, marks in sorted(texts, key=lambda told: told[0]):
        words = text[:LONGEST_TEXT]
        trainer.append(features(words, topic), labels(words, marks))
    trainer.set_params({"c1": L1, "c2": L2, "max_iterations": ROUNDS, "feature.possible_transitions": True})
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "crf")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        told = tagger.info()
    return _from_crfsuite(told.labels, told.state_features, told.transitions)


def labels(text: str, marks: Sequence[Mark]) -> list[str]:
    """One label a character: B- where a mark begins, I- inside, OUTSIDE elsewhere."""
    told = [OUTSIDE] * len(text)
    for mark in marks:
        for i in range(mark.start, min(mark.end, len(text))):
            told[i] = f"{'B' if i == mark.start else 'I'}-{mark.name}"
    return told


def _from_crfsuite(
    ids: dict[str, str], states: dict[tuple[str, str], float], steps: dict[tuple[str, str], float]
) -> Tagger:
    names = tuple(sorted(ids))
    column = {name: at for at, name in enumerate(names)}
    vocabulary = {name: row for row, name in enumerate(sorted({feature for feature, _ in states}))}
    weights = np.zeros((len(vocabulary), len(names)), np.float32)
    for (feature, label), weight in states.items():
        weights[vocabulary[feature], column[label]] = weight
    transitions = np.zeros((len(names), len(names)), np.float32)
    for (before, after), weight in steps.items():
        transitions[column[before], column[after]] = weight
    return Tagger(names, vocabulary, weights, transitions)
