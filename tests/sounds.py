"""Sound for the tests: spoken by the synthesiser, encoded as citizens' programs encode it, and what is no speech at all."""

import io
from functools import cache

import av
import numpy as np
import soxr
from numpy.typing import NDArray

from asr.voices import EspeakVoice
from bot.ears import wav

RATE = 16_000
Samples = NDArray[np.float32]


@cache
def _voice() -> EspeakVoice:
    return EspeakVoice()


@cache
def speech(text: str, rate: int = RATE) -> Samples:
    """A sentence, with a little silence around."""
    spoken = _voice().speak(text)
    sound = np.asarray(
        soxr.resample(spoken.samples.astype(np.float32) / np.float32(32768), spoken.rate, rate), np.float32
    )
    quiet = np.zeros(rate * 3 // 10, np.float32)
    return np.concatenate([quiet, sound, quiet])


def pcm(samples: Samples) -> bytes:
    """As 16 bit little-endian."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def encode(samples: Samples, container: str, codec: str, rate: int = RATE, layout: str = "mono") -> bytes:
    """A file as a program would send it: encode(s, "ogg", "libopus", 48000)."""
    out = io.BytesIO()
    sound = np.asarray(soxr.resample(samples, RATE, rate), np.float32)
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        channels = 2 if layout == "stereo" else 1
        data = np.repeat((np.clip(sound, -1, 1) * 32767).astype(np.int16), channels).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(data, format="s16", layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.format.name, layout=layout, rate=rate, frame_size=stream.frame_size or 0
        )
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            for packet in stream.encode(ready):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    return out.getvalue()


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.float32)


def noise(seconds: float) -> Samples:
    return np.random.default_rng(1).normal(0, 0.05, int(seconds * RATE)).astype(np.float32)


def music(seconds: float) -> Samples:
    """A melody of plain tones."""
    t = np.arange(int(seconds * RATE)) / RATE
    tone = 261.6 * 2 ** (np.array([0, 4, 7, 12, 7, 4])[(t / 0.4).astype(int) % 6] / 12)
    return (0.2 * np.sin(2 * np.pi * np.cumsum(tone) / RATE)).astype(np.float32)


__all__ = ["encode", "music", "noise", "pcm", "silence", "speech", "wav"]
