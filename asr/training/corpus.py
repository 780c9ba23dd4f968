"""Sentences spoken by many voices: what each model hears of them, and where every syllable lies. Speaking runs in processes of its own,
because espeak is one a process.
"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr.training import sound as sounds
from asr.training.lexicon import SILENCE, phones_of, syllables
from asr.training.speech import MADE, RATE, TRAINED, Speaker, Style

Span = tuple[tuple[str, ...], float, float, float]
"""A syllable: its phones, its start, its final's start and its end in seconds."""

Job = tuple[str, Style, int, Path, bool]
"""A sentence, how it is spoken, the seed of what else is drawn, espeak's data, and whether Whisper hears it too."""

AT_ONCE = 500
"""Sentences that one pool of processes speaks."""


@cache
def _speaker(data: Path | None) -> Speaker:
    return Speaker(data)


@dataclass(frozen=True, slots=True)
class Said:
    """One spoken sentence: sound at 16 kHz, and each syllable's place."""

    text: str
    sound: NDArray[np.float32]
    places: list[Span]


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence as the models hear it: cepstra (frames, 40) for Vosk's, a mel spectrogram (80, frames) for Whisper's if it is wanted."""

    text: str
    places: list[Span]
    cepstra: NDArray[np.float16]
    mel: NDArray[np.float16] | None

    def labels(self, phones: dict[str, int]) -> NDArray[np.int16]:
        """The number of each frame's phone, 100 a second."""
        label = np.full(len(self.cepstra), phones[SILENCE], np.int16)
        for names, start, final, end in self.places:
            marks = [start, final, end] if len(names) == 2 else [start, end]
            for name, a, b in zip(names, marks[:-1], marks[1:], strict=True):
                label[round(a * 100) : round(b * 100)] = phones[name]
        return label


def style(dice: random.Random, variants: Sequence[str] = TRAINED) -> Style:
    """A voice, at some speed and pitch."""
    return Style(dice.choice(variants), dice.randint(130, 230), dice.randint(25, 75), dice.randint(30, 70))


def trained_style(dice: random.Random) -> Style:
    """A voice of the training, at more speeds and pitches than the judges'."""
    variants = MADE if dice.random() < 0.55 else TRAINED
    return Style(dice.choice(variants), dice.randint(105, 250), dice.randint(15, 85), dice.randint(20, 80))


def say(text: str, how: Style, seed: int, data: Path | None = None, stretch: float = 1.0) -> Said | None:
    """Speaks it, with some silence around; None where the synthesiser could not. `stretch`: played so much faster, higher and by a
    shorter throat.
    """
    pinyin = syllables(text)
    if not pinyin or len(pinyin) != len(text):
        return None
    sound, places = _speaker(data).speak(pinyin, how)
    if not places:
        return None
    dice = np.random.default_rng(seed)
    before, after = dice.uniform(0.05, 0.4, 2)
    quiet = [np.zeros(int(s * sounds.RATE), np.float32) for s in (before, after)]
    rate = round(RATE * stretch)
    speech = sounds.to_16k(sound, rate)
    kept = [
        (phones_of(s), p.start / rate + before, p.final / rate + before, p.end / rate + before)
        for s, p in zip(pinyin, places, strict=True)
    ]
    return Said(text, np.concatenate([quiet[0], speech, quiet[1]]), kept)


def _hear(job: Job) -> Heard | None:
    text, how, seed, data, mel = job
    dice = np.random.default_rng(seed + 1)
    stretch = float(dice.uniform(0.88, 1.14)) if dice.uniform() < 0.5 else 1.0
    said = say(text, how, seed, data, stretch)
    if said is None:
        return None
    from asr.training import features

    sound = sounds.as_it_arrives(said.sound, dice)
    cepstra = features.mfcc(sound).astype(np.float16)
    return Heard(text, said.places, cepstra, features.mel(sound).astype(np.float16) if mel else None)


def spoken(jobs: Sequence[tuple[str, bool]], data: Path, seed: int) -> Iterator[Heard]:
    """All sentences that could be spoken, each by a voice of the training; with a mel spectrogram where `jobs` says so."""
    dice = random.Random(seed)
    full = [(text, trained_style(dice), seed + 10 * i, data, mel) for i, (text, mel) in enumerate(jobs)]
    for i in range(0, len(full), AT_ONCE):
        yield from _together(full[i : i + AT_ONCE])


def _together(jobs: Sequence[Job], attempts: int = 2) -> list[Heard]:
    """One pool's work. Once in a long while espeak takes its process with it: then all of it is done again, and given up in the end."""
    try:
        with ProcessPoolExecutor(2) as pool:
            return [made for made in pool.map(_hear, jobs, chunksize=16) if made is not None]
    except BrokenProcessPool:
        if attempts > 1:
            return _together(jobs, attempts - 1)
        print(f"{len(jobs)} sentences are left out: the synthesiser died of them twice", flush=True)
        return []
