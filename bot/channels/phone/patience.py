"""How long is waited for the caller, and how often: silences, and what was not understood."""

SILENCE = 8.0
"""Seconds without a word after which it is asked again: simpler, then with the keys, then by a person."""

MISSES_BEFORE_A_PERSON = 2


class Patience:
    """One call's, on the loop's clock."""

    def __init__(self) -> None:
        self.since: float | None = None
        """Since when it is the caller's turn and they say nothing; None while it is not their turn."""
        self.silences = 0
        self.misses = 0

    def wait(self, now: float) -> None:
        """It is the caller's turn: their silence counts from now."""
        self.since = now

    def stop(self) -> None:
        """Somebody speaks, or thinks."""
        self.since = None

    def heard(self) -> None:
        """The caller has said something."""
        self.since, self.silences = None, 0

    @property
    def ends_at(self) -> float | None:
        """When the silence has lasted too long."""
        return self.since + SILENCE if self.since is not None else None

    def over(self, now: float) -> bool:
        """Whether the silence has lasted too long; it is counted, and waited for no more."""
        if self.ends_at is None or now < self.ends_at:
            return False
        self.since = None
        self.silences += 1
        return True

    def missed(self) -> bool:
        """They were not understood: whether it is time for a person."""
        self.misses += 1
        return self.misses >= MISSES_BEFORE_A_PERSON
