"""What an engine heard."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class Word:
    """One word: `start` and `end` in seconds from the sound's beginning, `confidence` from 0 to 1."""

    text: str
    start: float
    end: float
    confidence: float

    def shifted(self, seconds: float) -> "Word":
        """The same word, so much later."""
        return replace(self, start=self.start + seconds, end=self.end + seconds)


@dataclass(frozen=True, slots=True, repr=False)
class Transcript:
    """One utterance in simplified Chinese without spaces: `text` as heard, `digits` with spoken numbers as digits.

    `seconds` is how long the engine took, `audio_seconds` how long the sound is.
    """

    text: str
    digits: str
    words: Sequence[Word]
    engine: str
    seconds: float
    audio_seconds: float

    def as_json(self) -> dict[str, Any]:
        """The object of `jiesu transcribe`, without the file's name."""
        return {
            "text": self.text,
            "digits": self.digits,
            "words": [
                {
                    "word": word.text,
                    "start": round(word.start, 2),
                    "end": round(word.end, 2),
                    "confidence": round(word.confidence, 3),
                }
                for word in self.words
            ],
            "engine": self.engine,
            "seconds": round(self.seconds, 3),
            "audio_seconds": round(self.audio_seconds, 2),
        }
