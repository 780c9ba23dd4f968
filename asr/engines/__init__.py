"""The recognition engines, by name. A new one is a file here and a line in ENGINES."""

from collections.abc import Callable
from pathlib import Path

from asr.errors import ModelMissing
from asr.transcriber import Transcriber


def _vosk(path: Path) -> Transcriber:
    from asr.engines.vosk import VoskTranscriber

    return VoskTranscriber(path)


def load_whisper(path: Path) -> Transcriber:
    """Whisper, by what lies at the path: a checkpoint, or a folder converted for faster-whisper. ModelMissing."""
    if path.is_dir():
        from asr.engines.faster_whisper import FasterWhisperTranscriber

        return FasterWhisperTranscriber(path)
    from asr.engines.whisper import WhisperTranscriber

    return WhisperTranscriber(path)


ENGINES: dict[str, Callable[[Path], Transcriber]] = {"vosk": _vosk, "whisper": load_whisper}


def load(engine: str, path: Path) -> Transcriber:
    """An engine with its model. ModelMissing, with how to get it; KeyError for an unknown engine."""
    if not path.exists():
        raise ModelMissing(
            f"there is no model at {path}; `jiesu models list` names them, `jiesu models fetch NAME` gets one"
        )
    return ENGINES[engine](path)
