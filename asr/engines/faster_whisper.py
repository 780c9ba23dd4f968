"""faster-whisper: the same weights, converted (`jiesu models convert`), on CTranslate2; several times faster on a processor."""

import json
from pathlib import Path

from asr.engines.whisper import segments
from asr.errors import ModelMissing
from asr.transcriber import RATE, Capabilities, Samples, Transcriber
from asr.transcript import Word

PROMPT = 8
"""Tokens that the prompt takes of the decoder's context."""


class FasterWhisperTranscriber(Transcriber):
    """A folder with model.bin. ModelMissing when it is none."""

    name = "faster-whisper"
    capabilities = Capabilities(streaming=False, word_times=False)

    def __init__(self, path: Path) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise ModelMissing("the package faster-whisper is missing: pip install faster-whisper") from None
        if not (path / "model.bin").is_file():
            raise ModelMissing(f"{path} holds no model.bin; `jiesu models convert CHECKPOINT {path}` makes one")
        try:
            self._model = WhisperModel(
                str(path), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
            )
        except Exception:
            raise ModelMissing(f"{path} cannot be loaded by faster-whisper") from None
        context = path / "context.json"
        self._longest = json.loads(context.read_text())["n_text_ctx"] - PROMPT if context.is_file() else None

    def _transcribe(self, samples: Samples) -> list[Word]:
        found, _ = self._model.transcribe(
            samples,
            language="zh",
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            vad_filter=False,
            max_new_tokens=self._longest,
        )
        return segments([(s.text, s.start, s.end, s.avg_logprob) for s in found], len(samples) / RATE)
