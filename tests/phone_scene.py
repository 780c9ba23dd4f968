"""A call in virtual time: a caller who speaks with a synthetic voice, real ears, and a dialog that answers what the test says."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from asr.engines import load
from asr.voice import Speech, Voice
from bot.channels.phone.call import Call
from bot.channels.phone.line_voice import LineVoice
from bot.channels.phone.rooms import Rooms
from bot.channels.phone.tape import Tapes
from bot.ears import Ears
from integrations.followup_calls import AskedOnCall
from integrations.phone_talks import PhoneTalk
from intents.catalog import load_catalog
from tests.conftest import ROOT
from tests.fakes.call import FakeCall
from tests.sounds import pcm, speech

RATE = 8000
FRAME = 0.02
PACE = 0.12
"""Seconds a character of the bot's own voice here."""

CATALOG = load_catalog()


@cache
def ears() -> Ears:
    return Ears(load("vosk", ROOT / "asr/demo/vosk"))


class Tones(Voice):
    """A voice that hums as long as a sentence takes; `spoken` is what it was given."""

    name = "tones"

    def __init__(self) -> None:
        self.spoken: list[tuple[str, float]] = []

    def speak(self, text: str, pace: float = 1.0) -> Speech:
        self.spoken.append((text, pace))
        t = np.arange(int(len(text) * PACE / pace * RATE)) / RATE
        return Speech((3000 * np.sin(2 * np.pi * 190 * t)).astype(np.int16), RATE)


def answer(*texts: str, asking: str | None = None, buttons: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """What the dialog answers."""
    last = [{"title": title, "payload": title} for title in buttons]
    replies = [{"text": text, "buttons": []} for text in texts]
    if replies:
        replies[-1]["buttons"] = last
    told = {
        "replies": replies,
        "asking": asking,
        "state": "bot",
        "ticket": None,
        "draft": {"topic": None, "fields": {}},
    }
    return {**told, **more}


@dataclass
class Door:
    """The conversation, as a script: `answers` in order, the last one for ever; `heard` is what it was told."""

    answers: list[Any] = field(default_factory=lambda: [answer("请说具体一点，在哪个区、哪条路？", asking="place")])
    slow: float = 0.0
    heard: list[tuple[str, str]] = field(default_factory=list)
    recorded: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    kept_files: int = 0

    def __post_init__(self) -> None:
        self.drafts = SimpleNamespace(current=lambda conversation: None)
        self.journal = SimpleNamespace(
            append=lambda conversation, text, *_, **__: self.lines.append(text), state=lambda conversation: "waiting"
        )
        self.recordings = SimpleNamespace(keep_file=self._keep_file)
        self.desk = SimpleNamespace(get=lambda number: None)

    def _keep_file(self, conversation: str, write: Callable[[Path], float]) -> str:
        self.kept_files += 1
        return "whole"

    async def start(self, channel: str, citizen_key: str | None = None) -> dict[str, Any]:
        return {"conversation_id": "new", "replies": []}

    async def keep(self, conversation: str, samples: Any) -> str:
        self.recorded.append(len(samples) / 16_000)
        return f"r{len(self.recorded)}"

    async def say(self, conversation: str, text: str, spoken: Any = None, about: Any = None) -> dict[str, Any]:
        self.heard.append((conversation, text))
        self.about = about
        await asyncio.sleep(self.slow)
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(told, Exception):
            raise told
        return told

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.heard]


@dataclass
class Talks:
    """What is kept of calls."""

    before: PhoneTalk | None = None
    back: PhoneTalk | None = None
    draft: bool = True
    ended: str | None = None
    turns: Sequence[Any] = ()
    began: list[tuple[str, bool | None]] = field(default_factory=list)
    agreed: bool | None = None
    gone_on: str | None = None

    def of_call(self, call_id: str) -> PhoneTalk | None:
        return self.back

    def dropped(self, key: str, within: timedelta) -> PhoneTalk | None:
        return self.before

    def citizen_key(self, conversation: str) -> str | None:
        return None

    def begin(self, call_id: str, conversation: str, recorded: bool | None = None) -> None:
        self.began.append((conversation, recorded))

    def recorded(self, call_id: str, agreed: bool) -> None:
        self.agreed = agreed

    def resumed(self, call_id: str) -> None:
        self.gone_on = call_id

    def turned(self, call_id: str, turns: Sequence[Any]) -> None:
        self.turns = list(turns)

    def unfinished(self, conversation: str) -> bool:
        return self.draft

    def end(self, call_id: str, how: str, turns: Sequence[Any] = (), recording: str | None = None) -> None:
        self.ended, self.turns = how, turns


