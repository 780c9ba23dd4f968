"""Trains the classifier with scikit-learn. Runs in Rasa's environment (as a part of `rasa train`) and in the app's (benchmarks)."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from intents.catalog.model import OTHER
from intents.classifier.features import grams
from intents.classifier.letters import FRAME, read_frames
from intents.classifier.model import OF_TOPIC, Classifier, Head
from intents.classifier.utterances import Utterance

RAREST = 2
"""A gram seen in a single utterance is that writer's, not the topic's."""

RESIDUAL_SHARE = 0.6
"""How much of the calibration `other` counts for. Of 0.4 to 0.7, measured on the three sets: up to here `other` is found ever better (letters 78 → 89 %)
and the topics as well as before; beyond, they lose."""

STRANGERS = 1.15
"""By how much the temperature is raised above what fits our own utterances: citizens write less like them than they do like each other."""

FOLDS = 4
SEED = 12345


OF_KINDS = 0.3
"""The temperature of kinds of trouble. What fits the utterances best is 0.12, and then a word of the place outweighs a cue that is said outright
(天桥下全是水 is no 照明); at 0.3, with the cue beside it (`AGREEING`), held-out texts are read as well and short ones better."""

ONE_HAND = 0.5
"""What a text of `nlu/*.txt` counts for when types are learned: one hand drew the line in all of them, some twenty in the marked texts."""

LETTERS = 0.4
"""Share of the utterances that the topics are calibrated on as letters: real messages are greeted and told at length."""


def train(utterances: Sequence[Utterance]) -> Classifier:
    """Fits topic and type on all utterances, in whatever order they come; calibrates each on predictions for the fold that was left out."""
    utterances = sorted(utterances, key=lambda u: (u.topic, u.type, u.text))
    chance = random.Random(SEED)
    frames = read_frames()
    around = list(frames.alone(chance))
    texts = [u.text for u in utterances]
    vectorizer = TfidfVectorizer(analyzer=lambda text: list(grams(text)), min_df=RAREST, sublinear_tf=True)
    matrix = vectorizer.fit_transform([*texts, *around])
    in_order = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    classifier = Classifier(
        vocabulary={gram: row for row, gram in enumerate(in_order)},
        idf=vectorizer.idf_.astype(np.float32),
        topic=_topics(matrix, [u.topic for u in utterances] + [FRAME] * len(around)),
        type=_types(matrix[: len(texts)], utterances),
        kind=_kinds(matrix, utterances),
    )
    read = [frames.around(text, chance) if chance.random() < LETTERS else text for text in texts]
    return replace(classifier, topic=_calibrated_topics(classifier, matrix, utterances, read))


def _topics(matrix: csr_matrix, labels: Sequence[str]) -> Head:
    """One against the rest by squared hinge: as right as multinomial logistic regression here, and several times quicker to fit.

    Frames are a label of their own while fitting, so that their words speak for no topic; no text is guessed to be one.
    """
    model = LinearSVC(C=0.5, class_weight="balanced", random_state=SEED).fit(matrix, labels)
    kept = [place for place, label in enumerate(model.classes_) if label != FRAME]
    return Head(
        tuple(str(model.classes_[place]) for place in kept),
        model.coef_[kept].T.astype(np.float32),
        model.intercept_[kept].astype(np.float32),
        1.0,
    )


def _calibrated_topics(
    classifier: Classifier, matrix: csr_matrix, utterances: Sequence[Utterance], texts: Sequence[str]
) -> Head:
    """The topic head with the temperature and the ease of `other` that fit texts which it was not trained on."""
    labels = [u.topic for u in utterances]
    head = classifier.topic
    truth = np.array([head.labels.index(label) for label in labels])
    around = np.arange(len(texts), matrix.shape[0])
    scores = np.zeros((len(texts), len(head.labels)))
    for learned, left_out in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, labels):
        rows = np.concatenate([learned, around])
        fold = replace(classifier, topic=_topics(matrix[rows], [*(labels[i] for i in learned), *[FRAME] * len(around)]))
        for i in left_out:
            told = fold.topic_scores(texts[i])
            scores[i] = fold.topic.bias if told is None else told
    place = head.labels.index(OTHER)
    temperature, raised = _calibrated(scores, truth, place)
    bias = head.bias.copy()
    bias[place] += raised
    return replace(head, bias=bias, temperature=temperature * STRANGERS)


def _types(matrix: csr_matrix, utterances: Sequence[Utterance]) -> Head:
    labels = [utterance.type for utterance in utterances]
    weights = np.array([ONE_HAND if utterance.marks is None else 1.0 for utterance in utterances])
    model = LinearSVC(C=0.5, class_weight="balanced", random_state=SEED)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    held_out = cross_val_predict(model, matrix, labels, cv=folds, method="decision_function")
    model.fit(matrix, labels, sample_weight=weights)
    names = tuple(map(str, model.classes_))
    truth = np.array([names.index(label) for label in labels])
    temperature = _calibrated(held_out, truth)[0]
    return Head(names, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32), temperature)


def _kinds(matrix: csr_matrix, utterances: Sequence[Utterance]) -> Head:
    """Every kind of trouble of every topic against all others; which of a topic's own it is, the temperature makes a share of."""
    rows = [row for row, utterance in enumerate(utterances) if utterance.kind is not None]
    labels = [f"{utterances[row].topic}{OF_TOPIC}{utterances[row].kind}" for row in rows]
    model = LinearSVC(C=1.0, class_weight="balanced", random_state=SEED).fit(matrix[rows], labels)
    names = tuple(map(str, model.classes_))
    return Head(names, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32), OF_KINDS)


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
