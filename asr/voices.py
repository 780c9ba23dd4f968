"""The voices by the name that the settings give them."""

import json
import subprocess
import sys
import threading
from pathlib import Path

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
        with self._lock:
            for _ in range(2):
                try:
                    return self._ask(text, pace)
                except (OSError, ValueError):
                    self.close()
            raise VoiceError("espeak-ng does not answer")

    def _ask(self, text: str, pace: float) -> Speech:
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
            asked = {"text": as_read(text), "variant": self._variant, "speed": round(self._speed * pace)}
            worker.stdin.write(json.dumps(asked).encode() + b"\n")
            worker.stdin.flush()
            head = json.loads(worker.stdout.readline())
            sound = worker.stdout.read(head["bytes"])
        finally:
            guard.cancel()
        if len(sound) != head["bytes"]:
            raise ValueError("cut off")
        return Speech(np.frombuffer(sound, "<i2").astype(np.int16), head["rate"])

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
    """A VITS voice of sherpa-onnx or Piper: a folder with model.onnx (or NAME.onnx), tokens.txt, and lexicon.txt or espeak-ng-data."""

    def __init__(self, folder: Path) -> None:
        try:
            import sherpa_onnx
        except ImportError:
            raise VoiceError("the package sherpa-onnx is missing: pip install sherpa-onnx") from None
        models = sorted(folder.glob("*.onnx"))
        if not models or not (folder / "tokens.txt").is_file():
            raise VoiceError(f"{folder} holds no voice (a .onnx file and tokens.txt)")
        lexicon, data = folder / "lexicon.txt", folder / "espeak-ng-data"
        vits = sherpa_onnx.OfflineTtsVitsModelConfig(
            model=str(models[0]),
            tokens=str(folder / "tokens.txt"),
            lexicon=str(lexicon) if lexicon.is_file() else "",
            data_dir=str(data) if data.is_dir() else "",
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
        self._lock = threading.Lock()

    def speak(self, text: str, pace: float = 1.0) -> Speech:
        """See Voice."""
        with self._lock:
            made = self._tts.generate(as_read(text), speed=pace)
        samples = np.clip(np.asarray(made.samples), -1, 1) * 32767
        return Speech(samples.astype(np.int16), made.sample_rate)


def load_voice(name: str) -> Voice | None:
    """ "espeak", "none" (None), or a voice's folder. VoiceError says what is missing."""
    if name == "none":
        return None
    return EspeakVoice() if name == "espeak" else SherpaVoice(Path(name))
