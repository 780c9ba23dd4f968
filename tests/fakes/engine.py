"""A recognition engine of the tests: hears what it is told to hear, late or never. It subclasses the real port."""

import time

from asr.errors import AsrError
from asr.transcriber import RATE, Capabilities, Samples, Stream, Transcriber
from asr.transcript import Word


class ScriptedEngine(Transcriber):
    """Hears each of `texts` in turn, the last one for ever; an exception is raised instead."""

    def __init__(self, *texts: str | Exception, name: str = "scripted", seconds: float = 0.0) -> None:
        self.name = name
        self.capabilities = Capabilities(streaming=True)
        self._texts = list(texts)
        self._seconds = seconds
        self.heard = 0

    def next(self) -> str:
        time.sleep(self._seconds)
        text = self._texts[min(self.heard, len(self._texts) - 1)]
        self.heard += 1
        if isinstance(text, Exception):
            raise text
        return text

    def stream(self) -> Stream:
        return _ScriptedStream(self)

    def _transcribe(self, samples: Samples) -> list[Word]:
        return words(self.next(), len(samples) / RATE)


class _ScriptedStream(Stream):
    def __init__(self, engine: ScriptedEngine) -> None:
        self._engine = engine
        self._fed = 0
        self._text: str | None = None

    def feed(self, samples: Samples) -> str | None:
        self._fed += len(samples)
        if self._text is None:
            self._text = self._engine.next()
            return self._text
        return None

    def words(self) -> list[Word]:
        return words(self._text or "", self._fed / RATE)


def words(text: str, seconds: float) -> list[Word]:
    """A word a character, evenly."""
    step = seconds / max(len(text), 1)
    return [Word(c, n * step, (n + 1) * step, 0.9) for n, c in enumerate(text)]


__all__ = ["AsrError", "ScriptedEngine"]
