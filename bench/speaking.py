"""From the true end of speech to the answer on the page, as a citizen waits for it: endpointing, decoding, dialog. Sound is sent as fast as it is spoken."""

import asyncio
import json
import os
import statistics
import time

import httpx
import numpy as np
import soxr
from websockets.asyncio.client import connect

from asr.voices import EspeakVoice
from bench.house import running

SENTENCES = (
    "朝阳区望京的路灯不亮了",
    "海淀区中关村的垃圾没有人收",
    "健身房关门了不给我退费",
    "小区门口天天有人摆摊卖菜",
    "晚上十点还在施工太吵了",
)
ROUNDS = 3
PIECE = 0.04
TAIL = 2.5
"""Seconds of silence after the words: the end has to be heard in it."""


def _spoken(voice: EspeakVoice, text: str) -> bytes:
    made = voice.speak(text)
    samples = soxr.resample(made.samples.astype(np.float32) / np.float32(32768), made.rate, 16_000)
    # What the synthesiser leaves silent at the end is not speech.
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    samples = samples[: loud[-1] + 1]
    return (np.concatenate([np.zeros(4800, np.float32), samples]) * 32767).astype("<i2").tobytes()


async def _once(house: str, http: httpx.AsyncClient, sound: bytes) -> tuple[float, float, float]:
    """Seconds of endpointing, decoding, dialog."""
    opened = (await http.post(f"{house}/api/v1/conversations")).json()
    url = f"{house.replace('http', 'ws')}/api/v1/conversations/{opened['conversation_id']}/speech"
    async with connect(url, proxy=None) as socket:
        await socket.send(json.dumps({"type": "start", "token": opened["token"], "rate": 16_000, "auto": True}))
        await socket.recv()
        step = int(PIECE * 32_000)
        silence = bytes(step)
        pieces = [sound[i : i + step] for i in range(0, len(sound), step)]
        started, ended = time.perf_counter(), 0.0

        async def send() -> None:
            nonlocal ended
            for n in range(len(pieces) + int(TAIL / PIECE)):
                await asyncio.sleep(max(0.0, started + n * PIECE - time.perf_counter()))
                if n == len(pieces):
                    ended = time.perf_counter()
                await socket.send(pieces[n] if n < len(pieces) else silence)

        sending = asyncio.create_task(send())
        at: dict[str, float] = {}
        while "answer" not in at:
            told = json.loads(await asyncio.wait_for(socket.recv(), 30))
            at[told["type"]] = time.perf_counter()
            if told["type"] == "problem":
                raise RuntimeError(told["detail"])
        sending.cancel()
    ended = ended or at["end"]
    return at["end"] - ended, at["heard"] - at["end"], at["answer"] - at["heard"]


async def main() -> None:
    """Prints the table."""
    os.environ["JIESU_VOSK_MODEL"] = "asr/demo/vosk"
    voice = EspeakVoice()
    sounds = [_spoken(voice, text) for text in SENTENCES]
    voice.close()
    async with running() as where, httpx.AsyncClient(timeout=60, trust_env=False) as http:
        await _once(where.house, http, sounds[0])
        taken = [await _once(where.house, http, sound) for _ in range(ROUNDS) for sound in sounds]
    print("\nFrom the end of speech to the answer, ms      p50      p95")
    rows = [
        ("endpointing", [t[0] for t in taken]),
        ("decoding", [t[1] for t in taken]),
        ("dialog", [t[2] for t in taken]),
    ]
    for name, seconds in [*rows, ("in all", [sum(t) for t in taken])]:
        p50, p95 = statistics.median(seconds) * 1000, statistics.quantiles(seconds, n=20)[18] * 1000
        print(f"{name:<42} {p50:7.0f}  {p95:7.0f}")


if __name__ == "__main__":
    asyncio.run(main())
