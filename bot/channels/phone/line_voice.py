"""The hotline's voice as the telephone carries it: at the line's rate, of even loudness; what never changes is spoken before anybody calls."""

import asyncio
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import soxr
from numpy.typing import NDArray

from asr.voice import Voice, VoiceError

log = logging.getLogger(__name__)

LOUDNESS = 0.09
"""Root mean square of speech, of 1: as loud as people are on the telephone."""

SILENT = 0.01
"""Peak below which the synthesiser's own silence before and after is cut off."""

USUAL_PACE, SLOW, SLOWEST = 1.0, 0.8, 0.68

Sound = NDArray[np.int16]


class LineVoice:
    """Shared by all calls. `fixed` are the sentences that are kept ready; `kept` speaks them, and may keep them on disk as well."""

    def __init__(self, voice: Voice, kept: Voice, fixed: Iterable[str], threads: int = 2) -> None:
        self._voice = voice
        self._kept = kept
        self._fixed = frozenset(fixed)
        self._ready: dict[tuple[str, int, float], Sound] = {}
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="voice")

    async def speak(self, text: str, rate: int, pace: float = USUAL_PACE) -> Sound:
        """One piece of speech at `rate` Hz; empty, and said in the log, when the voice fails: a call goes on without it."""
        key = (text, rate, pace)
        if (ready := self._ready.get(key)) is not None:
            return ready
        try:
            sound = await asyncio.get_running_loop().run_in_executor(self._threads, self._make, text, rate, pace)
        except VoiceError as error:
            log.error("voice: %s", error)
            return np.zeros(0, np.int16)
        if text in self._fixed:
            self._ready[key] = sound
        return sound

    async def warm_up(self, rate: int = 8000) -> None:
        """Speaks every fixed sentence once, one after the other, so that calls find them ready."""
        for text in sorted(self._fixed):
            await self.speak(text, rate)

    def close(self) -> None:
        """Takes no more sentences."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _make(self, text: str, rate: int, pace: float) -> Sound:
        spoken = (self._kept if text in self._fixed else self._voice).speak(text, pace)
        return _levelled(_trimmed(_at(spoken.samples, spoken.rate, rate)))


def _at(samples: Sound, given: int, wanted: int) -> NDArray[np.float32]:
    sound = samples.astype(np.float32) / np.float32(32768)
    return sound if given == wanted else np.asarray(soxr.resample(sound, given, wanted), np.float32)


def _trimmed(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    loud = np.flatnonzero(np.abs(sound) > SILENT)
    return sound[loud[0] : loud[-1] + 1] if len(loud) else sound[:0]


def _levelled(sound: NDArray[np.float32]) -> Sound:
    if not len(sound):
        return np.zeros(0, np.int16)
    loudness = float(np.sqrt(np.mean(sound * sound))) or 1.0
    return np.asarray(np.clip(sound * (LOUDNESS / loudness), -0.98, 0.98) * 32767, np.int16)
