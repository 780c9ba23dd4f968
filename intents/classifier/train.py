"""Trains the classifier with scikit-learn. Runs in Rasa's environment (as a part of `rasa train`) and in the app's (benchmarks)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from intents.catalog.model import OTHER
from intents.classifier.features import grams
from intents.classifier.model import Classifier, Head
from intents.classifier.utterances import Utterance

RAREST = 2
"""A gram seen in a single utterance is that writer's, not the topic's."""

RESIDUAL_SHARE = 0.3
"""How much of the calibration `other` counts for: about the share of calls that belong to none of the topics."""

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
        topic=_head(matrix, [u.topic for u in utterances], strength=0.5, residual=OTHER),
        type=_head(matrix, [u.type for u in utterances], strength=0.25, residual=None),
    )


def _head(matrix: csr_matrix, labels: Sequence[str], strength: float, residual: str | None) -> Head:
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
    bias = model.intercept_.astype(np.float32)
    if residual is None:
        temperature = _calibrated(held_out, truth)[0]
    else:
        place = names.index(residual)
        temperature, raised = _calibrated(held_out, truth, place)
        bias[place] += raised
    return Head(names, model.coef_.T.astype(np.float32), bias, temperature)


def _calibrated(
    scores: npt.NDArray[np.float64], truth: npt.NDArray[np.intp], residual: int | None = None
) -> tuple[float, float]:
    """The softmax temperature (Guo et al. 2017), and by how much to raise the residual class, under which the held-out scores are likeliest.

    The residual class is no kind of trouble but the absence of all: what it looks like can only be sampled, so how easily a text
    counts as such is fitted, with the class weighing RESIDUAL_SHARE of all however many examples it has.
    """
    weights = np.full(len(truth), 1 / len(truth))
    if residual is not None:
        is_residual = truth == residual
        weights = np.where(is_residual, RESIDUAL_SHARE / is_residual.sum(), (1 - RESIDUAL_SHARE) / (~is_residual).sum())

    def loss(fitted: npt.NDArray[np.float64]) -> float:
        moved = scores.copy()
        if residual is not None:
            moved[:, residual] += fitted[1]
        scaled = moved / np.exp(fitted[0])
        scaled -= scaled.max(axis=1, keepdims=True)
        shares = scaled[np.arange(len(truth)), truth] - np.log(np.exp(scaled).sum(axis=1))
        return float(-(weights * shares).sum())

    fitted = minimize(loss, [-2.0, 0.0], method="Nelder-Mead").x
    return float(np.exp(fitted[0])), float(fitted[1])
