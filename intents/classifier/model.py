"""The trained classifier: numpy in, probabilities out."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from intents.catalog.model import OTHER
from intents.classifier.features import grams

FILE_NAME = "classifier.zip"
"""What the classifier is called inside a model archive."""

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

    def guesses(self, rows: npt.NDArray[np.intp], values: Vector) -> list[Guess]:
        """All labels, the surest first."""
        scores = (values @ self.weights[rows] + self.bias) / self.temperature
        exponents = np.exp(scores - scores.max())
        shares = exponents / exponents.sum()
        order = np.argsort(-shares)
        return [Guess(self.labels[i], float(shares[i])) for i in order]


@dataclass(frozen=True, slots=True)
class Classifier:
    """Topic and type of a text. Built by `intents.classifier.train`, kept as one file by `save` and `load`."""

    vocabulary: Mapping[str, int]
    idf: Vector
    topic: Head
    type: Head

    def vector(self, text: str) -> tuple[npt.NDArray[np.intp], Vector]:
        """The known n-grams of a text: their rows, and their L2-normalised log-tf × idf values."""
        counts = Counter(row for gram in grams(text) if (row := self.vocabulary.get(gram)) is not None)
        rows = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        tf = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1.0 + np.log(tf)) * self.idf[rows] if len(counts) else tf
        length = float(np.linalg.norm(values))
        return rows, (values / length if length else values).astype(np.float32)

    def topics(self, text: str) -> list[Guess]:
        """Every topic with its confidence, the surest first; of a text without a known gram nothing is known."""
        rows, values = self.vector(text)
        if not len(rows):
            labels = sorted(self.topic.labels, key=lambda label: label != OTHER)
            return [Guess(label, 1 / len(labels)) for label in labels]
        return self.topic.guesses(rows, values)

    def types(self, text: str) -> list[Guess]:
        """Every type of appeal with its confidence, the surest first."""
        return self.type.guesses(*self.vector(text))

    def save(self, path: Path) -> None:
        """Writes one zip file: labels and vocabulary as JSON, numbers as .npy in half precision."""
        header = {
            "vocabulary": list(self.vocabulary),
            "topic": {"labels": self.topic.labels, "temperature": self.topic.temperature},
            "type": {"labels": self.type.labels, "temperature": self.type.temperature},
        }
        arrays = {
            "idf": self.idf,
            "topic.weights": self.topic.weights,
            "topic.bias": self.topic.bias,
            "type.weights": self.type.weights,
            "type.bias": self.type.bias,
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
            return cls(vocabulary, array("idf"), head("topic"), head("type"))
