"""One engine after the other: where the first breaks down, the next is asked. Itself an engine, so nobody need know."""

from collections.abc import Sequence

from asr.errors import AsrError, EngineFailed
from asr.transcriber import Capabilities, Samples, Stream, Transcriber
from asr.transcript import Transcript, Word


class FallbackTranscriber(Transcriber):
    """Engines in order of trust."""

    def __init__(self, engines: Sequence[Transcriber]) -> None:
        if not engines:
            raise ValueError("no engine to fall back to")
        self._engines = tuple(engines)
        self.name = "+".join(engine.name for engine in engines)
        self.capabilities = Capabilities(
            streaming=any(e.capabilities.streaming for e in engines),
            word_times=all(e.capabilities.word_times for e in engines),
        )

    def transcribe(self, samples: Samples) -> Transcript:
        """The first engine's transcript that comes; its name is the engine that heard it. The last one's error when none does."""
        failed: AsrError = EngineFailed(self.name)
        for engine in self._engines:
            try:
                return engine.transcribe(samples)
            except AsrError as error:
                if not error.retryable:
                    raise
                failed = error
        raise failed

    def stream(self) -> Stream:
        """A stream that goes on with the next engine when one breaks down; what was said until then is heard again."""
        return _FallbackStream([e for e in self._engines if e.capabilities.streaming])

    def _transcribe(self, samples: Samples) -> list[Word]:
        return list(self.transcribe(samples).words)


class _FallbackStream(Stream):
    def __init__(self, engines: list[Transcriber]) -> None:
        self._left = engines
        self._fed: list[Samples] = []
        self._stream = self._next()

    def _next(self) -> Stream:
        while self._left:
            try:
                return self._left.pop(0).stream()
            except Exception:
                continue
        raise EngineFailed("no engine is left")

    def feed(self, samples: Samples) -> str | None:
        self._fed.append(samples)
        try:
            return self._stream.feed(samples)
        except Exception:
            return self._again()

    def words(self) -> list[Word]:
        while True:
            try:
                return self._stream.words()
            except Exception:
                self._again()

    def _again(self) -> str | None:
        self._stream = self._next()
        text = None
        for samples in self._fed:
            text = self._stream.feed(samples) or text
        return text
