"""The bot must not hear itself: its own voice comes back over the caller's loudspeaker, later and weaker.

How strong the line's echo is, is learned while the bot speaks; only what is clearly louder than that is the caller.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

STARTS_AT = 0.15
"""Echo's loudness as a share of ours, before anything is known of the line."""

MARGIN = 2.0
"""How much louder than the expected echo a caller must be."""

MOST = 0.7
"""Share of our own loudness that always counts as the caller: no echo is so strong."""

FAINTEST = 0.003
"""Loudness (root mean square, of 1) below which nothing is taken for a caller while the bot speaks."""

HELD_BACK = 5
"""Frames kept back while the bot speaks: when the caller begins, the soft beginning of the word is heard as well."""

STAYS_OPEN = 15
"""Frames for which the gate stays open after the last loud one: words have soft parts."""

_UP, _DOWN = 0.06, 0.02
"""Steps of the estimate: it settles where one frame in four is louder."""

Frame = NDArray[np.int16]


class EchoGate:
    """One call's."""

    def __init__(self) -> None:
        self._share = STARTS_AT
        self._held: deque[Frame] = deque()
        self._open = 0

    def feed(self, frame: Frame, ours: float) -> list[Frame]:
        """A frame from the caller's side, and how loud the bot was lately (0 when it is silent): the frames for the ear, silence for echo."""
        if ours <= FAINTEST:
            self._open = 0
            return self._let_go(frame)
        loudness = rms(frame)
        if loudness > self._threshold(ours):
            self._open = STAYS_OPEN
        self._learn(loudness / ours)
        if self._open:
            self._open -= 1
            return self._let_go(frame)
        self._held.append(frame)
        return [np.zeros_like(self._held.popleft())] if len(self._held) > HELD_BACK else []

    def _threshold(self, ours: float) -> float:
        return max(FAINTEST, min(MARGIN * self._share, MOST) * ours)

    def _learn(self, share: float) -> None:
        # A caller who talks over the bot is no echo: what is far above the estimate moves it little.
        step = _UP if share < 2 * self._share else _UP / 10
        self._share = min(max(self._share * (1 + step if share > self._share else 1 - _DOWN), 0.005), 0.5)

    def _let_go(self, frame: Frame) -> list[Frame]:
        frames = [*self._held, frame]
        self._held.clear()
        return frames


def rms(samples: Frame) -> float:
    """Loudness from 0 to 1."""
    if not len(samples):
        return 0.0
    sound = samples.astype(np.float32)
    return float(np.sqrt(np.dot(sound, sound) / len(sound))) / 32768
