"""Speech decoded through the project's Vosk path against the bare library fed the same chunks, with the same model and as many threads, in turns."""

import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from asr.engines.vosk import VoskTranscriber
from asr.live import LiveUtterance
from asr.voices import EspeakVoice

MODEL = Path("asr/demo/vosk")
THREADS = 2
ROUNDS = 5
CHUNK = 1280
"""Bytes: 40 ms, as the page sends them."""

SENTENCES = (
    "朝阳区望京街道西园四区的路灯坏了三天了",
    "我在健身房办了一张年卡现在关门了不给退钱",
    "我的电话是幺三八零零幺三八零零零",
)


def _sounds() -> list[bytes]:
    import soxr

    voice, made = EspeakVoice(), []
    for text in SENTENCES:
        spoken = voice.speak(text)
        samples = soxr.resample(spoken.samples.astype(np.float32) / np.float32(32768), spoken.rate, 16_000)
        quiet = np.zeros(8000, np.float32)
        made.append((np.concatenate([quiet, samples, quiet]) * 32767).astype("<i2").tobytes())
    voice.close()
    return made


def _whole(engine: VoskTranscriber, sound: bytes) -> None:
    utterance = LiveUtterance(engine, 16_000)
    for i in range(0, len(sound), CHUNK):
        utterance.feed(sound[i : i + CHUNK])
    utterance.finish()


def _bare(engine: VoskTranscriber, sound: bytes) -> None:
    recognizer = engine.recognizer()
    for i in range(0, len(sound), CHUNK):
        if recognizer.AcceptWaveform(sound[i : i + CHUNK]):
            recognizer.Result()
        else:
            recognizer.PartialResult()
    recognizer.FinalResult()


def _rate(hear: Callable[[VoskTranscriber, bytes], None], engine: VoskTranscriber, sounds: list[bytes]) -> float:
    """Seconds of sound a second, over all threads."""

    def work() -> None:
        for sound in sounds:
            hear(engine, sound)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THREADS * sum(map(len, sounds)) / 32_000 / (time.perf_counter() - started)


def main() -> None:
    """Prints the table."""
    engine, sounds = VoskTranscriber(MODEL), _sounds()
    _rate(_whole, engine, sounds)
    rates: dict[str, list[float]] = {"whole": [], "bare": []}
    for _ in range(ROUNDS):
        rates["whole"].append(_rate(_whole, engine, sounds))
        rates["bare"].append(_rate(_bare, engine, sounds))
    ratio = statistics.median(w / b for w, b in zip(rates["whole"], rates["bare"], strict=True))
    print("\nSpeech                         ours      bare Vosk   ratio")
    print(
        f"seconds of sound a second   {statistics.median(rates['whole']):7.1f}     {statistics.median(rates['bare']):7.1f}   {ratio:5.2f}"
    )


if __name__ == "__main__":
    main()
