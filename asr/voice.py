"""The port to a voice, and a cache before it: fixed prompts are spoken once."""

import hashlib
import io
import os
import wave
from abc import ABC, abstractmethod
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CACHED = 400
"""Sentences kept; the one longest unused goes first."""


class VoiceError(Exception):
    """The voice cannot speak now."""


@dataclass(frozen=True, slots=True, repr=False)
class Speech:
    """Mono samples at `rate` Hz."""

    samples: NDArray[np.int16]
    rate: int

    def wav(self) -> bytes:
        """As a WAV file."""
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(self.samples.astype("<i2").tobytes())
        return out.getvalue()


class Voice(ABC):
    """Speaks Chinese. Safe to share between threads."""

    name: str

    @abstractmethod
    def speak(self, text: str, pace: float = 1.0) -> Speech:
        """A sentence, numbers read as a person reads them; slower with a `pace` below 1. VoiceError."""


class CachedVoice(Voice):
    """Keeps what was spoken in a folder, under a hash of voice and sentence.

    `fixed`: the sentences that may be kept, for what else the hotline says is about a citizen. None: the caller asks for no others.
    """

    def __init__(self, voice: Voice, folder: Path, fixed: Container[str] | None = None) -> None:
        self.name = voice.name
        self._voice = voice
        self._folder = folder
        self._fixed = fixed

    def speak(self, text: str, pace: float = 1.0) -> Speech:
        """See Voice. What is not fixed is a citizen's own, and not kept; nor is, where nobody said what is fixed, what holds a number."""
        if any(c.isdigit() for c in text) if self._fixed is None else text not in self._fixed:
            return self._voice.speak(text, pace)
        name = self.name if pace == 1.0 else f"{self.name} {pace:.2f}"
        path = self._folder / (hashlib.sha256(f"{name}\n{text}".encode()).hexdigest()[:32] + ".wav")
        try:
            kept = _read(path)
            os.utime(path)
            return kept
        except (OSError, EOFError, wave.Error):
            pass
        spoken = self._voice.speak(text, pace)
        self._folder.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(f".{os.getpid()}.part")
        written.write_bytes(spoken.wav())
        written.rename(path)
        for old in sorted(self._folder.glob("*.wav"), key=lambda p: p.stat().st_mtime)[:-CACHED]:
            old.unlink(missing_ok=True)
        return spoken


def _read(path: Path) -> Speech:
    with wave.open(str(path), "rb") as file:
        return Speech(np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16), file.getframerate())
