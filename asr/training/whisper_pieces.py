"""What the small Whisper is trained on: spoken sentences with where every token and syllable lies, some joined, some silent, in batches."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whisper.tokenizer import Tokenizer

from asr.training.corpus import Heard

LONGEST = 640
"""Mel frames of the longest sentence that is used."""

SILENT = 0.04
"""The share of pieces in which nobody speaks, whose text is empty."""

JOINED = 0.1
"""The share of sentences that another one follows after a pause."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sound with what is to be said of it: tokens, each token's (start, end) and each syllable's (phones, start, end), in encoder frames."""

    mel: NDArray[np.float16]
    tokens: list[int]
    places: list[tuple[int, int]]
    phones: list[tuple[int, int, int]]
    syllables: list[tuple[int, int]]
    end: float


def pieces(heard: list[Heard], tokenizer: Tokenizer, phones: dict[str, int]) -> list[Piece]:
    """Every sentence that Whisper is to learn."""
    made = []
    for one in heard:
        if one.mel is None or one.mel.shape[1] > LONGEST:
            continue
        tokens, places = [], []
        spans = [(round(start * 50), round(end * 50)) for _, start, _, end in one.places]
        byte, owner = 0, [n for n, c in enumerate(one.text) for _ in c.encode()]
        for token in tokenizer.encode(one.text):
            length = len(tokenizer.encoding.decode_single_token_bytes(token))
            tokens.append(token)
            places.append((spans[owner[byte]][0], spans[owner[byte + length - 1]][1]))
            byte += length
        named = []
        for names, start, final, end in one.places:
            marks = [start, final, end] if len(names) == 2 else [start, end]
            named += [
                (phones[name], round(a * 50), round(b * 50))
                for name, a, b in zip(names, marks[:-1], marks[1:], strict=True)
            ]
        made.append(Piece(one.mel, tokens, places, named, spans, one.places[-1][3]))
    return made


def joined(a: Piece, b: Piece, pause: int) -> Piece:
    """One after the other, with so many encoder frames of silence between."""
    floor = np.full((80, 2 * pause), min(a.mel.min(), b.mel.min()), np.float16)
    odd = a.mel.shape[1] % 2
    first = np.pad(a.mel, ((0, 0), (0, odd)), mode="edge")
    later = first.shape[1] // 2 + pause
    return Piece(
        np.concatenate([first, floor, b.mel], axis=1),
        a.tokens + b.tokens,
        a.places + [(s + later, e + later) for s, e in b.places],
        a.phones + [(p, s + later, e + later) for p, s, e in b.phones],
        a.syllables + [(s + later, e + later) for s, e in b.syllables],
        b.end + later / 50,
    )


def silence(dice: random.Random) -> Piece:
    """Nobody speaks: nothing at all, or noise."""
    generator = np.random.default_rng(dice.randrange(2**32))
    frames = dice.randint(60, 400)
    if dice.random() < 0.3:
        mel = np.full((80, frames), -1.5, np.float32)
    else:
        slope = np.linspace(0, dice.uniform(-0.6, 0.6), 80)[:, None]
        mel = generator.normal(0, dice.uniform(0.05, 0.25), (80, frames)) + slope + dice.uniform(-0.3, 0.8)
    return Piece(mel.astype(np.float16), [], [], [], [], 0.0)


class Batches:
    """Batches of sentences of like length, some joined, some silent."""

    def __init__(self, corpus: Callable[[], list[Piece]], dice: random.Random) -> None:
        self._corpus, self._dice = corpus, dice
        self._ready: list[list[Piece]] = []

    def next(self, size: int) -> list[Piece]:
        """The next batch of about so many sentences."""
        if not self._ready:
            dice, all_pieces = self._dice, self._corpus()
            order = sorted(
                dice.sample(range(len(all_pieces)), len(all_pieces)), key=lambda n: all_pieces[n].mel.shape[1] // 40
            )
            self._ready = [[all_pieces[n] for n in order[i : i + size]] for i in range(0, len(order), size)]
            dice.shuffle(self._ready)
        batch = self._ready.pop()
        if self._dice.random() < JOINED:
            others = self._dice.sample(batch, len(batch))
            batch = [
                joined(a, b, self._dice.randint(5, 40))
                for a, b in zip(batch, others, strict=True)
                if len(a.tokens) < 24
            ][: size // 2] or batch
        return [silence(self._dice) if self._dice.random() < SILENT else piece for piece in batch]
