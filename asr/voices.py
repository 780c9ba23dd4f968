"""The voices by the name that the settings give them."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from asr.reading import as_read
from asr.voice import Speech, Voice, VoiceError

SECONDS = 20.0
"""How long one sentence may take."""


class EspeakVoice(Voice):
    """espeak-ng, from a Python package: needs nothing else. Runs in a process of its own, because the library may crash."""

    name = "espeak"

    def __init__(self, variant: str = "f2", speed: int = 165) -> None:
        self._worker: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._variant, self._speed = variant, speed

    def speak(self, text: str, pace: float = 1.0) -> Speech:
        """See Voice. A worker that has died is started again, once."""
        head, sound = self._answer(
            {"text": as_read(text), "variant": self._variant, "speed": round(self._speed * pace)}
        )
        return Speech(np.frombuffer(sound, "<i2").astype(np.int16), head["rate"])

    def phones(self, text: str) -> list[str]:
        """The clauses of a text in the international phonetic alphabet."""
        head, _ = self._answer({"phones": as_read(text)})
        return list(head["phones"])

    def _answer(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            for _ in range(2):
                try:
                    return self._ask(asked)
                except (OSError, ValueError):
                    self.close()
            raise VoiceError("espeak-ng does not answer")

    def _ask(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "asr.speak_worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        worker = self._worker
        assert worker.stdin is not None and worker.stdout is not None
        # A worker that hangs is killed; reading then ends.
        guard = threading.Timer(SECONDS, worker.kill)
        guard.start()
        try:
            worker.stdin.write(json.dumps(asked).encode() + b"\n")
            worker.stdin.flush()
            head: dict[str, Any] = json.loads(worker.stdout.readline())
            sound = worker.stdout.read(head.get("bytes", 0))
        finally:
            guard.cancel()
        if len(sound) != head.get("bytes", 0):
            raise ValueError("cut off")
        return head, sound

    def close(self) -> None:
        """Ends the worker; it also ends with this process, because its input does."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            for pipe in (worker.stdin, worker.stdout):
                if pipe is not None:
                    pipe.close()
            worker.wait()


class SherpaVoice(Voice):
    """A VITS voice of sherpa-onnx or Piper: a folder with model.onnx (or NAME.onnx), tokens.txt, and lexicon.txt. One without a lexicon is a
    Piper voice: espeak-ng gives it the phones.
    """

    def __init__(self, folder: Path) -> None:
        try:
            import sherpa_onnx
        except ImportError:
            raise VoiceError("the package sherpa-onnx is missing: pip install sherpa-onnx") from None
        models = sorted(folder.glob("*.onnx"))
        if not models or not (folder / "tokens.txt").is_file():
            raise VoiceError(f"{folder} holds no voice (a .onnx file and tokens.txt)")
        lexicon = folder / "lexicon.txt"
        vits = sherpa_onnx.OfflineTtsVitsModelConfig(
            model=str(models[0]),
            tokens=str(folder / "tokens.txt"),
            lexicon=str(lexicon) if lexicon.is_file() else "",
        )
        config = sherpa_onnx.OfflineTtsConfig(model=sherpa_onnx.OfflineTtsModelConfig(vits=vits, num_threads=1))
        unreadable = VoiceError(f"{folder} is no voice that sherpa-onnx can read")
        if not config.validate():
            raise unreadable
        try:
            self._tts = sherpa_onnx.OfflineTts(config)
        except RuntimeError:
            raise unreadable from None
        self.name = f"sherpa:{folder.name}"
        self._phones = None if lexicon.is_file() else EspeakVoice()
        lines = (folder / "tokens.txt").read_text(encoding="utf-8").splitlines()
        self._known = {line[0] for line in lines if line}
        self._asked = sherpa_onnx.GenerationConfig
        self._lock = threading.Lock()

    def speak(self, text: str, pace: float = 1.0) -> Speech:
        """See Voice."""
        how = self._asked()
        how.speed = pace
        if self._phones is not None:
            clauses = ([ord(c) for c in clause if c in self._known] for clause in self._phones.phones(text))
            how.phoneme_codepoints = [clause for clause in clauses if clause]
        with self._lock:
            made = self._tts.generate(as_read(text), how)
        if not len(made.samples):
            raise VoiceError("the voice says nothing")
        samples = np.clip(np.asarray(made.samples), -1, 1) * 32767
        return Speech(samples.astype(np.int16), made.sample_rate)


def load_voice(name: str) -> Voice | None:
    """ "espeak", "none" (None), or a voice's folder. VoiceError says what is missing."""
    if name == "none":
        return None
    return EspeakVoice() if name == "espeak" else SherpaVoice(Path(name))
