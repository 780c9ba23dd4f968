"""One clock for all calls: every call gets one slot of each 20 ms, so that a thousand calls are not one burst."""

import asyncio
from typing import Protocol

SLOTS = 20
SLOT_SECONDS = 0.02 / SLOTS

CAUGHT_UP = 3 * SLOTS
"""Slots of delay that are made good by sending sooner; after a longer one the clock starts anew: a burst cannot be recalled."""

LATE_SLOTS = 10
"""From this delay, in slots, a frame counts as late."""


class Paced(Protocol):
    """Something that sends one frame when it is told to."""

    def tick(self) -> None:
        """The slot has come. Must not raise and not wait."""


class Pacer:
    """An absolute clock: the n-th slot is due at start + n * SLOT_SECONDS, however late the ones before it ran."""

    def __init__(self) -> None:
        self._slots: list[list[Paced]] = [[] for _ in range(SLOTS)]
        self._start = 0.0
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None
        self._calls = 0
        self._late = 0

    @property
    def late(self) -> int:
        """Frames that were sent more than 10 ms after their slot."""
        return self._late

    def join(self, call: Paced) -> None:
        """From now on `call` is told every 20 ms, beginning with the next of the emptiest slots."""
        loop = asyncio.get_running_loop()
        if not self._calls:
            self._start, self._next = loop.time(), 0
        self._calls += 1
        ahead = [(self._next + i) % SLOTS for i in range(SLOTS)]
        self._slots[min(ahead, key=lambda slot: len(self._slots[slot]))].append(call)
        if self._timer is not None:
            self._timer.cancel()
        self._wake(loop)

    def leave(self, call: Paced) -> None:
        """No more; harmless when it has left."""
        for slot in self._slots:
            if call in slot:
                slot.remove(call)
                self._calls -= 1
        if not self._calls and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._slots[self._next % SLOTS]:
            self._next += 1
        self._timer = loop.call_at(self._start + self._next * SLOT_SECONDS, self._run, loop)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        due = int((loop.time() - self._start) / SLOT_SECONDS + 0.001)
        behind = due - self._next
        if behind > CAUGHT_UP:
            # Whole turns are skipped for everybody; nothing that is queued is lost by that.
            turns = behind // SLOTS
            self._start += turns * SLOTS * SLOT_SECONDS
            due -= turns * SLOTS
        while self._next <= due:
            calls = self._slots[self._next % SLOTS]
            if due - self._next >= LATE_SLOTS:
                self._late += len(calls)
            self._next += 1
            for call in tuple(calls):
                call.tick()
        if self._calls:
            self._wake(loop)
