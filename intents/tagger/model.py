"""The trained tagger: numpy in, marks out."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from intents.tagger.features import LONGEST_TEXT, features
from intents.tagger.marks import Mark

FILE_NAME = "tagger.zip"
"""What the tagger is called inside a model archive."""

OUTSIDE = "O"
"""The label of a character that belongs to nothing; the others are B- and I- with the name of a mark."""

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tagger:
    """A linear-chain CRF. Built by `intents.tagger.train`, kept as one file by `save` and `load`.

    `weights` is features × labels, `transitions` labels × labels (from, to), both as logarithms.
    """

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    weights: Matrix
    transitions: Matrix

    def marks(self, text: str, topic: str) -> list[Mark]:
        """What the text says, part by part from left to right, when its topic is this one."""
        text = text[:LONGEST_TEXT]
        if not text:
            return []
        emissions = self._emissions(features(text, topic))
        path = self._likeliest(emissions)
        shares = self._shares(emissions)
        return list(self._spans(path, shares))

    def _emissions(self, rows: Sequence[Sequence[str]]) -> Matrix:
        """The score of each label at each character: characters × labels."""
        scores = np.zeros((len(rows), len(self.labels)), np.float32)
        for i, row in enumerate(rows):
            known = [at for name in row if (at := self.vocabulary.get(name)) is not None]
            scores[i] = self.weights[known].sum(axis=0)
        return scores

    def _likeliest(self, emissions: Matrix) -> list[int]:
        """The best sequence of labels (Viterbi)."""
        best = emissions[0]
        back = np.zeros(emissions.shape, np.intp)
        for i in range(1, len(emissions)):
            ways = best[:, None] + self.transitions
            back[i] = ways.argmax(axis=0)
            best = ways.max(axis=0) + emissions[i]
        path = [int(best.argmax())]
        for i in range(len(emissions) - 1, 0, -1):
            path.append(int(back[i, path[-1]]))
        return path[::-1]

    def _shares(self, emissions: Matrix) -> npt.NDArray[np.float64]:
        """How likely each label is at each character, whatever the others are (forward–backward, scaled)."""
        local = np.exp(emissions.astype(np.float64) - emissions.max(axis=1, keepdims=True))
        steps = np.exp(self.transitions.astype(np.float64))
        forward, backward = np.empty_like(local), np.ones_like(local)
        forward[0] = local[0] / local[0].sum()
        for i in range(1, len(local)):
            here = (forward[i - 1] @ steps) * local[i]
            forward[i] = here / here.sum()
        for i in range(len(local) - 2, -1, -1):
            here = steps @ (local[i + 1] * backward[i + 1])
            backward[i] = here / here.sum()
        both = forward * backward
        shares: npt.NDArray[np.float64] = both / both.sum(axis=1, keepdims=True)
        return shares

    def _spans(self, path: Sequence[int], shares: npt.NDArray[np.float64]) -> Iterator[Mark]:
        start = 0
        while start < len(path):
            label = self.labels[path[start]]
            if not label.startswith("B-"):
                start += 1
                continue
            inside, end = f"I-{label[2:]}", start + 1
            while end < len(path) and self.labels[path[end]] == inside:
                end += 1
            yield Mark(label[2:], start, end, min(float(shares[i, path[i]]) for i in range(start, end)))
            start = end

    def save(self, path: Path) -> None:
        """Writes one zip file: labels and vocabulary as JSON, numbers as .npy in half precision."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            header = {"labels": self.labels, "vocabulary": list(self.vocabulary)}
            archive.writestr("header.json", json.dumps(header, ensure_ascii=False))
            for name, array in (("weights", self.weights), ("transitions", self.transitions)):
                buffer = io.BytesIO()
                np.save(buffer, array.astype(np.float16))
                archive.writestr(f"{name}.npy", buffer.getvalue())

    @classmethod
    def load(cls, source: Path | BinaryIO) -> "Tagger":
        """Reads what `save` wrote; OSError or zipfile.BadZipFile where there is none."""
        with zipfile.ZipFile(source) as archive:
            header = json.loads(archive.read("header.json"))

            def array(name: str) -> Matrix:
                loaded: Matrix = np.load(io.BytesIO(archive.read(f"{name}.npy"))).astype(np.float32)
                return loaded

            vocabulary = {name: row for row, name in enumerate(header["vocabulary"])}
            return cls(tuple(header["labels"]), vocabulary, array("weights"), array("transitions"))
