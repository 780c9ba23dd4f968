"""Sound that waits to be recognised. Where recognition falls behind it is bounded: silence goes first, the oldest before the rest."""

from collections import deque

import numpy as np

from bot.channels.phone.echo import rms
from bot.channels.phone.metrics import phone_metrics

MOST = 8.0
"""Seconds that may wait: a caller who is answered later than that has long spoken again."""

BEHIND = 4.0
"""Seconds from which the caller is told that it takes a moment."""

SILENT = 0.005
"""Loudness (root mean square, of 1) below which nobody loses anything."""


class Backlog:
    """One call's, at `rate` Hz."""

    def __init__(self, rate: int) -> None:
        self._second = rate * 2
        self._pieces: deque[bytes] = deque()
        self.bytes = 0
        self.shed = 0.0
        """Seconds that were given up."""

    @property
    def behind(self) -> bool:
        """Whether recognition does not keep up with the caller."""
        return self.bytes > BEHIND * self._second

    def add(self, piece: bytes) -> None:
        """The next piece of sound."""
        self._pieces.append(piece)
        self.bytes += len(piece)
        if self.bytes > MOST * self._second:
            self._shed()

    def take(self) -> bytes:
        """All that waits."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        self.bytes = 0
        return data

    def _shed(self) -> None:
        """One piece and a quarter of a second of room, so that a flood does not search the whole queue for every piece."""
        wanted = self.bytes - int((MOST - 0.25) * self._second)
        gone = 0
        kept: deque[bytes] = deque()
        for piece in self._pieces:
            if gone < wanted and rms(np.frombuffer(piece, "<i2")) < SILENT:
                gone += len(piece)
            else:
                kept.append(piece)
        while gone < wanted:
            gone += len(kept.popleft())
        self._pieces = kept
        self.bytes -= gone
        self.shed += gone / self._second
        phone_metrics().shed.inc(gone / self._second)
