"""Hears what citizens say, off the event loop: whole recordings, and speech while it is spoken."""

import io
import wave
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import anyio
import numpy as np
from anyio import to_thread
from numpy.typing import NDArray

from asr.decoding import decode
from asr.endpointing import Endpointing
from asr.errors import ModelMissing
from asr.live import LiveUtterance
from asr.transcriber import RATE, Transcriber
from asr.transcript import Transcript

DECODERS = 2
"""Recordings that are decoded at once: each is a process of its own."""

LISTENERS = 64
"""Threads for speech that is being spoken: each utterance needs one for some milliseconds at a time."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, repr=False)
class Spoken:
    """One utterance that was understood, and the recording that proves it."""

    recording: str
    transcript: Transcript

    def times(self) -> dict[str, Any]:
        """For the dialog: {"recording", "words": [[first character, start s, end s]…]}, so that each field knows its sound."""
        words: list[list[float]] = []
        at = 0
        for word in self.transcript.words:
            found = self.transcript.text.find(word.text, at)
            if found >= 0:
                words.append([found, round(word.start, 2), round(word.end, 2)])
                at = found + len(word.text)
        return {"recording": self.recording, "words": words}


class Ears:
    """`streaming` listens while a citizen speaks and hears recordings; `whole` hears recordings where there is no streaming."""

    def __init__(self, streaming: Transcriber | None = None, whole: Transcriber | None = None) -> None:
        self._streaming = streaming
        self._whole = streaming or whole
        self._decoding = anyio.CapacityLimiter(DECODERS)
        self.listeners = ThreadPoolExecutor(LISTENERS, thread_name_prefix="ears")

    @property
    def hears(self) -> bool:
        """Whether recordings are understood at all."""
        return self._whole is not None

    @property
    def follows(self) -> bool:
        """Whether words can be shown while they are spoken."""
        return self._streaming is not None

    async def decode(self, data: bytes) -> Samples:
        """The sound of a file of any kind, mono at 16 kHz. AsrError says what is wrong with it."""
        return await to_thread.run_sync(lambda: decode(data), limiter=self._decoding)

    async def understand(self, samples: Samples) -> Transcript:
        """What is said in it. NoSpeech, ModelMissing, EngineFailed."""
        if self._whole is None:
            raise ModelMissing
        return await to_thread.run_sync(self._whole.transcribe, samples)

    def utterance(self, rate: int, ends: Endpointing | None = None) -> LiveUtterance:
        """Listens to one utterance while it is spoken, at `rate` Hz; `ends` knows the speaker already. ModelMissing."""
        if self._streaming is None:
            raise ModelMissing
        return LiveUtterance(self._streaming, rate, endpointing=ends)


def wav(samples: Samples) -> bytes:
    """As a WAV file: 16 bit, mono, 16 kHz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def transcript_json(spoken: Spoken) -> Mapping[str, Any]:
    """What is kept of a transcript beside its recording."""
    return spoken.transcript.as_json()
