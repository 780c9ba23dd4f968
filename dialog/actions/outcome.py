"""What one message did to the draft."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """What a turn did: sentences to acknowledge it, and whether anything was understood."""

    said: list[str] = field(default_factory=list)
    understood: bool = False
    changed: set[str] = field(default_factory=set)
