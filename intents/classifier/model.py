"""The trained classifier: numpy in, probabilities out."""

import io
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from intents.catalog.model import OTHER
from intents.classifier.features import LONGEST_TEXT, grams, sentences

FILE_NAME = "classifier.zip"
"""What the classifier is called inside a model archive."""

OF_TOPIC = "/"
"""Between topic and kind in the label of a kind of trouble: street_lights/不亮."""

BESIDE = 0.1
"""How much a sentence that resembles no topic counts beside the one that names the trouble: greetings, histories, articles of law."""

TEMPERED = 0.25
"""The softmax temperature under which a sentence's resemblance to a topic is weighed."""

BY_WEIGHT = 0.5
"""Share of the reading by sentences' weights in a topic's score; the rest is the text read as a whole."""

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Guess:
    """One label and how sure the model is of it (calibrated: of the guesses at 0.8, about 80 % are right)."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Head:
    """One linear layer: weights (features × labels), bias (labels) and the temperature that calibrates it."""

    labels: tuple[str, ...]
    weights: Vector
    bias: Vector
    temperature: float

    def scores(self, rows: npt.NDArray[np.intp], values: Vector) -> Vector:
        """How near the text is to each label, uncalibrated."""
        scores: Vector = values @ self.weights[rows] + self.bias
        return scores

    def guesses(self, scores: Vector) -> list[Guess]:
        """All labels with their calibrated shares, the surest first."""
        shares = softmax(scores / self.temperature)
        order = np.argsort(-shares)
        return [Guess(self.labels[i], float(shares[i])) for i in order]


def softmax(scores: Vector) -> Vector:
    """Scores as shares that sum to one."""
    exponents: Vector = np.exp(scores - scores.max())
    shares: Vector = exponents / exponents.sum()
    return shares


@dataclass(frozen=True, slots=True)
class Classifier:
    """Topic and type of a text. Built by `intents.classifier.train`, kept as one file by `save` and `load`."""

    vocabulary: Mapping[str, int]
    idf: Vector
    topic: Head
    type: Head
    kind: Head

    def counts(self, text: str) -> Counter[int]:
        """How often each known n-gram stands in the text, by its row."""
        return Counter(row for gram in grams(text) if (row := self.vocabulary.get(gram)) is not None)

    def vector(self, counts: Mapping[int, float]) -> tuple[npt.NDArray[np.intp], Vector]:
        """Rows and L2-normalised log-tf × idf values of counted n-grams; a count below one is a weight."""
        rows = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        tf = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = np.where(tf < 1, tf, 1 + np.log(np.maximum(tf, 1))) * self.idf[rows] if len(counts) else tf
        length = float(np.linalg.norm(values))
        return rows, (values / length if length else values).astype(np.float32)

    def topic_scores(self, text: str) -> Vector | None:
        """How near the text is to each topic; None when it holds no known n-gram.

        A letter is read twice: as a whole, and with each sentence weighed by how much it resembles a topic.
        """
        parts = [self.counts(part) for part in sentences(text[:LONGEST_TEXT])]
        whole: Counter[int] = Counter()
        for part in parts:
            whole.update(part)
        if not whole:
            return None
        scores = self.topic.scores(*self.vector(whole))
        if len(parts) == 1:
            return scores
        weighed: dict[int, float] = defaultdict(float)
        for part in parts:
            weight = self._weight(part)
            for row, count in part.items():
                weighed[row] += count * weight
        return (1 - BY_WEIGHT) * scores + BY_WEIGHT * self.topic.scores(*self.vector(weighed))

    def _weight(self, part: Counter[int]) -> float:
        """Between BESIDE and 1: how surely a sentence tells of a topic."""
        if not part:
            return BESIDE
        shares = softmax(self.topic.scores(*self.vector(part)) / TEMPERED)
        named = max(share for share, label in zip(shares, self.topic.labels, strict=True) if label != OTHER)
        return BESIDE + (1 - BESIDE) * float(named)

    def topics(self, text: str) -> list[Guess]:
        """Every topic with its confidence, the surest first; of a text without a known gram nothing is known."""
        scores = self.topic_scores(text)
        if scores is None:
            labels = sorted(self.topic.labels, key=lambda label: label != OTHER)
            return [Guess(label, 1 / len(labels)) for label in labels]
        return self.topic.guesses(scores)

    def types(self, text: str) -> list[Guess]:
        """Every type of appeal with its confidence, the surest first."""
        return self.type.guesses(self.type.scores(*self.vector(self.counts(text))))

    def kinds(self, text: str, topic: str) -> list[Guess]:
        """The topic's kinds of trouble with their confidence, the surest first; none for a topic without kinds."""
        begins = f"{topic}{OF_TOPIC}"
        columns = [at for at, label in enumerate(self.kind.labels) if label.startswith(begins)]
        if not columns:
            return []
        scores = self.kind.scores(*self.vector(self.counts(text)))[columns]
        shares = softmax(scores / self.kind.temperature)
        told = (
            Guess(self.kind.labels[at].removeprefix(begins), float(share))
            for at, share in zip(columns, shares, strict=True)
        )
        return sorted(told, key=lambda guess: -guess.confidence)

    def save(self, path: Path) -> None:
        """Writes one zip file: labels and vocabulary as JSON, numbers as .npy in half precision."""
        header = {
            "vocabulary": list(self.vocabulary),
            "topic": {"labels": self.topic.labels, "temperature": self.topic.temperature},
            "type": {"labels": self.type.labels, "temperature": self.type.temperature},
            "kind": {"labels": self.kind.labels, "temperature": self.kind.temperature},
        }
        arrays = {
            "idf": self.idf,
            "topic.weights": self.topic.weights,
            "topic.bias": self.topic.bias,
            "type.weights": self.type.weights,
            "type.bias": self.type.bias,
            "kind.weights": self.kind.weights,
            "kind.bias": self.kind.bias,
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("header.json", json.dumps(header, ensure_ascii=False))
            for name, array in arrays.items():
                buffer = io.BytesIO()
                np.save(buffer, array.astype(np.float16))
                archive.writestr(f"{name}.npy", buffer.getvalue())

    @classmethod
    def load(cls, source: Path | BinaryIO) -> "Classifier":
        """Reads what `save` wrote; OSError or zipfile.BadZipFile where there is none."""
        with zipfile.ZipFile(source) as archive:
            header = json.loads(archive.read("header.json"))

            def array(name: str) -> Vector:
                loaded: Vector = np.load(io.BytesIO(archive.read(f"{name}.npy"))).astype(np.float32)
                return loaded

            def head(name: str) -> Head:
                labels: Sequence[str] = header[name]["labels"]
                return Head(tuple(labels), array(f"{name}.weights"), array(f"{name}.bias"), header[name]["temperature"])

            vocabulary = {gram: row for row, gram in enumerate(header["vocabulary"])}
            return cls(vocabulary, array("idf"), head("topic"), head("type"), head("kind"))
