"""What goes on in all conversations right now, read once for all consoles of this process."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from anyio import to_thread

from integrations.database import Database
from integrations.escalation import CALLBACK, HELD, WAITING, Entry
from integrations.escalations import Escalations
from integrations.feed import Feed, live
from integrations.overview import Overview, overviews

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_FULL_LOOKS = 20.0
"""Lists are read anew after so long even if nothing was said: a conversation grows old by itself."""

LATELY = timedelta(minutes=30)
"""A conversation with the bot is live for so long after its last words."""

MOST_WITH_THE_BOT = 200


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """One live conversation: its escalation, if it has one, and what it is about."""

    entry: Entry | None
    about: Overview

    @property
    def id(self) -> str:
        """The conversation's id."""
        return self.about.conversation_id


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is live, at one moment. `version` grows with every change."""

    version: int
    waiting: Sequence[Seen]
    callbacks: Sequence[Seen]
    held: Sequence[Seen]
    bot: Sequence[Seen]
    last: Mapping[str, int]
    """The newest line's number of each conversation, for those that have one open."""

    asked: int
    """The newest escalation that waits: a larger one than before is a new one."""


EMPTY = View(0, (), (), (), (), {}, 0)


class Floor:
    """The one reader of a process. It rests while nobody looks."""

    def __init__(self, database: Database, escalations: Escalations, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._escalations = escalations
        self._clock = clock
        self._feed: Feed | None = None
        self._abouts: dict[str, Overview] = {}
        self._lines: dict[str, int] = {}
        self._read_at: float | None = None
        self._lookers = 0
        self._wake = asyncio.Event()
        self.view = EMPTY

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Looks, until the context is left."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def enter(self) -> None:
        """One more console is open."""
        self._lookers += 1
        self._wake.set()

    def leave(self) -> None:
        """One console less."""
        self._lookers -= 1

    def look_now(self) -> None:
        """Something was done here: everybody sees it at once."""
        self._wake.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), SECONDS_BETWEEN_LOOKS if self._lookers else None)
            self._wake.clear()
            try:
                await to_thread.run_sync(self._look, loop.time())
            except Exception as error:
                # The database may be away for a moment; the next look is in a second.
                log.warning("the floor could not be read: %s", type(error).__name__)

    def _look(self, now: float) -> None:
        first = self._feed is None
        if self._feed is None:
            self._feed = Feed(self._database)
        news = self._feed.poll()
        stale = self._read_at is None or now - self._read_at > SECONDS_BETWEEN_FULL_LOOKS
        if not news and not stale and not first:
            return
        for item in news:
            self._lines[item.conversation_id] = max(item.line.seq, self._lines.get(item.conversation_id, 0))
            self._abouts.pop(item.conversation_id, None)
        if stale:
            self._abouts.clear()
        queue, held = self._escalations.queue(), self._escalations.held()
        talking = live(self._database, self._clock() - LATELY, MOST_WITH_THE_BOT)
        escalated = {entry.conversation_id for entry in (*queue, *held)}
        others = [one.conversation_id for one in talking if one.conversation_id not in escalated]
        wanted = {*escalated, *others}
        self._abouts = {id_: about for id_, about in self._abouts.items() if id_ in wanted}
        self._abouts.update(overviews(self._database, wanted - self._abouts.keys()))
        self._read_at = now

        def seen(entries: Sequence[Entry], state: str) -> list[Seen]:
            return [
                Seen(e, self._abouts[e.conversation_id])
                for e in entries
                if e.state == state and e.conversation_id in self._abouts
            ]

        self.view = View(
            self.view.version + 1,
            seen(queue, WAITING),
            seen(queue, CALLBACK),
            seen(held, HELD),
            [Seen(None, self._abouts[id_]) for id_ in others if id_ in self._abouts],
            dict(self._lines),
            max((entry.id for entry in queue if entry.state == WAITING), default=0),
        )
