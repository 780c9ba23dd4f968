"""What the telephone counts: never a number, a word, or a call's id."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram


class PhoneMetrics:
    """One set a process: `phone_metrics()`."""

    def __init__(self) -> None:
        self.calls = Counter("jiesu_phone_calls", "Calls, by how the bot's part ended.", ["transport", "outcome"])
        self.active = Gauge("jiesu_phone_active_calls", "Calls under way.", ["transport"])
        self.drops = Counter(
            "jiesu_phone_drops", "Connections that did not become a call, or broke, by stage.", ["stage"]
        )
        self.late = Counter("jiesu_phone_late_frames", "Frames that left more than 10 ms after their slot.")
        self.shed = Counter(
            "jiesu_phone_shed_seconds", "Seconds of sound given up because recognition had fallen behind."
        )
        self.seconds = Histogram(
            "jiesu_phone_call_seconds", "Length of calls.", buckets=(5, 15, 30, 60, 120, 180, 300, 600, 1200)
        )


@cache
def phone_metrics() -> PhoneMetrics:
    """Built when first asked for: a metric's name can be registered once."""
    return PhoneMetrics()
