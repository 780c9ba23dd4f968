"""What one caller says: recognised while it is spoken, off the event loop, one utterance after the other.

The line's sound has holes (a key is pressed, the caller's telephone sends no silence): what does not come is silence of the same length,
or nobody's sentence would ever end.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from asr.endpointing import Endpointing
from asr.errors import AsrError
from asr.live import LiveUtterance
from asr.transcriber import RATE
from asr.transcript import Transcript
from bot.channels.phone.backlog import Backlog
from bot.channels.phone.echo import EchoGate
from bot.channels.phone.tape import Tape
from bot.ears import Ears

AT_ONCE = 0.04
"""Seconds of sound that are heard at a time."""

HOLE = 0.2
"""Seconds without sound after which it counts as silence."""

LONGEST = 60.0
"""Seconds after which an utterance is taken as it is, although the speaker goes on."""

T = TypeVar("T")
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, repr=False)
class Voice:
    """Somebody speaks: the words so far, and for how long they have spoken."""

    text: str
    seconds: float


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """An utterance is over. `transcript` is None when no word could be understood; `seconds` is how long somebody spoke.

    `at` is where it begins on the tape, in seconds; `silent_since` is when the caller fell silent, on the loop's clock.
    """

    transcript: Transcript | None
    samples: Samples
    at: float
    seconds: float
    silent_since: float


@dataclass(frozen=True, slots=True)
class Behind:
    """Recognition does not keep up with what the caller says; told once a call."""


class Hearing:
    """One call's ears. `tell` gets Voice, Said and Behind, on the event loop."""

    def __init__(
        self, ears: Ears, rate: int, tell: Callable[[Voice | Said | Behind], None], loudness: Callable[[], float]
    ) -> None:
        self._ears = ears
        self._rate = rate
        self._tell = tell
        self._ours = loudness
        self._gate = EchoGate()
        self.ends = Endpointing()
        self.tape: Tape | None = None
        self.backlog = Backlog(rate)
        self._came = asyncio.Event()
        self._finish = False
        self._told_behind = False
        self._utterance: LiveUtterance | None = None
        self._loop = asyncio.get_running_loop()
        self._one = threading.Lock()
        """One thread at a time in a recogniser: one may still be in it when the call ends."""

    def feed(self, samples: bytes) -> None:
        """Sound from the line."""
        frame = np.frombuffer(samples[: len(samples) // 2 * 2], "<i2")
        for let in self._gate.feed(frame, self._ours()):
            self.backlog.add(let.tobytes())
        if self.backlog.bytes >= AT_ONCE * self._rate * 2:
            self._came.set()

    def finish(self) -> None:
        """The caller says that this was all (#), or is gone: what was said so far is the utterance."""
        self._finish = True
        self._came.set()

    @property
    def spoke(self) -> bool:
        """Whether anybody has begun to speak in this utterance."""
        return self._utterance is not None and self._utterance.spoke

    async def run(self) -> None:
        """Hears until it is cancelled."""
        self._utterance = await self._in_thread(self._new)
        while True:
            try:
                # Not `wait_for`: it can swallow a cancellation.
                async with asyncio.timeout(HOLE):
                    await self._came.wait()
            except TimeoutError:
                missing = int(HOLE * self._rate) * 2 - self.backlog.bytes
                if missing > 0:
                    self.backlog.add(bytes(missing))
            await self._hear()

    async def last_words(self) -> Said | None:
        """What was begun when the call ended; None when nothing was."""
        if self._utterance is None or not self._utterance.spoke:
            return None
        return await self._in_thread(self._end, self._utterance)

    async def _hear(self) -> None:
        self._came.clear()
        if self.backlog.behind and not self._told_behind:
            self._told_behind = True
            self._tell(Behind())
        data = self.backlog.take()
        finish, self._finish = self._finish, False
        utterance = self._utterance
        assert utterance is not None
        if self.tape is not None:
            self.tape.add(data)
        over = await self._in_thread(self._step, utterance, data)
        if utterance.spoke and not over:
            self._tell(Voice(utterance.text, utterance.spoken_seconds))
        if over or (finish and utterance.spoke):
            self._tell(await self._in_thread(self._end, utterance))
            self.ends.again()
            self._utterance = await self._in_thread(self._new)

    def _step(self, utterance: LiveUtterance, data: bytes) -> bool:
        with self._one:
            over = any(heard.kind == "end" for heard in utterance.feed(data))
            utterance.forget_silence()
            # A monologue is heard in parts: none of it is lost.
            return over or utterance.seconds >= LONGEST

    def _end(self, utterance: LiveUtterance) -> Said:
        with self._one:
            return self._over(utterance)

    def _over(self, utterance: LiveUtterance) -> Said:
        silent_since = self._loop.time() - utterance.silence
        transcript: Transcript | None = None
        with contextlib.suppress(AsrError):
            # Otherwise somebody spoke, and no word of it was understood.
            transcript = utterance.finish()
        samples = utterance.samples()
        at = (self.tape.seconds if self.tape else 0.0) - len(samples) / RATE
        return Said(transcript, samples, max(at, 0.0), utterance.spoken_seconds, silent_since)

    def _new(self) -> LiveUtterance:
        return self._ears.utterance(self._rate, self.ends)

    async def _in_thread(self, call: Callable[..., T], *arguments: Any) -> T:
        return await self._loop.run_in_executor(self._ears.listeners, lambda: call(*arguments))
