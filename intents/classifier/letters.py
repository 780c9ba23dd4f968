"""What stands around the trouble in a letter or a clerk's note, and tells nothing of the topic (`frames.yml`)."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import yaml

FRAME = "frame"
"""The label under which frames are trained beside the topics. It is never guessed: it only teaches what does not count."""

REPEATED = 3
"""How often each frame is trained, with other names of places in it."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Sentences by where they stand; `{city}` and `{area}` in them are filled from `cities` and `areas`."""

    openers: tuple[str, ...]
    histories: tuple[str, ...]
    closers: tuple[str, ...]
    laws: tuple[str, ...]
    cities: tuple[str, ...]
    areas: tuple[str, ...]

    def alone(self, chance: random.Random) -> Iterator[str]:
        """Every sentence by itself."""
        for sentence in (*self.openers, *self.histories, *self.closers, *self.laws):
            for _ in range(REPEATED):
                yield self._filled(sentence, chance)

    def around(self, text: str, chance: random.Random) -> str:
        """The text as a letter tells it: greeted, between histories, with a demand at the end."""
        histories = chance.sample(self.histories, chance.choice((0, 0, 1, 1, 2, 3)))
        before = chance.randint(0, len(histories))
        parts = [
            *([chance.choice(self.openers)] if chance.random() < 0.9 else []),
            *histories[:before],
            text if text[-1] in "。！？!?" else f"{text}。",
            *([chance.choice(self.laws)] if chance.random() < 0.15 else []),
            *histories[before:],
            *([chance.choice(self.closers)] if chance.random() < 0.8 else []),
        ]
        return self._filled("".join(parts), chance)

    def _filled(self, text: str, chance: random.Random) -> str:
        return text.replace("{city}", chance.choice(self.cities)).replace("{area}", chance.choice(self.areas))


def read_frames() -> Frames:
    """The frames of `frames.yml`."""
    told = yaml.safe_load((files("intents.classifier") / "frames.yml").read_text(encoding="utf-8"))
    return Frames(**{name: tuple(listed) for name, listed in told.items()})
