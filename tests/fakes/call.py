"""A call without a wire, for tests of the talk: time passes when the test says so."""

import asyncio
import uuid
from collections.abc import AsyncIterator

from bot.channels.phone.happenings import Happenings
from bot.channels.phone.playlist import Playlist
from bot.channels.phone.transport import (
    BYTES_PER_SAMPLE,
    FRAME_SECONDS,
    Audio,
    Caller,
    CallTransport,
    Digit,
    Event,
    Hangup,
    Played,
)


class FakeCall(CallTransport):
    """`speak`, `press`, `drop` are the caller's; `pass_time` sends what is queued, as a real transport does, into `heard`.

    `ended` is None, "hung_up" (by the caller), "lost", "done", or "human", then with `queue` and `draft`.
    """

    def __init__(self, number: str | None = "13800001234", rate: int = 8000, name: str | None = None) -> None:
        self.call_id = uuid.uuid4()
        self.caller = Caller(number, name)
        self.rate = rate
        self.heard = bytearray()
        """All that the caller heard, silence as well."""
        self.ended: str | None = None
        self.queue: str | None = None
        self.draft = None
        self._frame = int(rate * FRAME_SECONDS) * BYTES_PER_SAMPLE
        self._playlist = Playlist()
        self._happenings = Happenings(rate * BYTES_PER_SAMPLE)
        self._changed = asyncio.Event()

    async def speak(self, samples: bytes) -> None:
        """The caller says something: sound arrives in frames, while time passes."""
        for at in range(0, len(samples), self._frame):
            self._happenings.put(Audio(samples[at : at + self._frame]))
            await self.pass_time(FRAME_SECONDS)

    async def press(self, keys: str) -> None:
        """The caller presses keys."""
        for key in keys:
            self._happenings.put(Digit(key))
        await asyncio.sleep(0)

    async def drop(self, lost: bool = False) -> None:
        """The caller hangs up, or the line breaks."""
        self._end("lost" if lost else "hung_up")
        await asyncio.sleep(0)

    async def pass_time(self, seconds: float) -> None:
        """So much of what is queued is sent. The talk gets its turn after every frame."""
        for _ in range(round(seconds / FRAME_SECONDS)):
            if self.over:
                return
            sound, marks = self._playlist.take(self._frame)
            self.heard += sound.ljust(self._frame, b"\0")
            for mark in marks or ():
                self._happenings.put(Played(mark))
            self._changed.set()
            await asyncio.sleep(0)

    def _end(self, how: str) -> None:
        if self.ended is None:
            self.ended = how
            self._playlist.clear()
            self._happenings.put(Hangup(lost=how == "lost"))
            self._changed.set()

    def events(self) -> AsyncIterator[Event]:
        """See CallTransport."""
        return self._happenings.read()

    def play(self, samples: bytes) -> int:
        """See CallTransport."""
        if self.over:
            return self.position
        return self._playlist.add(samples) // BYTES_PER_SAMPLE

    def mark(self, name: str) -> None:
        """See CallTransport."""
        if not self._playlist.mark(name):
            self._happenings.put(Played(name))

    def clear(self) -> int:
        """See CallTransport."""
        self._changed.set()
        return self._playlist.clear() // BYTES_PER_SAMPLE

    @property
    def position(self) -> int:
        """See CallTransport."""
        return self._playlist.position // BYTES_PER_SAMPLE

    @property
    def playing(self) -> bool:
        """See CallTransport."""
        return bool(self._playlist)

    async def until_played(self) -> None:
        """See CallTransport."""
        while self.playing and not self.over:
            self._changed.clear()
            await self._changed.wait()

    @property
    def over(self) -> bool:
        """See CallTransport."""
        return self.ended is not None

    async def hand_over(self, queue: str | None = None, draft: str | None = None) -> None:
        """See CallTransport."""
        if not self.over:
            self.queue, self.draft = queue, draft or self.draft
        self._end("human")

    async def hang_up(self, draft: str | None = None) -> None:
        """See CallTransport."""
        if not self.over:
            self.draft = draft or self.draft
        self._end("done")
