"""Tells citizens what became of their tickets: every new line of a ticket's history, once, in order."""

import asyncio
import logging
from collections.abc import Callable

from anyio import to_thread

from integrations.announcements import Announcements

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""The desk's history is read this often: the command line or another replica may have moved a ticket."""


class Notifier:
    """Carries status changes from the desk to the journal, whose event streams show them."""

    def __init__(self, announcements: Announcements, announce: Callable[[str], None]) -> None:
        self._announcements = announcements
        self._announce = announce

    async def run(self) -> None:
        """Runs until cancelled; a failing database is tried again."""
        while True:
            try:
                for conversation_id in await to_thread.run_sync(self._announcements.deliver):
                    self._announce(conversation_id)
            except Exception as error:
                log.error("announcing failed: %s", type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)
