"""openai-whisper: hears whole recordings, slowly and well.

`condition_on_previous_text` is off: one invented sentence would breed others. A high average log probability overrides Whisper's own
no-speech threshold, so silence is kept from it by voice activity before (asr/transcriber.py).
"""

import threading
from pathlib import Path
from typing import Any

import numpy as np

from asr.errors import ModelMissing
from asr.invented import is_invented, without_loops
from asr.transcriber import RATE, Capabilities, Samples, Transcriber, transcript
from asr.transcript import Transcript, Word

WINDOW = 30 * RATE
"""Samples of Whisper's window. Shorter sound is filled up with silence here: a spectrogram filled up with zeros is not silence."""

LATE = 0.5
"""Seconds after the end of the sound from which a segment is invented."""

BROKEN = "\N{REPLACEMENT CHARACTER}"
"""What a piece of a character that was never completed is written as: no character at all."""

THREADS = 1
"""The second hearing takes what is left of the machine; more threads than free cores make it slower."""


class WhisperTranscriber(Transcriber):
    """A checkpoint (`whisper.load_model(path)`). ModelMissing when it cannot be loaded."""

    name = "whisper"
    capabilities = Capabilities(streaming=False, word_times=False)

    def __init__(self, path: Path) -> None:
        try:
            import torch
            import whisper
        except ImportError:
            raise ModelMissing("the package openai-whisper is missing: python3 scripts/setup.py whisper") from None
        torch.set_num_threads(THREADS)
        self._one_at_a_time = threading.Lock()
        try:
            self._model = whisper.load_model(str(path), device="cpu")
        except Exception:
            raise ModelMissing(f"{path} is no Whisper checkpoint; `jiesu models fetch small` gets one") from None

    def hear(self, samples: Samples) -> Transcript:
        """A recording in which somebody is known to speak, without asking voice activity."""
        return transcript(self._transcribe(samples), self.name, 0.0, len(samples) / RATE)

    def _transcribe(self, samples: Samples) -> list[Word]:
        length = len(samples) / RATE
        padded = np.pad(samples.astype(np.float32), (0, -len(samples) % WINDOW))
        with self._one_at_a_time:
            # The model keeps the past of a decoding in hooks of its own: two at once would mix them.
            found: dict[str, Any] = self._model.transcribe(
                padded,
                language="zh",
                temperature=0.0,
                condition_on_previous_text=False,
                fp16=False,
                verbose=None,
            )
        return segments([(s["text"], s["start"], s["end"], s["avg_logprob"]) for s in found["segments"]], length)


def segments(heard: list[tuple[str, float, float, float]], length: float) -> list[Word]:
    """Whisper's segments as words, without what it says when nobody does."""
    kept = []
    for text, start, end, log in heard:
        said = without_loops(text.replace(BROKEN, "").strip())
        if not said or is_invented(said) or start > length + LATE:
            continue
        kept.append(Word(said, min(start, length), min(end, length), float(np.exp(min(log, 0.0)))))
    return kept
