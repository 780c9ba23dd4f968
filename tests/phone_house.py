"""A whole telephone for tests: the real dialog behind it, the demonstration's ears, a voice that hums; and callers on either wire."""

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bot.channels.phone.breaths import breaths
from bot.channels.phone.call import Call
from bot.channels.phone.line_voice import LineVoice
from bot.channels.phone.rooms import Rooms
from bot.channels.phone.talk import Talk, fixed_sentences
from bot.channels.phone.tape import Tapes
from bot.conversation import Conversation
from bot.followup import calls_of
from config.settings import Settings
from dialog.actions.questions import CONFIRM
from integrations.outbox import Outbox
from integrations.phone_talks import PhoneTalks
from tests.conftest import NOW
from tests.fakes.asterisk_peer import AsteriskPeer
from tests.fakes.audiosocket_peer import FRAME_SECONDS, StrictPeer
from tests.fakes.phone import Phone, phone_on
from tests.phone_scene import CATALOG, Tones, ears
from tests.sounds import pcm, speech

RATE = 8000
YES, RIGHT, THANKS, UNKNOWN = "好的", "对的没问题", "谢谢", "不知道"
QUICK = 4
"""How much faster than in other tests the bot hums: its words are read in the journal."""

MOST_QUESTIONS = 12


class QuickTones(Tones):
    def speak(self, text: str, pace: float = 1.0) -> Any:
        made = super().speak(text, pace * QUICK)
        self.spoken[-1] = (text, pace)
        return made


@dataclass
class PhoneHouse:
    """The door of the calls, the telephone, and what is kept of talks."""

    door: Conversation
    phone: Phone
    talks: PhoneTalks

    def conversation(self, caller: "Caller") -> str:
        talk = self.talks.of_call(str(caller.id))
        assert talk is not None
        return talk.conversation_id

    def words(self, caller: "Caller") -> list[tuple[str, str]]:
        return [(line.direction, line.text) for line in self.door.journal.since(self.conversation(caller), 0)]

    def ticket(self, caller: "Caller") -> dict[str, Any]:
        ticket = self.door.desk.latest_of(self.conversation(caller))
        assert ticket is not None, self.words(caller)
        return ticket.as_json()


def telephone(conversation: Conversation, home: Path) -> PhoneHouse:
    """Not yet listening."""
    door = replace(conversation, ears=ears())
    talks = PhoneTalks(door.drafts._database, lambda: NOW)
    voice = QuickTones()
    fixed = [piece for text in fixed_sentences(CATALOG) for piece in breaths(text)]
    tapes = Tapes(home, door.recordings, talks)
    database, clock = door.drafts._database, door.drafts._clock
    calls = calls_of(Settings(home=home, _env_file=None), database, clock, Outbox(database, clock))  # type: ignore[call-arg]
    line = LineVoice(voice, voice, fixed)
    rooms = Rooms(door, door.ears, line, talks, CATALOG, timedelta(minutes=10), tapes, asks_back=calls.caller_is_here)
    return PhoneHouse(door, phone_on(home, Talk(rooms)), talks)


class Caller:
    """Somebody at a telephone: listens until it is their turn, then speaks or presses keys."""

    rate = RATE

    def __init__(self, phone: Phone, number: str | None, peer: type[StrictPeer] = StrictPeer) -> None:
        self.phone, self.number = phone, number
        self.id = uuid.uuid4()
        self.asks: Callable[[], Any] | None = None
        self.peer: Any = None
        self._peer = peer
        self._turn: float | None = None

    async def dial(self) -> None:
        if self.number:
            await self.phone.gateway.announce(self.id, self.number, None)
        self.peer = await self._peer.call(self.phone.address, self.id, asks=self.asks)
        self._turn = None

    async def listen(self) -> None:
        """Until the bot has said all it wants to say now, and waits for an answer."""
        await self.peer.until(lambda: self._my_turn() not in (None, self._turn), 60)
        self._turn = self._my_turn()

    @property
    def call(self) -> Call | None:
        """Our call as the bot leads it, while it lasts."""
        talk = self.phone.gateway.talk
        assert isinstance(talk, Talk)
        mine = [call for call in talk.live if call.call.call_id == self.id and not call.call.over]
        return mine[0] if mine else None

    def _my_turn(self) -> float | None:
        """Since when the bot waits for us."""
        return self.call.patience.since if self.call else None

    async def say(self, text: str) -> None:
        await self.listen()
        await self.peer.say(pcm(np.trim_zeros(speech(text, self.rate))))

    async def press(self, keys: str) -> None:
        await self.listen()
        for key in keys:
            self._key(key)
            await asyncio.sleep(0.1)

    def _key(self, key: str) -> None:
        self.peer.press(key)

    async def quiet(self) -> None:
        """Until the bot is through with our call."""
        async with asyncio.timeout(60):
            while self.id in self.phone.gateway._live:
                await asyncio.sleep(0.02)

    async def complain(self, complaint: str, answers: Mapping[str, str], topic: str) -> str:
        """A call to its friendly end, all spoken: each question gets its answer, a choice of topics its key. How it ended."""
        await self.dial()
        await self.say(YES)
        await self.say(complaint)
        for _ in range(MOST_QUESTIONS):
            await self.listen()
            self._turn = None
            asked = self.call.expecting if self.call else None
            if asked is None:
                break
            if asked.asks is None:
                await self.say(THANKS)
                break
            if asked.asks == "topic":
                titles = [title for title, _ in asked.choices]
                await self.press(str(titles.index(CATALOG.topics[topic].short) + 1))
            else:
                await self.say(RIGHT if asked.asks == CONFIRM else answers.get(asked.asks, UNKNOWN))
        return str(await self.peer.ended(60))


class WebCaller(Caller):
    """The same through Asterisk's WebSocket channel, at 16 kHz."""

    rate = 16_000

    def __init__(self, phone: Phone, number: str | None, url: str) -> None:
        super().__init__(phone, number)
        self._url = url
        self._keys: set[asyncio.Task[None]] = set()

    async def dial(self) -> None:
        self.peer = await AsteriskPeer.call(
            self._url, "slin16", call=str(self.id), **({"number": self.number} if self.number else {})
        )

    def _key(self, key: str) -> None:
        pressed = asyncio.create_task(self.peer.press(key))
        self._keys.add(pressed)
        pressed.add_done_callback(self._keys.discard)


class BadLine(StrictPeer):
    """A line that loses frames, shortens some, and delivers in gusts; all by the dice of `seed`, in Asterisk's own forms."""

    seed = 0

    async def _speak(self) -> None:
        dice = random.Random(self.seed)
        loop = asyncio.get_running_loop()
        began, sent, hole = loop.time(), 0, 0
        while self.over is None:
            late = dice.random() * 0.04 if dice.random() < 0.1 else 0.0
            await asyncio.sleep(max(0.0, began + sent * FRAME_SECONDS + late - loop.time()))
            sent += 1
            sound = bytes(self._to_say[: self.frame]) or bytes(self.frame)
            del self._to_say[: self.frame]
            if hole == 0 and dice.random() < 0.01:
                hole = dice.randint(1, 3)
            if hole:
                hole -= 1
            elif dice.random() < 0.02:
                # A short frame carries what it carries.
                self.send(self.kind, sound[: 2 * dice.randint(1, self.frame // 2)])
            else:
                self.send(self.kind, sound)
            if not self._to_say:
                self._said.set()


def bad_line(seed: int) -> type[BadLine]:
    """One whose dice are these."""
    return type(f"BadLine{seed}", (BadLine,), {"seed": seed})
