"""Sentences spoken by many voices: sound with the phone of every frame. Speaking runs in processes of its own, because espeak is one a process."""

import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from asr.training import sound as sounds
from asr.training.lexicon import SILENCE, phones_of, syllables
from asr.training.speech import RATE, TRAINED, Speaker, Style


@cache
def _speaker() -> Speaker:
    return Speaker()


@dataclass(frozen=True, slots=True)
class Said:
    """One spoken sentence: sound at 16 kHz, and for each syllable (phones, start, final's start, end) in seconds."""

    text: str
    sound: NDArray[np.float32]
    places: list[tuple[tuple[str, ...], float, float, float]]


def style(dice: random.Random, variants: Sequence[str] = TRAINED) -> Style:
    """A voice, at some speed and pitch."""
    return Style(dice.choice(variants), dice.randint(130, 230), dice.randint(25, 75), dice.randint(30, 70))


def say(text: str, how: Style, seed: int) -> Said | None:
    """Speaks it, with some silence around; None where the synthesiser could not."""
    pinyin = syllables(text)
    if not pinyin or len(pinyin) != len(text):
        return None
    sound, places = _speaker().speak(pinyin, how)
    if not places:
        return None
    dice = np.random.default_rng(seed)
    before, after = dice.uniform(0.05, 0.4, 2)
    quiet = [np.zeros(int(s * sounds.RATE), np.float32) for s in (before, after)]
    speech = sounds.to_16k(sound, RATE)
    kept = [
        (phones_of(s), p.start / RATE + before, p.final / RATE + before, p.end / RATE + before)
        for s, p in zip(pinyin, places, strict=True)
    ]
    return Said(text, np.concatenate([quiet[0], speech, quiet[1]]), kept)


def _labelled(job: tuple[str, Style, int]) -> tuple[NDArray[np.float16], list[tuple[str, int, int]]] | None:
    text, how, seed = job
    said = say(text, how, seed)
    if said is None:
        return None
    from asr.training import features

    heard = features.mfcc(sounds.as_it_arrives(said.sound, np.random.default_rng(seed + 1)))
    spans: list[tuple[str, int, int]] = []
    for phones, start, final, end in said.places:
        marks = [start, final, end] if len(phones) == 2 else [start, end]
        for phone, a, b in zip(phones, marks[:-1], marks[1:], strict=True):
            spans.append((phone, round(a * 100), round(b * 100)))
    return heard.astype(np.float16), spans


def labelled(
    sentences: Sequence[str], phones: dict[str, int], seed: int
) -> tuple[list[NDArray[np.float16]], list[NDArray[np.int16]]]:
    """Features and each frame's phone number, for every sentence that could be spoken."""
    dice = random.Random(seed)
    jobs = [(text, style(dice), seed + 10 * i) for i, text in enumerate(sentences)]
    heard, labels = [], []
    with ProcessPoolExecutor(2) as pool:
        for made in pool.map(_labelled, jobs, chunksize=32):
            if made is None:
                continue
            frames, spans = made
            label = np.full(len(frames), phones[SILENCE], np.int16)
            for phone, a, b in spans:
                label[a:b] = phones[phone]
            heard.append(frames)
            labels.append(label)
    return heard, labels
