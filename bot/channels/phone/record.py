"""What is kept of a call: each turn in its conversation, the sound where the caller agreed, how it ended."""

import logging
from collections.abc import Callable
from typing import Any

from anyio import to_thread

from bot.channels.phone.hearing import Said
from bot.channels.phone.rooms import Rooms
from bot.channels.phone.tape import Tape
from bot.channels.phone.transport import CallTransport
from bot.ears import Spoken

log = logging.getLogger(__name__)

KEY = "phone:"


def key_of(number: str | None) -> str | None:
    """What the channel knows its citizen by; None where the number is hidden."""
    return f"{KEY}{number}" if number else None


def number_of(key: str | None) -> str | None:
    """The other way round."""
    return key.removeprefix(KEY) if key else None


class Record:
    """One call's."""

    def __init__(self, rooms: Rooms, call: CallTransport) -> None:
        self._rooms = rooms
        self._call = call
        self._id = str(call.call_id)
        self._turns: list[dict[str, Any]] = []
        self._told: set[str] = set()
        self.tape: Tape | None = None
        self.caller = call.caller.number
        """The number that calls."""

    async def begin(self, conversation: str, recorded: bool | None) -> None:
        """The call is about this conversation from now on."""
        await self._in_thread(lambda: self._rooms.talks.begin(self._id, conversation, recorded))

    async def agreed(self, conversation: str, agreed: bool, words: str) -> None:
        """The caller's answer about recording, kept in the journal as well."""
        await self._in_thread(lambda: self._rooms.talks.recorded(self._id, agreed))
        journal = self._rooms.door.journal
        await self._in_thread(
            lambda: journal.append(conversation, words, {"recorded": agreed}, unasked=False, direction="system")
        )

    def start_tape(self) -> Tape:
        """The caller's side is recorded from now on."""
        self.tape = self._rooms.tapes.start(self._id, self._call.rate)
        return self.tape

    async def turn(self, conversation: str, text: str, said: Said | None, *, simpler: bool) -> dict[str, Any]:
        """One turn of the dialog: its answer. Where the caller agreed, the sound is on the disk before anybody tries to understand it."""
        about = {"caller": self.caller, "simpler": simpler}
        spoken = None
        door = self._rooms.door
        if said is not None and said.transcript is not None and self.tape is not None:
            spoken = Spoken(await door.keep(conversation, said.samples), said.transcript)
            self._turns.append({"recording": spoken.recording, "at": round(said.at, 2)})
            # Now, not at the end: where the turns lie is known even when this process dies in the middle of the call.
            await self._in_thread(lambda: self._rooms.talks.turned(self._id, self._turns))
        told = await door.say(conversation, text, spoken=spoken, about=about)
        draft = await self._in_thread(lambda: door.drafts.current(conversation))
        self._call.draft = draft.id if draft else self._call.draft
        if (
            told["ticket"] is not None
            and told["ticket"]["number"] not in self._told
            and self.caller
            and self._rooms.tell_elsewhere
        ):
            await self._tell_elsewhere(told["ticket"]["number"])
        return told

    async def _tell_elsewhere(self, number: str) -> None:
        """Once for each ticket of this call."""
        self._told.add(number)
        tell, caller = self._rooms.tell_elsewhere, self.caller
        ticket = await self._in_thread(lambda: self._rooms.door.desk.get(number))
        if tell is not None and caller is not None and ticket is not None:
            await self._in_thread(lambda: tell(caller, ticket))

    async def end(self, conversation: str, how: str) -> None:
        """The call has ended: its recording is kept whole, with where each turn lies on it."""
        recording = None
        if self.tape is not None:
            tape, self.tape = self.tape, None
            recording = await self._in_thread(lambda: self._rooms.tapes.keep(conversation, tape))
        await self._in_thread(lambda: self._rooms.talks.end(self._id, how, self._turns, recording))

    async def _in_thread(self, job: Callable[[], Any]) -> Any:
        return await to_thread.run_sync(job)
