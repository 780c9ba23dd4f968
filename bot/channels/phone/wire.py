"""What every call has in common, whatever carries it: its events, its end, and that the end is written down before the wire is told."""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

from bot.channels.phone.happenings import Happenings
from bot.channels.phone.playlist import Playlist
from bot.channels.phone.transport import BYTES_PER_SAMPLE, Caller, CallTransport, Event, Hangup
from integrations.calls import Outcome

log = logging.getLogger(__name__)

NoteEnd = Callable[["WireCall", Outcome, str | None], Awaitable[None]]
"""Writes down how a call ended, and for which operator queue."""


class WireCall(CallTransport):
    """A call on a real wire. The wire calls `lost_by_wire`; the talk everything of CallTransport."""

    via: str
    """Which transport: for metrics."""

    def __init__(self) -> None:
        self.call_id = UUID(int=0)
        self.caller = Caller()
        self.rate = 8_000
        self.draft = None
        self.note_end: NoteEnd | None = None
        self.outcome: Outcome | None = None
        self.lost = False
        """Whether the connection broke, rather than the caller hung up."""
        self._playlist = Playlist()
        self._happenings = Happenings(self.rate * BYTES_PER_SAMPLE)
        self._silent: list[asyncio.Future[None]] = []
        self._ending = False

    def at_rate(self, rate: int) -> None:
        """Fixes the rate, before the talk begins."""
        self.rate = rate
        self._happenings.at(rate * BYTES_PER_SAMPLE)

    def events(self) -> AsyncIterator[Event]:
        """See CallTransport."""
        return self._happenings.read()

    @property
    def over(self) -> bool:
        """See CallTransport."""
        return self._ending or self.outcome is not None

    async def until_played(self) -> None:
        """See CallTransport."""
        while self.playing and not self.over:
            waiting = asyncio.get_running_loop().create_future()
            self._silent.append(waiting)
            await waiting

    def _all_played(self) -> None:
        """Wakes whoever waits for silence."""
        for waiting in self._silent:
            if not waiting.done():
                waiting.set_result(None)
        self._silent.clear()

    async def hand_over(self, queue: str | None = None, draft: str | None = None) -> None:
        """See CallTransport."""
        self.draft = draft or self.draft
        await self.end(Outcome.HUMAN, queue)

    async def hang_up(self, draft: str | None = None) -> None:
        """See CallTransport."""
        self.draft = draft or self.draft
        await self.end(Outcome.DONE)

    async def end(self, outcome: Outcome, queue: str | None = None) -> None:
        """Ends the bot's part. The dialplan asks why right afterwards, so that is written first, while silence still flows."""
        if self.over:
            return
        self._ending = True
        self.clear()
        if self.note_end is not None:
            await self.note_end(self, outcome, queue)
        if self.outcome is None:
            self.outcome = outcome
        self._happenings.put(Hangup())
        self._all_played()
        await self._say_goodbye()

    def lost_by_wire(self, lost: bool) -> None:
        """The other side is gone: the caller hung up, or (`lost`) the connection broke."""
        if self.outcome is None:
            self.outcome = Outcome.HUNG_UP
            self.lost = lost
        self._playlist.clear()
        self._happenings.put(Hangup(lost))
        self._all_played()

    @abstractmethod
    async def _say_goodbye(self) -> None:
        """Tells the wire that the bot's part is over, and waits (within limits) until the wire is gone."""

    async def refuse(self) -> None:
        """Gives the caller back without having talked to them, and without a word about it."""
        self._ending = True
        await self._say_goodbye()

    async def prepare(self) -> None:
        """What the wire still has to learn before the talk begins."""

    @abstractmethod
    async def gone(self) -> None:
        """Waits until nothing of the call is left on the wire."""
