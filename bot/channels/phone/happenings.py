"""What happened in one call and was not yet read by its talk."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from bot.channels.phone.transport import Audio, Event, Hangup

FORGOTTEN_AFTER = 30.0
"""Seconds of sound that are kept for a talk that does not read."""


class Happenings:
    """A queue with one reader. Sound is bounded, the oldest goes first; keys, marks and the end always arrive."""

    __slots__ = ("_closed", "_events", "_most", "_sound", "_waiting")

    def __init__(self, bytes_per_second: int) -> None:
        self._events: deque[Event] = deque()
        self._most = int(FORGOTTEN_AFTER * bytes_per_second)
        self._sound = 0
        self._waiting: asyncio.Future[None] | None = None
        self._closed = False

    def at(self, bytes_per_second: int) -> None:
        """The rate is another one than was thought."""
        self._most = int(FORGOTTEN_AFTER * bytes_per_second)

    def put(self, event: Event) -> None:
        """Something happened. After a Hangup nothing does."""
        if self._closed:
            return
        # The first of these is nearly all there is: fifty times a second in every call.
        if type(event) is Audio:
            self._sound += len(event.samples)
            if self._sound > self._most:
                self._forget()
        elif type(event) is Hangup:
            self._closed = True
        self._events.append(event)
        if (waiting := self._waiting) is not None:
            self._waiting = None
            if not waiting.done():
                waiting.set_result(None)

    def _forget(self) -> None:
        for i, old in enumerate(self._events):
            if isinstance(old, Audio):
                del self._events[i]
                self._sound -= len(old.samples)
                return

    async def read(self) -> AsyncIterator[Event]:
        """Every event, ending with Hangup."""
        events, new = self._events, asyncio.get_running_loop().create_future
        while True:
            while events:
                event = events.popleft()
                if type(event) is Audio:
                    self._sound -= len(event.samples)
                    yield event
                    continue
                yield event
                if type(event) is Hangup:
                    return
            if self._closed:
                return
            self._waiting = new()
            await self._waiting
