"""Leads calls: what the gateway is given. A talk that fails leaves the caller, with all they told, to a person."""

import logging
from collections.abc import Iterator

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
        finally:
            self.live.discard(talk)


def fixed_sentences(catalog: Catalog) -> Iterator[str]:
    """Everything that is said as it stands, whoever calls: it is spoken once, before the first call."""
    yield from words.sentences()
    yield from aloud.sentences()
    for topic in catalog.topics.values():
        for spec in topic.fields.values():
            yield asked_aloud(spec, again=False)
            yield asked_aloud(spec, again=True)
            yield spec.why
