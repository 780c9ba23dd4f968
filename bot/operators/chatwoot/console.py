"""Both ways, for as long as the house is open."""

import asyncio
import logging
from dataclasses import dataclass

from fastapi import APIRouter

from bot.operators.chatwoot.hearing import Hearing
from bot.operators.chatwoot.hook import chatwoot_router
from bot.operators.chatwoot.mirroring import Mirroring

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class ChatwootConsole:
    """Tells Chatwoot, and looks from time to time at what its people did."""

    mirroring: Mirroring
    hearing: Hearing
    secret: str
    look_seconds: float

    def router(self) -> APIRouter:
        """Where its webhooks arrive."""
        return chatwoot_router(self.secret, self.hearing)

    async def run(self) -> None:
        """Until cancelled; a Chatwoot that is away is waited for."""
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while True:
            try:
                await self.mirroring.step()
                if loop.time() - looked > self.look_seconds:
                    await self.hearing.reconcile()
                    looked = loop.time()
            except Exception as error:
                log.error("chatwoot: %s", type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)
