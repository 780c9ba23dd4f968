"""Sound of any rate and channels to what the engines hear: mono at 16 kHz, samples within ±1."""

import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 16_000

Samples = NDArray[np.float32]


class Resampler:
    """Stateful: chunk borders leave no clicks."""

    def __init__(self, rate: int, channels: int = 1) -> None:
        self._channels = channels
        self._stream = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ")

    def feed(self, sound: NDArray[np.int16] | Samples, *, last: bool = False) -> Samples:
        """A chunk, channels interleaved; the samples that are ready. With `last`, also those still held back."""
        samples = sound.astype(np.float32)
        if sound.dtype == np.int16:
            samples /= 32768
        if self._channels > 1:
            samples = samples[: len(samples) // self._channels * self._channels]
            samples = samples.reshape(-1, self._channels).mean(axis=1)
        if self._stream is None:
            return samples
        return np.asarray(self._stream.resample_chunk(samples, last=last), np.float32)
