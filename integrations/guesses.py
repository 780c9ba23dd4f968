"""Slows down whoever guesses ticket numbers or phone digits."""

import threading
import time
from collections import OrderedDict

REMEMBERED = 10_000
"""Callers kept in memory; the one longest unseen is forgotten first."""


class TooManyGuesses(Exception):
    """This caller has to wait; `retry_after` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many guesses")
        self.retry_after = retry_after


class GuessLimiter:
    """A token bucket a caller: `burst` look-ups at once, then `per_minute` of them."""

    def __init__(self, per_minute: int, burst: int = 20) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, caller: str) -> None:
        """One look-up; TooManyGuesses when there is none left."""
        now = time.monotonic()
        with self._lock:
            left, seen = self._buckets.pop(caller, (float(self._burst), now))
            left = min(float(self._burst), left + (now - seen) * self._rate)
            self._buckets[caller] = (max(left - 1, 0.0), now)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        if left < 1:
            raise TooManyGuesses(round((1 - left) / self._rate) + 1)
