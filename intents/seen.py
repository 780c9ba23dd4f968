"""What the trained models see in one text: its words marked, and the kind of trouble, as its likeliest topic means them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from intents.classifier import Classifier, Guess
from intents.tagger import Mark, Tagger


@dataclass(frozen=True, slots=True)
class Seen:
    """`marks` are places in the text; `kinds` the topic's kinds of trouble, the likeliest first."""

    topic: str
    marks: tuple[Mark, ...] = ()
    kinds: tuple[Guess, ...] = ()

    def shifted(self, by: int) -> "Seen":
        """The same for a text with so many characters more in front."""
        return replace(self, marks=tuple(replace(m, start=m.start + by, end=m.end + by) for m in self.marks))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; holds no word of the text."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Seen":
        """What `to_json` wrote."""
        marks, kinds = data.get("marks", ()), data.get("kinds", ())
        return cls(data["topic"], tuple(Mark(**one) for one in marks), tuple(Guess(**one) for one in kinds))


def see(text: str, topics: Sequence[Guess], classifier: Classifier, tagger: Tagger) -> Seen:
    """What the models see when the first of `topics` is meant."""
    topic = topics[0].label
    return Seen(topic, tuple(tagger.marks(text, topic)), tuple(classifier.kinds(text, topic)))
