"""When nothing is pushed to a citizen unasked."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from integrations.zone import BEIJING


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day to another, over midnight if need be; `start` equal to `end` means never."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours":
        """ "22:00-07:00", or "" for never. ValueError for anything else."""
        if not text.strip():
            return cls(time(), time())
        start, _, end = text.partition("-")
        return cls(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))

    def until(self, now: datetime) -> datetime | None:
        """When the quiet ends that holds now; None when it does not."""
        if self.start == self.end:
            return None
        local = now.astimezone(BEIJING)
        at = local.time()
        over = self.start <= at < self.end if self.start < self.end else at >= self.start or at < self.end
        if not over:
            return None
        ends = local.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        return ends if ends > local else ends + timedelta(days=1)
