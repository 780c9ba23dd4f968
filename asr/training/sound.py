"""Sound at 16 kHz, and what spoils it on its way: the telephone, noise, distance."""

import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 16_000

Sound = NDArray[np.float32]


def to_16k(sound: NDArray[np.int16], rate: int) -> Sound:
    """Mono samples within ±1 at 16 kHz."""
    return np.asarray(soxr.resample(sound.astype(np.float32) / 32768, rate, RATE), np.float32)


def telephone(sound: Sound) -> Sound:
    """As a telephone leaves it: 8 kHz µ-law and back to 16 kHz."""
    narrow = np.clip(soxr.resample(sound, RATE, 8000), -1, 1)
    magnitude = np.log1p(255 * np.abs(narrow)) / np.log1p(255)
    coded = np.round(magnitude * 127) / 127
    back = np.sign(narrow) * (np.power(256.0, coded) - 1) / 255
    return np.asarray(soxr.resample(back.astype(np.float32), 8000, RATE), np.float32)


def noisy(sound: Sound, decibels: float, dice: np.random.Generator) -> Sound:
    """With coloured noise, so many dB below the speech."""
    white = dice.standard_normal(len(sound) + 8).astype(np.float32)
    kernel = dice.uniform(0, 1, 4).astype(np.float32)
    noise = np.convolve(white, kernel / kernel.sum(), "same")[: len(sound)]
    loud = float(np.sqrt(np.mean(sound**2)) + 1e-6)
    scale = loud / (float(np.sqrt(np.mean(noise**2))) + 1e-6) / 10 ** (decibels / 20)
    return np.clip(sound + noise * scale, -1, 1).astype(np.float32)


def coloured(sound: Sound, dice: np.random.Generator) -> Sound:
    """As another microphone hears it: duller or sharper, with some echo of the room."""
    tilt = dice.uniform(-0.5, 0.5)
    kernel = np.zeros(480, np.float32)
    kernel[:2] = 1.0, -tilt
    for _ in range(int(dice.integers(0, 4))):
        kernel[int(dice.integers(40, 480))] += dice.uniform(-0.25, 0.25)
    heard = np.convolve(sound, kernel)[: len(sound)]
    return np.asarray(heard / (np.sqrt(np.sum(kernel**2)) + 1e-6), np.float32)


def as_it_arrives(sound: Sound, dice: np.random.Generator) -> Sound:
    """Louder, softer, by another microphone, with noise, by telephone, or none of it."""
    sound = sound * np.float32(10 ** dice.uniform(-0.9, 0.25))
    if dice.uniform() < 0.4:
        sound = coloured(sound, dice)
    kind = dice.uniform()
    if kind < 0.35:
        sound = telephone(sound)
    if dice.uniform() < 0.4:
        sound = noisy(sound, dice.uniform(12, 35), dice)
    return np.clip(sound, -1, 1).astype(np.float32)
