"""What comes unasked, as server-sent events: status changes, an operator's words, the follow-up."""

import asyncio
import json
from collections.abc import AsyncIterator

from anyio import to_thread

from integrations.journal import Journal

POLL_SECONDS = 1.0
"""How often the journal is read when no news came within this process: another process may have written it."""


class News:
    """Wakes the open event streams of a conversation in this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    async def wait(self, conversation_id: str) -> None:
        """Returns on news, or after the polling time."""
        event = asyncio.Event()
        self._waiting.setdefault(conversation_id, set()).add(event)
        try:
            await asyncio.wait_for(event.wait(), POLL_SECONDS)
        except TimeoutError:
            pass
        finally:
            self._waiting[conversation_id].discard(event)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]

    def announce(self, conversation_id: str) -> None:
        """There is something new; call it in the event loop's thread."""
        for event in self._waiting.get(conversation_id, ()):
            event.set()


async def events_after(
    journal: Journal, news: News, conversation_id: str, after: int | None
) -> AsyncIterator[dict[str, str]]:
    """Unasked messages with a sequence number above `after` (None: from now on), for as long as the client listens."""
    seen = after if after is not None else await to_thread.run_sync(journal.last_seq, conversation_id)
    while True:
        for line in await to_thread.run_sync(journal.since, conversation_id, seen):
            seen = line.seq
            if line.unasked:
                data = {"text": line.text, "from": line.direction, "at": line.at.isoformat(), **line.payload}
                yield {"id": str(line.seq), "event": "message", "data": json.dumps(data, ensure_ascii=False)}
        await news.wait(conversation_id)
