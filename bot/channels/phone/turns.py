"""The turns of one call with the dialog: one at a time; what is said meanwhile waits, and a slow answer is bridged by a word."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.phone import words
from bot.channels.phone.hearing import Said

log = logging.getLogger(__name__)

FILLER_AFTER = 1.5
"""Seconds that an answer may take before something is said about it."""

LAST_WORDS_SECONDS = 20.0
"""How long what was under way when the caller hung up may take."""


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """The dialog's answer; None when it failed."""

    told: dict[str, Any] | None


class Turns:
    """`ask` is a turn of the dialog; `tell` gets its answer, on the event loop."""

    def __init__(
        self,
        ask: Callable[[str, Said | None], Awaitable[dict[str, Any]]],
        tell: Callable[[Answered], None],
    ) -> None:
        self._ask, self._tell = ask, tell
        self._task: asyncio.Task[None] | None = None
        self._now = asyncio.get_running_loop().time
        self.later: list[tuple[str, Said | None]] = []
        """What was said while a turn was under way."""
        self.filler_at: float | None = None
        self._filled = self._filling = False
        self._fillers = 0

    @property
    def under_way(self) -> bool:
        """Whether the dialog is thinking."""
        return self._task is not None

    def begin(self, text: str, said: Said | None, lead: Sequence[str] = ()) -> None:
        """Asks the dialog; `lead` is said before its answer."""
        self.filler_at = self._now() + FILLER_AFTER
        self._task = asyncio.create_task(self._run(text, said, lead))

    async def _run(self, text: str, said: Said | None, lead: Sequence[str]) -> None:
        try:
            told = await self._ask(text, said)
            if lead:
                told = {**told, "replies": [*({"text": text, "buttons": []} for text in lead), *told["replies"]]}
            self._tell(Answered(told))
        except Exception as error:
            # Its text may hold the caller's words.
            log.error("a turn of a call failed: %s", type(error).__name__)
            self._tell(Answered(None))

    async def over(self) -> None:
        """The answer has come. A filler is never followed by another: after one, the next slow answer is waited for in silence."""
        if self._task is not None:
            await self._task
        self._task = None
        self._filled, self._filling = self._filling, False
        self.filler_at = None

    def filler(self) -> str | None:
        """What bridges this slow answer, or None where the last one was bridged already."""
        self.filler_at = None
        if self._filled:
            return None
        self._filling = True
        self._fillers += 1
        return words.FILLERS[self._fillers % len(words.FILLERS)]

    async def finish(self) -> None:
        """The call is over: what is under way is brought to its end."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=LAST_WORDS_SECONDS)
