"""Every call goes through here, whatever carries it: who calls, the talk, how it ended, and no new ones while draining."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import anyio
from anyio import to_thread

from bot.channels.phone.metrics import phone_metrics
from bot.channels.phone.transport import CallTransport
from bot.channels.phone.wire import WireCall
from integrations.calls import Calls, Ended, Outcome

T = TypeVar("T")

log = logging.getLogger(__name__)

Talk = Callable[[CallTransport], Awaitable[None]]
"""Leads one call. When it returns or raises before the call is over, the caller is handed to a person."""

WRITERS = 8
"""Threads for the calls' table: the telephone does not queue behind the web."""

DATABASE_SECONDS = 3.0
"""A caller waits no longer for the database: an unknown number is better than silence, and an unknown end leads to a person."""

COMES_BACK_SECONDS = 1.5
"""How long a caller who comes back waits for the talk before; Asterisk drops a caller after two seconds of silence."""

REMEMBERED = 1000
"""Ended calls whose end is known without asking the database."""


class Gateway:
    """The calls of this process."""

    def __init__(self, talk: Talk, calls: Calls) -> None:
        self.talk = talk
        self._calls = calls
        self._live: dict[UUID, WireCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: OrderedDict[UUID, Ended] = OrderedDict()
        self._writers = anyio.CapacityLimiter(WRITERS)
        self._empty = asyncio.Event()
        self.draining = False

    @property
    def live(self) -> int:
        """Calls under way."""
        return len(self._live)

    async def announce(self, call_id: UUID, number: str | None, name: str | None) -> None:
        """A call will come: who calls. Raises what the database raises."""
        self._ended.pop(call_id, None)
        await to_thread.run_sync(self._calls.announce, call_id, number, name, limiter=self._writers)

    async def ended(self, call_id: UUID) -> Ended | None:
        """How a call ended, `outcome` None while it lasts; None when nobody knows it."""
        if call_id in self._live:
            return Ended(None, None, self._live[call_id].draft)
        if remembered := self._ended.get(call_id):
            return remembered
        found = await to_thread.run_sync(self._calls.ended, call_id, limiter=self._writers)
        if found and found.outcome is None:
            # Begun by a process that is no more.
            return replace(found, outcome=Outcome.DRAINED if self.draining else Outcome.FAILED)
        return found

    def take(self, call: WireCall) -> None:
        """A call has come; it is led in a task of its own."""
        task = asyncio.create_task(self.answer(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def answer(self, call: WireCall) -> None:
        """Leads a call to its end. Never raises."""
        if (earlier := self._live.get(call.call_id)) is not None and earlier.over:
            # The same caller, back at once from a queue with nobody in it: what was said before is just being written down.
            await self._until_gone(call.call_id)
        if call.call_id in self._live:
            phone_metrics().drops.labels("duplicate").inc()
            await call.refuse()
            return
        began = asyncio.get_running_loop().time()
        self._live[call.call_id] = call
        self._empty.clear()
        phone_metrics().active.labels(call.via).inc()
        call.note_end = self._note
        try:
            await self._lead(call)
        finally:
            del self._live[call.call_id]
            phone_metrics().active.labels(call.via).dec()
            phone_metrics().seconds.observe(asyncio.get_running_loop().time() - began)
            outcome = call.outcome or Outcome.FAILED
            phone_metrics().calls.labels(call.via, outcome.value).inc()
            if call.lost:
                phone_metrics().drops.labels("in the call").inc()
            log.info("call %s ended: %s", call.call_id, outcome.value)
            if not self._live:
                self._empty.set()

    async def _until_gone(self, call_id: UUID) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(COMES_BACK_SECONDS):
                while call_id in self._live:
                    await asyncio.sleep(0.01)

    async def _lead(self, call: WireCall) -> None:
        if self.draining:
            await call.end(Outcome.DRAINED)
            return
        try:
            number, name = await self._patiently(lambda: self._calls.begin(call.call_id))
            call.caller = replace(call.caller, number=call.caller.number or number, name=call.caller.name or name)
        except Exception as error:
            log.error("call %s: who calls is not known: %s", call.call_id, type(error).__name__)
        try:
            await call.prepare()
            if not call.over:
                await self.talk(call)
        except Exception as error:
            # Its text may hold the caller's words.
            log.error("call %s: the talk failed: %s", call.call_id, type(error).__name__)
        await call.end(Outcome.FAILED)
        await call.gone()
        if call.outcome is Outcome.HUNG_UP:
            await self._note(call, Outcome.HUNG_UP, None)

    async def _note(self, call: WireCall, outcome: Outcome, queue: str | None) -> None:
        self._ended[call.call_id] = Ended(outcome, queue, call.draft)
        while len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        try:
            draft = call.draft
            await self._patiently(lambda: self._calls.end(call.call_id, outcome, queue, draft))
        except Exception as error:
            log.error("call %s: its end was not kept: %s", call.call_id, type(error).__name__)

    async def _patiently(self, job: Callable[[], T]) -> T:
        """Off the event loop. TimeoutError when it takes too long; it is finished nevertheless."""
        with anyio.fail_after(DATABASE_SECONDS):
            return await to_thread.run_sync(job, abandon_on_cancel=True, limiter=self._writers)

    async def drain(self, seconds: float) -> None:
        """No new calls; those under way may finish for so long, then their callers go to a person, with what they have told."""
        self.draining = True
        if self._live:
            log.info("draining: %s calls under way", len(self._live))
            try:
                async with asyncio.timeout(seconds):
                    await self._empty.wait()
            except TimeoutError:
                await asyncio.gather(*(call.end(Outcome.DRAINED) for call in list(self._live.values())))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=10)
        for task in self._tasks:
            task.cancel()
