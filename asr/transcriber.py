"""The port to a recognition engine. The base class owns timing, voice activity, errors and simplified Chinese; an engine writes two methods."""

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr.activity import speech_spans
from asr.chinese import simplified, with_digits
from asr.errors import AsrError, EngineFailed, NoSpeech, TooShort
from asr.transcript import Transcript, Word

RATE = 16_000
SHORTEST = 0.15
"""Seconds of sound below which nothing can have been said."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do: words while they are spoken, whole recordings, times of words."""

    streaming: bool
    whole: bool = True
    word_times: bool = True


class Stream(ABC):
    """One utterance while it is spoken. Belongs to one thread at a time."""

    @abstractmethod
    def feed(self, samples: Samples) -> str | None:
        """Hears a piece; the text so far when it has changed."""

    @abstractmethod
    def words(self) -> list[Word]:
        """The end: all words, with times in the sound that was fed."""


class Transcriber(ABC):
    """A recognition engine with its model loaded. Shared by all threads."""

    name: str
    capabilities: Capabilities

    def transcribe(self, samples: Samples) -> Transcript:
        """Hears a whole recording (mono, 16 kHz, within ±1). TooShort, NoSpeech, EngineFailed."""
        length = len(samples) / RATE
        if length < SHORTEST:
            raise TooShort
        spans = speech_spans(samples)
        if not spans:
            raise NoSpeech
        start, end = spans[0][0], spans[-1][1]
        started = time.perf_counter()
        words = self._guarded(samples[int(start * RATE) : int(end * RATE)])
        return transcript([word.shifted(start) for word in words], self.name, time.perf_counter() - started, length)

    def stream(self) -> Stream:
        """Begins to hear an utterance. EngineFailed where the engine cannot."""
        raise EngineFailed(f"{self.name} hears whole recordings only")

    @abstractmethod
    def _transcribe(self, samples: Samples) -> list[Word]:
        """The words of a recording in which somebody speaks."""

    def _guarded(self, samples: Samples) -> list[Word]:
        try:
            return self._transcribe(samples)
        except AsrError:
            raise
        except Exception as error:
            raise EngineFailed(f"{self.name}: {type(error).__name__}") from None


def transcript(words: list[Word], engine: str, seconds: float, audio_seconds: float) -> Transcript:
    """The words as a transcript. NoSpeech when there are none."""
    kept = [Word(text, w.start, w.end, w.confidence) for w in words if (text := simplified(w.text))]
    text = simplified("".join(f" {w.text}" if w.text.isascii() else w.text for w in kept))
    if not text:
        raise NoSpeech
    return Transcript(text, with_digits(text), tuple(kept), engine, seconds, audio_seconds)
