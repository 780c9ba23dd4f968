"""One call, from the greeting to its end: who speaks when, and what is done with what was heard.

Everything that happens comes through one inbox and is handled one after the other: keys, marks, speech, answers of the dialog, time.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from anyio import to_thread

from bot.channels.phone import words
from bot.channels.phone.breaths import breaths
from bot.channels.phone.expecting import Expecting
from bot.channels.phone.floor import Floor
from bot.channels.phone.hearing import Behind, Hearing, Said, Voice
from bot.channels.phone.keypad import Keypad, Press
from bot.channels.phone.manner import Manner
from bot.channels.phone.mouth import Mouth
from bot.channels.phone.openings import Opening
from bot.channels.phone.patience import Patience
from bot.channels.phone.record import Record
from bot.channels.phone.rooms import Rooms
from bot.channels.phone.times import Times
from bot.channels.phone.transport import Audio, CallTransport, Digit, Event, Hangup, Played
from bot.channels.phone.turns import Answered, Turns
from dialog.actions import wording
from integrations.journal import OPERATOR, WAITING
from integrations.phone_talks import DONE, DROPPED, HUMAN
from intents.extraction.acts import find_acts
from intents.extraction.short_answers import short_answer

log = logging.getLogger(__name__)

NO_SPEECH = 0.3
"""Seconds of sound below which nothing was said: a click, a cough."""


class Call:
    """One talk on one call. `run` leads it to its end."""

    def __init__(self, rooms: Rooms, call: CallTransport) -> None:
        self.rooms = rooms
        self.call = call
        self.mouth = Mouth(call, rooms.voice)
        self.floor = Floor(self.mouth)
        self.keypad = Keypad()
        self.manner = Manner(self.mouth)
        self.record = Record(rooms, call)
        self.times = Times()
        self.patience = Patience()
        self.conversation: str | None = None
        self.expecting = Expecting(None)
        self.opening: Opening | None = Opening(self)
        self._inbox: asyncio.Queue[Event | Voice | Said | Behind | Answered] = asyncio.Queue()
        self._now = asyncio.get_running_loop().time
        self.hearing = Hearing(rooms.ears, call.rate, self._inbox.put_nowait, self.mouth.loudness)
        self.turns = Turns(self._turn, self._inbox.put_nowait)
        self._last: list[str] = []
        self._leaving: str | None = None
        self._failures = 0
        self._nothing_open = self._wants_a_person = False

    async def run(self) -> None:
        """Until the call is over, on either side; nothing of what was said is lost."""
        tasks = [asyncio.create_task(job) for job in (self._listen(), self.hearing.run())]
        for task in tasks:
            task.add_done_callback(self._failed)
        try:
            assert self.opening is not None
            await self.opening.begin()
            while not self.call.over:
                await self._step()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.mouth.stop()
            await self._close()

    async def _listen(self) -> None:
        async for event in self.call.events():
            if isinstance(event, Audio):
                self.hearing.feed(event.samples)
            else:
                self._inbox.put_nowait(event)

    def _failed(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its text may hold the caller's words.
            log.error("call %s: %s", self.call.call_id, type(error).__name__)
            self._inbox.put_nowait(Hangup(lost=True))

    # What happens

    async def _step(self) -> None:
        event = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self._deadline()):
                event = await self._inbox.get()
        match event:
            case None:
                await self._time(self._now())
            case Voice(text, seconds):
                self.patience.stop()
                if not self._leaving:
                    self.floor.voice(text, seconds, yes_no=self.expecting.yes_no)
            case Said():
                await self._said(event)
            case Behind():
                if not (self.mouth.busy or self.mouth.paused or self._leaving):
                    self.mouth.say([words.LINE_IS_SLOW])
            case Digit(key):
                await self._key(key)
            case Played(mark):
                await self._played(mark)
            case Answered(told):
                await self._answered(told)
            case Hangup() if not self.call.over:
                # Our own ears have failed: the gateway takes the caller to a person.
                raise RuntimeError("the talk cannot go on")

    def _deadline(self) -> float | None:
        times = (self.turns.filler_at, self.floor.resumes_at, self.patience.ends_at, self.keypad.deadline())
        return min((at for at in times if at is not None), default=None)

    async def _time(self, now: float) -> None:
        """Something is due."""
        if self.turns.filler_at is not None and now >= self.turns.filler_at:
            if (filler := self.turns.filler()) and not self.mouth.busy and not self.mouth.paused:
                self.mouth.say([filler])
        elif self.floor.resumes_at is not None and now >= self.floor.resumes_at:
            self.floor.goes_on()
        elif (pressed := self.keypad.due(now)) is not None:
            await self._pressed(pressed)
        elif self.patience.over(now):
            await self._silence()

    async def _said(self, said: Said) -> None:
        """An utterance is over."""
        text = said.transcript.text if said.transcript else ""
        if self.expecting.yes_no:
            text = short_answer(text)
        if self._leaving or not self.floor.meant(text, yes_no=self.expecting.yes_no):
            return
        if not text:
            await self._not_understood(said)
            return
        self.floor.taken()
        self.times.silent, self.times.ended = said.silent_since, self._now()
        await self._hear(text, said)

    async def _not_understood(self, said: Said) -> None:
        if said.seconds < NO_SPEECH or self.turns.under_way:
            self._wait()
            return
        self.manner.struggling()
        if self.patience.missed():
            await self._to_a_person(words.STILL_NOT_HEARD)
        else:
            self.mouth.say([words.NOT_HEARD])

    async def _hear(self, text: str, said: Said | None) -> None:
        """Words, spoken or by keys: to the opening, or to the dialog."""
        self.patience.heard()
        self.keypad.forget()
        if self.turns.under_way:
            self.turns.later.append((text, said))
        elif self.opening is not None:
            await self.opening.hear(text, said)
        else:
            self.ask(text, said)

    async def _key(self, key: str) -> None:
        self.patience.stop()
        if self._leaving:
            return
        pressed = self.keypad.press(key, self._now())
        if pressed is Press.AGAIN:
            if not self.turns.under_way:
                self.mouth.say(self._last)
        elif pressed is Press.ENOUGH:
            self.hearing.finish()
            self._wait()
        else:
            # A key means to interrupt.
            self.floor.taken()
            if pressed is not None:
                await self._pressed(pressed)

    async def _pressed(self, pressed: Press | str) -> None:
        if isinstance(pressed, str):
            self.times.silent = self.times.ended = self._now()
            await self._hear(pressed, None)
        elif pressed is Press.PERSON:
            await self._to_a_person()
        elif not self.turns.under_way:
            self.say([words.NO_SUCH_KEY, self.expecting.keys()], self.expecting)

    async def _played(self, mark: str) -> None:
        if not self.mouth.played(mark):
            return
        if self._leaving == HUMAN:
            await self.call.hand_over(draft=self.call.draft)
        elif self._leaving == DONE:
            await self.call.hang_up(draft=self.call.draft)
        else:
            self._wait()

    def _wait(self) -> None:
        """It is the caller's turn: their silence counts from now."""
        if not self.turns.under_way and not self.mouth.busy and not self._leaving:
            self.patience.wait(self._now())

    async def _silence(self) -> None:
        """Nothing was said for long."""
        self.manner.struggling()
        if self.opening is not None and await self.opening.silence(self.patience.silences):
            return
        if self._nothing_open:
            self._leave(DONE, [words.NOBODY_THERE])
        elif self.patience.silences == 1:
            self.say(self.expecting.simpler(), self.expecting)
        elif self.patience.silences == 2:
            self.say([words.HEARD_NOTHING, self.expecting.keys(), *self._last[-1:]], self.expecting)
        else:
            await self._to_a_person(words.TO_A_PERSON)

    # What is said and asked

    def say(self, texts: Sequence[str], expecting: Expecting) -> None:
        """Says this, and then waits for what it wants: from now on, that is what keys and short words mean."""
        self._last = [piece for text in texts for piece in breaths(text)]
        self.expecting = expecting
        self.keypad.wanted = expecting.wanted()
        self.hearing.ends.complete = expecting.complete()
        self.mouth.say(self._last)

    def ask(self, text: str, said: Said | None = None, before: Sequence[str] = ()) -> None:
        """Words to the dialog; its answer is said after `before`."""
        acts = find_acts(text)
        if self._nothing_open and not self.rooms.goes_on(acts):
            self._leave(DONE, [words.BYE])
            return
        wish = self.manner.ask(text, acts)
        self.patience.stop()
        lead = [words.LOUDER if wish == "louder" else words.SLOWER] if wish else []
        self.turns.begin(text, said, [*before, *lead])

    async def _turn(self, text: str, said: Said | None) -> dict[str, Any]:
        assert self.conversation is not None
        return await self.record.turn(self.conversation, text, said, simpler=self.manner.simpler)

    async def _answered(self, told: dict[str, Any] | None) -> None:
        await self.turns.over()
        if told is None:
            self._failures += 1
            if self._failures > 1:
                # Not even the wish for a person could be noted: the dialplan still leads to one.
                self._leave(HUMAN, [words.TROUBLE])
            else:
                await self._to_a_person(words.TROUBLE)
            return
        self.times.answered = self._now()
        texts = [reply["text"] for reply in told["replies"]]
        if wording.NOT_CLEAR in texts:
            self.manner.struggling()
        self.patience.misses = self._failures = 0
        self._nothing_open = not told["draft"]["fields"] and (told["ticket"] is not None or told["asking"] is None)
        later, self.turns.later = self.turns.later, []
        if told["state"] in (WAITING, OPERATOR):
            # Their place and their choices are for those who wait with the bot; a caller is put through.
            put_through = [reply["text"] for reply in told["replies"] if not reply["buttons"]]
            self._leave(HUMAN, [*put_through, words.HOLD_ON])
        elif self._wants_a_person:
            self._wants_a_person = False
            self.ask(wording.HUMAN, before=texts if told["ticket"] else ())
        elif later and told["ticket"] is None:
            # They have said more since: the answer to all of it is what they wait for.
            self.turns.later = later[1:]
            self.ask(*later[0])
        else:
            self.mouth.on_sound = self._answer_heard
            self.say(texts, Expecting.of(told, self.rooms.catalog))

    def _answer_heard(self) -> None:
        self.times.sound = self._now()
        self.rooms.observe(replace(self.times))

    async def _to_a_person(self, lead: str | None = None) -> None:
        """Into the queue for a person, with everything that was told; the caller is put through when that is done."""
        self.turns.later = []
        self.floor.taken()
        if self.opening is not None:
            await self.opening.skip()
        self._nothing_open = False
        if self.turns.under_way:
            # What was said last is still being noted.
            self._wants_a_person = True
        else:
            self.ask(wording.HUMAN, before=[lead] if lead else ())

    def _leave(self, how: str, texts: Sequence[str]) -> None:
        """The last words; the call ends when they are said."""
        self._leaving = how
        self.patience.stop()
        self.floor.resumes_at = None
        self.mouth.say([piece for text in texts for piece in breaths(text)])

    async def _close(self) -> None:
        """The call is over: what was begun is brought to its end, and how it ended is kept."""
        said = None if self._leaving else await self.hearing.last_words()
        await self.turns.finish()
        if self.conversation is None:
            return
        if self.opening is None and not self._leaving:
            spoken = [(said.transcript.text, said)] if said and said.transcript else []
            for text, words_of in [*self.turns.later, *spoken]:
                with contextlib.suppress(Exception):
                    await self._turn(text, words_of)
        unfinished = await to_thread.run_sync(self.rooms.talks.unfinished, self.conversation)
        await self.record.end(self.conversation, self._leaving or (DROPPED if unfinished else DONE))
