"""Sees to what nobody says: who waited too long, whose ticket came back, and what the bot takes up again from an operator."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from anyio import to_thread

from bot.conversation import Conversation
from bot.operators import words
from bot.operators.desk import OperatorDesk
from dialog.actions import wording
from dialog.client import DialogUnavailable, Reply
from integrations.escalation import Entry, Place
from integrations.journal import BOT, Busy, Repeat, Turn
from integrations.rejections import Rejection, Rejections

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How often the database is looked at: an operator may have worked in another process."""


@dataclass(frozen=True, slots=True)
class Attendant:
    """One in every process that serves; what they do is done once, because the database says what is done."""

    door: Conversation
    desk: OperatorDesk
    rejections: Rejections
    patience: timedelta
    announce: Callable[[str], None]
    """Wakes the event streams of a conversation in this process."""

    async def run(self) -> None:
        """Until cancelled; a failing database is tried again."""
        while True:
            try:
                await self.step()
            except Exception as error:
                log.error("attending failed: %s", type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)

    async def step(self) -> None:
        """Sees to what there is now."""
        escalations = self.desk.escalations
        for conversation_id in await to_thread.run_sync(escalations.overdue, self.patience, self._too_late):
            self.announce(conversation_id)
        for came_back in await to_thread.run_sync(self.rejections.open):
            await to_thread.run_sync(self._call_for, came_back)
            self.announce(came_back.conversation_id)
        await asyncio.gather(*map(self._resume, await to_thread.run_sync(escalations.to_resume)))

    def _call_for(self, came_back: Rejection) -> None:
        self.desk.escalations.ask(came_back.conversation_id, "rejected", cause=came_back.cause, tell=_came_back)

    def _too_late(self, entry: Entry) -> str:
        return words.too_late(entry.has_phone or self.door.waiting_room.known_phone(entry.conversation_id) is not None)

    async def _resume(self, entry: Entry) -> None:
        """The bot goes on, as a turn of its own: begun again after a crash, done once."""
        door = self.door
        async with door.locks.held(entry.conversation_id):
            try:
                turn = await to_thread.run_sync(
                    door.journal.begin_turn, entry.conversation_id, words.BACK, f"resume:{entry.id}", {}, "system"
                )
            except Busy:
                return
            if not isinstance(turn, Repeat):
                try:
                    said = [reply.as_json() for reply in await self._going_on(turn, entry)]
                    await to_thread.run_sync(
                        lambda: door.journal.finish_turn(turn, said, {"replies": said}, unasked=True)
                    )
                except DialogUnavailable as error:
                    log.warning("dialog unavailable: %s", error)
                    await to_thread.run_sync(door.journal.give_up, turn)
                    return
                except BaseException:
                    await to_thread.run_sync(door.journal.give_up, turn)
                    raise
            await to_thread.run_sync(self.desk.escalations.resumed, entry.id)
        self.announce(entry.conversation_id)

    async def _going_on(self, turn: Turn, entry: Entry) -> list[Reply]:
        if turn.state != BOT:
            # Taken again in the meantime: whoever holds it speaks.
            return []
        await to_thread.run_sync(self.door.waiting_room.forget_misses, entry.conversation_id)
        changes = await to_thread.run_sync(self.desk.changes, entry)
        said = [Reply(words.BACK), *([Reply(words.changed(changes))] if changes else [])]
        draft = await to_thread.run_sync(self.door.drafts.current, entry.conversation_id)
        if draft is None or not (draft.value("description") or draft.value("topic")):
            return [*said, Reply(wording.WHAT_ELSE)]
        metadata = {"turn": turn.number, "channel": turn.channel}
        return [*said, *(await self.door.dialog.say(entry.conversation_id, wording.REPEAT_WORDS, metadata)).replies]


def _came_back(place: Place) -> str:
    where = words.place(place.position) if place.position else ""
    return words.ENTERED["rejected"] + where