class Scene:
    """One call. The caller's script is a coroutine over this; `echo` is how much of the bot's voice comes back to it."""

    def __init__(
        self,
        tmp: Path,
        door: Door,
        talks: Talks,
        echo: float = 0.0,
        number: str | None = "13800138000",
        asks_back: Callable[[str, str], AskedOnCall | None] | None = None,
    ) -> None:
        self.door, self.talks = door, talks
        self.voice = Tones()
        self.call = FakeCall(number, RATE)
        line = LineVoice(self.voice, self.voice, ())
        tapes = Tapes(tmp, door.recordings, talks)  # type: ignore[arg-type]
        self.rooms = Rooms(door, ears(), line, talks, CATALOG, timedelta(minutes=10), tapes, asks_back=asks_back)  # type: ignore[arg-type]
        self.talk: Call = None  # type: ignore[assignment]
        self._echo = echo
        self._queue = b""
        self._silent = True
        self._frame = int(RATE * FRAME) * 2

    async def play(self, script: Callable[["Scene"], Awaitable[None]]) -> None:
        """The call, from its beginning to its end."""
        self.talk = Call(self.rooms, self.call)
        line = asyncio.create_task(self._line())
        leading = asyncio.create_task(self.talk.run())
        acting = asyncio.create_task(self._act(script))
        await asyncio.gather(acting)
        await asyncio.wait_for(leading, 120)
        line.cancel()

    async def _act(self, script: Callable[["Scene"], Awaitable[None]]) -> None:
        await asyncio.wait_for(script(self), 300)
        if not self.call.over:
            await self.call.drop()

    async def _line(self) -> None:
        """Twenty milliseconds, and again: what the caller says goes in, what the bot says comes out."""
        begun, n = self.now, 0
        while not self.call.over:
            n += 1
            await asyncio.sleep(max(0.0, begun + n * FRAME - self.now))
            frame, self._queue = self._queue[: self._frame], self._queue[self._frame :]
            if not frame and self._silent:
                frame = bytes(self._frame)
            if self._echo:
                back = np.frombuffer(bytes(self.call.heard[-7 * self._frame : -6 * self._frame]), "<i2") * self._echo
                here = np.frombuffer(frame.ljust(self._frame, b"\0"), "<i2").astype(np.float32)
                if len(back) == len(here):
                    frame = np.clip(here + back, -32000, 32000).astype("<i2").tobytes()
            if frame:
                await self.call.speak(frame)
            else:
                await self.call.pass_time(FRAME)

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def holes(self) -> None:
        """The caller's telephone sends nothing while they are silent."""
        self._silent = False

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def until(self, true: Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = self.now + seconds
        while not true():
            assert self.now < deadline, f"never happened; the bot said {self.said}"
            await asyncio.sleep(FRAME)

    async def listen(self) -> None:
        """Until the bot has said all that it wants to say now."""
        await self.until(lambda: self.talk.mouth.busy or self.call.over)
        await self.until(lambda: not self.talk.mouth.busy or self.call.over)

    async def say(self, text: str) -> None:
        """Speaks, and waits for the end of it."""
        await self.sound(np.trim_zeros(speech(text, RATE)))

    async def sound(self, samples: Any) -> None:
        self._queue += pcm(samples)
        await self.until(lambda: not self._queue or self.call.over)

    async def press(self, keys: str) -> None:
        for key in keys:
            await self.call.press(key)
            await asyncio.sleep(0.2)

    async def agree(self) -> None:
        """Through the greeting, with a yes."""
        await self.listen()
        await self.press("1")
        await self.listen()

    @property
    def said(self) -> list[str]:
        """What the bot has begun to say."""
        return [text for text, _ in self.voice.spoken]

    @property
    def spoken_seconds(self) -> float:
        """How long the caller heard the bot's voice."""
        heard = np.frombuffer(bytes(self.call.heard), "<i2")
        frames = heard[: len(heard) // 160 * 160].reshape(-1, 160)
        return float((np.abs(frames).max(axis=1) > 200).sum() * 0.02)
