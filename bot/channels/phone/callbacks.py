"""Callers whose call broke off in the middle and who did not call again: an operator is to call them back."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from anyio import to_thread

from bot.channels.phone.record import number_of
from bot.channels.phone.tape import Tapes
from integrations.escalations import Escalations
from integrations.phone_talks import PhoneTalk, PhoneTalks

log = logging.getLogger(__name__)

EVERY = 20.0
"""Seconds between two looks."""

REASON = "dropped"


@dataclass(frozen=True, slots=True)
class Callbacks:
    """`after` is how long a caller can come back by themselves; `tapes` are looked through for what a process that died has left."""

    talks: PhoneTalks
    escalations: Escalations
    after: timedelta
    tapes: Tapes | None = None

    def step(self) -> int:
        """Notes what is due; how many are to be called back."""
        if self.tapes is not None:
            self.tapes.mend()
        noted = 0
        for talk in self.talks.to_call_back(self.after):
            noted += self._note(talk)
            self.talks.noted(talk.call_id)
        return noted

    def _note(self, talk: PhoneTalk) -> bool:
        if not self.talks.unfinished(talk.conversation_id):
            return False
        phone = number_of(self.talks.citizen_key(talk.conversation_id)) or self.talks.contact_phone(
            talk.conversation_id
        )
        if phone is None:
            # Nobody knows where to call: what was told stays with the conversation.
            return False
        self.escalations.ask(talk.conversation_id, REASON, cause=f"call:{talk.call_id}")
        return self.escalations.callback(talk.conversation_id, phone)

    async def run(self) -> None:
        """Looks again and again, until it is cancelled."""
        while True:
            try:
                await to_thread.run_sync(self.step)
            except Exception as error:
                log.error("callbacks: %s", type(error).__name__)
            await asyncio.sleep(EVERY)
