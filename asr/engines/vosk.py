"""Vosk (Kaldi): hears while people speak. One model is shared, each utterance has a recognizer of its own.

PyPI's vosk 0.3.45; result JSON: {"result": [{"word", "start", "end", "conf"}], "text"}, partial JSON: {"partial"}.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from asr.chinese import simplified
from asr.errors import ModelMissing
from asr.transcriber import RATE, Capabilities, Samples, Stream, Transcriber
from asr.transcript import Word

CHUNK = RATE // 5
"""Samples fed at once from a whole recording."""


class VoskTranscriber(Transcriber):
    """A model directory. ModelMissing when it is none."""

    name = "vosk"
    capabilities = Capabilities(streaming=True)

    def __init__(self, path: Path) -> None:
        try:
            import vosk
        except ImportError:
            raise ModelMissing("the package vosk is missing: pip install vosk==0.3.45") from None
        if not any((path / name).exists() for name in ("am/final.mdl", "final.mdl")):
            # The library ends in a crash where there is no model.
            raise ModelMissing(f"{path} is no Vosk model; `jiesu models fetch vosk-model-small-cn-0.22` gets one")
        vosk.SetLogLevel(-1)
        self._vosk = vosk
        try:
            self._model = vosk.Model(str(path))
        except Exception:
            raise ModelMissing(f"{path} cannot be loaded; `jiesu models check` says what is wrong") from None

    def recognizer(self) -> Any:
        """The library's own, for one utterance."""
        recognizer = self._vosk.KaldiRecognizer(self._model, RATE)
        recognizer.SetWords(True)
        return recognizer

    def stream(self) -> Stream:
        """See Transcriber."""
        return VoskStream(self.recognizer())

    def _transcribe(self, samples: Samples) -> list[Word]:
        stream = VoskStream(self.recognizer(), partial=False)
        for i in range(0, len(samples), CHUNK):
            stream.feed(samples[i : i + CHUNK])
        return stream.words()


class VoskStream(Stream):
    """One recognizer."""

    def __init__(self, recognizer: Any, *, partial: bool = True) -> None:
        self._recognizer = recognizer
        self._partial = partial
        self._done: list[Word] = []
        self._shown = ""

    def feed(self, samples: Samples) -> str | None:
        """See Stream."""
        sound = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        if self._recognizer.AcceptWaveform(sound):
            self._done += _words(self._recognizer.Result())
        if not self._partial:
            return None
        so_far = json.loads(self._recognizer.PartialResult())["partial"]
        text = simplified("".join(w.text for w in self._done) + so_far.replace(" ", ""))
        if text == self._shown:
            return None
        self._shown = text
        return text

    def words(self) -> list[Word]:
        """See Stream."""
        self._done += _words(self._recognizer.FinalResult())
        return self._done


def _words(result: str) -> list[Word]:
    return [Word(w["word"], w["start"], w["end"], w["conf"]) for w in json.loads(result).get("result", ())]
