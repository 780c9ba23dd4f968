"""Character error rates of the demonstration's models, on sentences and voices that no training has seen. Runs in the app's environment.

.venv/bin/python -m asr.training.evaluate [vosk] [whisper]
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr.training.corpus import say, style
from asr.training.sentences import EVALUATION, GOLDEN, evaluation
from asr.training.sound import RATE, noisy, telephone
from asr.training.speech import UNSEEN

DEMO = Path(__file__).resolve().parents[1] / "demo"
Sound = NDArray[np.float32]
Hear = Callable[[Sound], str]


def spoken(sentences: list[str], seed: int = 11) -> Iterator[tuple[str, Sound]]:
    """Every sentence, each by an unseen voice at some speed and pitch."""
    dice = random.Random(seed)
    for n, text in enumerate(sentences):
        said = say(text, style(dice, UNSEEN), seed + n)
        if said is None:
            raise RuntimeError("the synthesiser could not speak an evaluation sentence")
        yield text, said.sound


def distance(wanted: str, heard: str) -> int:
    """Characters to change, to add and to drop (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def error_rate(hear: Hear, cases: list[tuple[str, Sound]], show: bool = False) -> float:
    """Wrong characters per character."""
    wrong = total = 0
    for text, sound in cases:
        heard = hear(sound)
        far = distance(text, heard)
        wrong, total = wrong + far, total + len(text)
        if show and far:
            print(f"   {far}  {text}\n      {heard}")
    return wrong / total


def vosk_hearing(path: Path) -> Hear:
    """The bare library."""
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(str(path))

    def hear(sound: Sound) -> str:
        recognizer = vosk.KaldiRecognizer(model, RATE)
        data = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
        heard = []
        for i in range(0, len(data), 3200):
            if recognizer.AcceptWaveform(data[i : i + 3200]):
                heard.append(json.loads(recognizer.Result())["text"])
        heard.append(json.loads(recognizer.FinalResult())["text"])
        return "".join(heard).replace(" ", "")

    return hear


def whisper_hearing(path: Path) -> Hear:
    """openai-whisper, as asr/engines/whisper.py calls it."""
    from asr.engines.whisper import WhisperTranscriber

    engine = WhisperTranscriber(path)

    def hear(sound: Sound) -> str:
        return engine.hear(sound).text

    return hear


SETS = {"the golden conversations' vocabulary": GOLDEN, "any complaint": EVALUATION}


def main(asked: list[str]) -> None:
    """Prints the rates."""
    show = "--show" in asked
    engines = [engine for engine in ("vosk", "whisper") if engine in asked] or ["vosk"]
    hearing = {"vosk": vosk_hearing, "whisper": whisper_hearing}
    models = {"vosk": DEMO / "vosk", "whisper": DEMO / "whisper.pt"}
    print(f"{'characters heard wrongly':<46}{'16 kHz':>9}{'8 kHz µ-law':>13}{'noise 15 dB':>13}")
    for engine in engines:
        hear = hearing[engine](models[engine])
        for name, path in SETS.items():
            cases, dice = list(spoken(evaluation(path))), np.random.default_rng(1)
            rates = [
                error_rate(hear, cases, show),
                error_rate(hear, [(text, telephone(sound)) for text, sound in cases]),
                error_rate(hear, [(text, noisy(sound, 15, dice)) for text, sound in cases]),
            ]
            label = f"{engine}, {len(cases)} sentences, {name}"
            print(f"{label:<46}" + "".join(f"{100 * r:{w}.1f} %" for r, w in zip(rates, (7, 11, 11), strict=True)))


if __name__ == "__main__":
    main(sys.argv[1:])
