"""On the telephone: from the true end of speech to the first sound of the answer, with calls that are all recognised at the same time.

The house runs as a user starts it, with the demonstration's Vosk model; callers are AudioSocket clients on the same machine, who speak with
a synthetic voice at the pace of speech. The endpoint's wait is a choice (how long nobody speaks before the bot does); all else is ours.
"""

import asyncio
import os
import re
import statistics
import time
import uuid

import httpx
import numpy as np
import soxr

from asr.endpointing import Endpointing
from asr.voices import EspeakVoice
from bench.house import running
from bot.rasa_process import free_port

CALLS = 20
ROUNDS = 2
RATE = 8000
FRAME = 320
SENTENCES = (
    "朝阳区望京的路灯不亮了",
    "海淀区中关村的垃圾没有人收",
    "健身房关门了不给我退费",
    "小区门口天天有人摆摊卖菜",
    "晚上十点还在施工太吵了",
)
LOUD = 200
"""Amplitude from which a sample is the bot's voice."""

PART = re.compile(r'jiesu_phone_answer_seconds_(sum|count)\{part="(\w+)"\} (\S+)')
PARTS = {"end": "waiting for the end of speech, recognising", "dialog": "dialog", "voice": "voice"}


def _spoken(voice: EspeakVoice, text: str) -> bytes:
    made = voice.speak(text)
    samples = soxr.resample(made.samples.astype(np.float32) / np.float32(32768), made.rate, RATE)
    # What the synthesiser leaves silent at the end is not speech.
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return (samples[: loud[-1] + 1] * 32767).astype("<i2").tobytes()


class Caller:
    """One call."""

    def __init__(self) -> None:
        self._loud = 0.0
        self._to_say = b""
        self.fell_silent = 0.0

    async def call(self, address: str) -> None:
        """Connects; sound flows both ways from now on."""
        host, _, port = address.rpartition(":")
        self._reader, self._writer = await asyncio.open_connection(host, int(port))
        self._writer.write(b"\x01\x00\x10" + uuid.uuid4().bytes)
        self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._speak())]

    async def _hear(self) -> None:
        while True:
            head = await self._reader.readexactly(3)
            sound = await self._reader.readexactly(int.from_bytes(head[1:], "big"))
            if head[0] == 0x10 and np.abs(np.frombuffer(sound, "<i2")).max(initial=0) > LOUD:
                self._loud = time.perf_counter()

    async def _speak(self) -> None:
        began, n = time.perf_counter(), 0
        while True:
            await asyncio.sleep(max(0.0, began + n * 0.02 - time.perf_counter()))
            n += 1
            frame, self._to_say = self._to_say[:FRAME], self._to_say[FRAME:]
            self._writer.write(b"\x10\x01\x40" + frame.ljust(FRAME, b"\0"))
            if frame and not self._to_say:
                self.fell_silent = time.perf_counter() - 0.02 + len(frame) / 2 / RATE

    async def bot_is_silent(self) -> None:
        """Until the bot has spoken, and has been silent for a second and a half."""
        while not self._loud or time.perf_counter() - self._loud < 1.5:
            await asyncio.sleep(0.02)

    def press(self, key: str) -> None:
        """A key."""
        self._loud = 0.0
        self._writer.write(b"\x03\x00\x01" + key.encode())

    async def say(self, sound: bytes) -> float:
        """Speaks; seconds from the end of it to the bot's first sound."""
        self._to_say, self._loud, self.fell_silent = sound, 0.0, 0.0
        async with asyncio.timeout(60):
            while not self.fell_silent or self._loud < self.fell_silent:
                await asyncio.sleep(0.001)
        return self._loud - self.fell_silent

    async def hang_up(self) -> None:
        """The end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._writer.close()


async def _one(address: str, sound: bytes, together: asyncio.Barrier, number: int) -> float:
    caller = Caller()
    await caller.call(address)
    await caller.bot_is_silent()
    caller.press("2")
    await caller.bot_is_silent()
    await together.wait()
    # People do not end their sentences in the same moment.
    await asyncio.sleep(number * 0.15)
    taken = await caller.say(sound)
    # The first sound may be a filler: the answer is waited for, so that its parts are counted.
    await caller.bot_is_silent()
    await caller.hang_up()
    return taken


async def _parts(http: httpx.AsyncClient, house: str) -> dict[str, float]:
    found: dict[tuple[str, str], float] = {}
    for kind, part, value in PART.findall((await http.get(f"{house}/metrics")).text):
        found[kind, part] = float(value)
    return {part: found["sum", part] / found["count", part] for part in PARTS if ("count", part) in found}


async def main() -> None:
    """Prints the table."""
    address = f"127.0.0.1:{free_port()}"
    os.environ.update(JIESU_VOSK_MODEL="asr/demo/vosk", JIESU_AUDIOSOCKET=address)
    voice = EspeakVoice()
    sounds = [_spoken(voice, text) for text in SENTENCES]
    voice.close()
    taken: list[float] = []
    async with running() as where, httpx.AsyncClient(timeout=60, trust_env=False) as http:
        for _ in range(ROUNDS):
            together = asyncio.Barrier(CALLS)
            taken += await asyncio.gather(*(_one(address, sounds[n % len(sounds)], together, n) for n in range(CALLS)))
        parts = await _parts(http, where.house)
    wait = Endpointing().wait(SENTENCES[0])
    p50, p95 = statistics.median(taken) * 1000, statistics.quantiles(taken, n=20)[18] * 1000
    print(f"\nTelephone, {CALLS} calls at once, from the end of speech to the first sound, ms      p50      p95")
    print(f"{'in all':<76}  {p50:7.0f}  {p95:7.0f}")
    print(
        f"{f'beyond the chosen wait of {wait * 1000:.0f} ms':<76}  {p50 - wait * 1000:7.0f}  {p95 - wait * 1000:7.0f}"
    )
    for part, name in PARTS.items():
        print(f"{name + ', mean':<76}  {parts.get(part, 0) * 1000:7.0f}")


if __name__ == "__main__":
    asyncio.run(main())
