"""The decoding graph: characters by a language model, their syllables' phones, Kaldi's transition ids. Written arc by arc.

In Kaldi's reordered form an arc into a phone's state carries its forward transition, and the state's self-loop comes after it. All histories
that are reached by one character share the states of that character's syllable, so an n-gram is one arc.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import kaldifst

from asr.training.lexicon import SILENCE
from asr.training.ngram import END, START, History, Model

SILENCE_COST = 2.5
"""−log probability of a pause after a character."""

INSERTION = 1.2
"""What every character costs beside its probability: a long vowel is one syllable, not two."""

Readings = Mapping[str, Sequence[tuple[tuple[str, ...], float]]]
"""A character's syllables as phones, each with its share."""


class Phones:
    """Numbers of phones with their position in the character, and of the densities (pdfs) they share."""

    def __init__(self, phones: Sequence[str]) -> None:
        self.pdf = {phone: n for n, phone in enumerate(phones)}
        names = [SILENCE]
        for phone in phones:
            if phone != SILENCE:
                names += [f"{phone}_B", f"{phone}_E", f"{phone}_S"]
        self.names = names
        self.number = {name: n for n, name in enumerate(names, 1)}

    def pdfs(self) -> list[int]:
        """Each numbered phone's pdf, in order."""
        return [self.pdf[name.rpartition("_")[0] if "_" in name else name] for name in self.names]

    def word_boundary(self) -> str:
        """`graph/phones/word_boundary.int`."""
        kinds = {"B": "begin", "E": "end", "S": "singleton"}
        return "".join(
            f"{number} {kinds[name[-1]] if '_' in name else 'nonword'}\n" for name, number in self.number.items()
        )


def _forward(phone: int) -> int:
    return 2 * phone


def _loop(phone: int) -> int:
    return 2 * phone - 1


class Graph:
    """One graph in the making."""

    def __init__(self, model: Model, phones: Phones, readings: Readings, words: Mapping[str, int]) -> None:
        self._model, self._phones, self._readings, self._words = model, phones, readings, words
        self._fst = kaldifst.StdVectorFst()
        self._states: dict[History, int] = {}
        self._entries: dict[tuple[History, str], list[tuple[int, int, float]]] = {}
        self._order = max(len(h) for h in model.arcs) + 1

    def build(self) -> "kaldifst.StdVectorFst":
        """Every history's state with its arcs."""
        for history in self._model.arcs:
            self._states[history] = self._fst.add_state()
        start = (START,) if (START,) in self._states else ()
        self._fst.start = self._states[start]
        silence = self._phones.number[SILENCE]
        for history, state in self._states.items():
            for character, log in self._model.arcs[history].items():
                if character == END:
                    continue
                self._arc(history, state, character, -log)
            if history:
                backoff = -self._model.backoff.get(history, 0.0)
                self._add(state, 0, 0, backoff, self._states[self._shorter(history[1:])])
            quiet = self._fst.add_state()
            self._add(state, _forward(silence), 0, SILENCE_COST, quiet)
            self._add(quiet, _loop(silence), 0, math.log(2), quiet)
            self._add(quiet, 0, 0, 0.0, state)
            self._fst.set_final(state, self._final(history))
        return self._fst

    def _arc(self, history: History, state: int, character: str, cost: float) -> None:
        target = self._shorter((*history, character)[-(self._order - 1) :])
        for label, entry, extra in self._syllables(target, character):
            self._add(state, label, self._words[character], cost + extra + INSERTION, entry)

    def _syllables(self, target: History, character: str) -> list[tuple[int, int, float]]:
        """The first states of the character's syllables in front of `target`: (label, state, cost)."""
        known = self._entries.get((target, character))
        if known is not None:
            return known
        made = []
        for phones, share in self._readings[character]:
            numbers = self._numbers(phones)
            states = [self._fst.add_state() for _ in numbers]
            for here, number in zip(states, numbers, strict=True):
                self._add(here, _loop(number), 0, math.log(2), here)
            for here, there, number in zip(states[:-1], states[1:], numbers[1:], strict=True):
                self._add(here, _forward(number), 0, math.log(2), there)
            self._add(states[-1], 0, 0, 0.0, self._states[target])
            made.append((_forward(numbers[0]), states[0], -math.log(share)))
        self._entries[target, character] = made
        return made

    def _numbers(self, phones: tuple[str, ...]) -> list[int]:
        names = [f"{phones[0]}_S"] if len(phones) == 1 else [f"{phones[0]}_B", f"{phones[1]}_E"]
        return [self._phones.number[name] for name in names]

    def _shorter(self, history: History) -> History:
        """The longest end of a history that has a state."""
        while history not in self._states:
            history = history[1:]
        return history

    def _final(self, history: History) -> float:
        cost = 0.0
        while END not in self._model.arcs[history] and history:
            cost -= self._model.backoff.get(history, 0.0)
            history = self._shorter(history[1:])
        return cost - self._model.arcs[history].get(END, math.log(1e-4))

    def _add(self, source: int, label: int, word: int, cost: float, target: int) -> None:
        self._fst.add_arc(source, kaldifst.StdArc(label, word, cost, target))


def write(folder: Path, model: Model, phones: Phones, readings: Mapping[str, Mapping[tuple[str, ...], float]]) -> None:
    """`graph/HCLG.fst`, `graph/words.txt`, `graph/phones/word_boundary.int`."""
    used = sorted({c for arcs in model.arcs.values() for c in arcs if c != END})
    words = {c: n for n, c in enumerate(used, 1)}
    shares: dict[str, list[tuple[tuple[str, ...], float]]] = defaultdict(list)
    for character in used:
        total = sum(readings[character].values())
        for reading, weight in readings[character].items():
            if weight / total >= 0.02:
                shares[character].append((reading, weight / total))
    fst = Graph(model, phones, shares, words).build()
    (folder / "graph" / "phones").mkdir(parents=True, exist_ok=True)
    fst.write(str(folder / "graph" / "HCLG.fst"))
    lines = ["<eps> 0", *(f"{c} {n}" for c, n in words.items())]
    (folder / "graph" / "words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "graph" / "phones" / "word_boundary.int").write_text(phones.word_boundary(), encoding="utf-8")
