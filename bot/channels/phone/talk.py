"""Leads calls: what the gateway is given. A talk that fails leaves the caller, with all they told, to a person."""

import logging
from collections.abc import Iterator

from anyio import to_thread

from bot.channels.phone import words
from bot.channels.phone.call import Call
from bot.channels.phone.rooms import Rooms
from bot.channels.phone.transport import CallTransport
from dialog.actions import aloud
from dialog.actions.questions import asked_aloud
from intents.catalog import Catalog

log = logging.getLogger(__name__)


class Talk:
    """Called once for every call. `live` are those under way."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.live: set[Call] = set()

    async def __call__(self, call: CallTransport) -> None:
        """Leads one call to its end."""
        if not self.rooms.ears.follows:
            # Nobody here could hear what they say.
            await call.hand_over()
            return
        talk = Call(self.rooms, call)
        self.live.add(talk)
        try:
            await talk.run()
        except Exception:
            await self._tell_operators(talk)
            raise
        finally:
            self.live.discard(talk)

    async def _tell_operators(self, talk: Call) -> None:
        """The gateway hands the caller over; what they told is put where operators look."""
        conversation, escalations = talk.conversation, self.rooms.door.waiting_room.escalations
        if conversation is None:
            return
        try:
            await to_thread.run_sync(lambda: escalations.ask(conversation, "unavailable"))
        except Exception as error:
            log.error("call %s: nobody was told: %s", talk.call.call_id, type(error).__name__)


def fixed_sentences(catalog: Catalog) -> Iterator[str]:
    """Everything that is said as it stands, whoever calls: it is spoken once, before the first call."""
    yield from words.sentences()
    yield from aloud.sentences()
    for topic in catalog.topics.values():
        for spec in topic.fields.values():
            yield asked_aloud(spec, again=False)
            yield asked_aloud(spec, again=True)
            yield spec.why
