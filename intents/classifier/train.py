"""Trains the classifier with scikit-learn. Runs in Rasa's environment (as a part of `rasa train`) and in the app's (benchmarks)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from intents.classifier.features import grams
from intents.classifier.model import Classifier, Head
from intents.classifier.utterances import Utterance

RAREST = 2
"""A gram seen in a single utterance is that writer's, not the topic's."""

FOLDS = 5
SEED = 12345


def train(utterances: Sequence[Utterance]) -> Classifier:
    """Fits topic and type on all utterances; calibrates each on predictions for the fold that was left out."""
    vectorizer = TfidfVectorizer(analyzer=lambda text: list(grams(text)), min_df=RAREST, sublinear_tf=True)
    matrix = vectorizer.fit_transform([u.text for u in utterances])
    grams_in_order = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    return Classifier(
        vocabulary={gram: row for row, gram in enumerate(grams_in_order)},
        idf=vectorizer.idf_.astype(np.float32),
        topic=_head(matrix, [u.topic for u in utterances], strength=0.5),
        type=_head(matrix, [u.type for u in utterances], strength=0.25),
    )


def _head(matrix: csr_matrix, labels: Sequence[str], strength: float) -> Head:
    # One against the rest by squared hinge: as right as multinomial logistic regression here, and several times quicker to fit.
    model = LinearSVC(C=strength, class_weight="balanced", random_state=SEED)
    held_out = cross_val_predict(
        model,
        matrix,
        labels,
        cv=StratifiedKFold(FOLDS, shuffle=True, random_state=SEED),
        method="decision_function",
    )
    model.fit(matrix, labels)
    names = tuple(map(str, model.classes_))
    truth = np.array([names.index(label) for label in labels])
    return Head(
        labels=names,
        weights=model.coef_.T.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
        temperature=_temperature(held_out, truth),
    )


def _temperature(scores: npt.NDArray[np.float64], truth: npt.NDArray[np.intp]) -> float:
    """The softmax temperature under which the held-out scores are most likely (Guo et al. 2017)."""

    def loss(log_temperature: float) -> float:
        scaled = scores / np.exp(log_temperature)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        shares = scaled[np.arange(len(truth)), truth] - np.log(np.exp(scaled).sum(axis=1))
        return float(-shares.mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-5.0, 3.0), method="bounded").x))
