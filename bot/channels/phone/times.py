"""How long a caller waits for an answer, in parts."""

from dataclasses import dataclass
from functools import cache

from prometheus_client import Histogram

BUCKETS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


@dataclass(slots=True)
class Times:
    """On the loop's clock: the caller fell silent, that was their end and was understood, the dialog answered, the first sound went out."""

    silent: float = 0.0
    ended: float = 0.0
    answered: float = 0.0
    sound: float = 0.0

    def parts(self) -> dict[str, float]:
        """Seconds: waiting whether more comes (and recognising), the dialog, the voice."""
        return {
            "end": self.ended - self.silent,
            "dialog": self.answered - self.ended,
            "voice": self.sound - self.answered,
        }


@cache
def _seconds() -> Histogram:
    return Histogram(
        "jiesu_phone_answer_seconds", "Until the first sound of an answer, by part.", ["part"], buckets=BUCKETS
    )


def observe(times: Times) -> None:
    """Counts one answer."""
    for part, seconds in times.parts().items():
        _seconds().labels(part).observe(max(seconds, 0.0))
