"""`jiesu transcribe`: what an engine hears in recordings."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from asr.decoding import decode
from asr.engines import ENGINES, load
from asr.errors import AsrError
from config.settings import Settings


def transcribe(settings: Settings, paths: Sequence[Path], engine: str, model: Path | None, *, as_json: bool) -> int:
    """One line a file; a file that cannot be heard gets its error, and the rest goes on. The exit status."""
    if engine not in ENGINES:
        print(f"jiesu: no such engine: {engine}; one of {', '.join(ENGINES)}", file=sys.stderr)
        return 2
    path = model or (settings.vosk_model if engine == "vosk" else settings.whisper_model)
    if path is None:
        print(
            f"jiesu: which model? --model PATH, or JIESU_{engine.upper()}_MODEL; see `jiesu models list`",
            file=sys.stderr,
        )
        return 2
    try:
        ears = load(engine, path)
    except AsrError as error:
        print(f"jiesu: {error}", file=sys.stderr)
        return 2
    failed = 0
    for file in paths:
        started = time.perf_counter()
        try:
            heard = ears.transcribe(decode(file.read_bytes()))
            told = {"file": str(file), **heard.as_json(), "seconds": round(time.perf_counter() - started, 3)}
            print(json.dumps(told, ensure_ascii=False) if as_json else f"{file}: {heard.text}", flush=True)
        except (AsrError, OSError) as error:
            failed = 1
            code = error.code if isinstance(error, AsrError) else "not_readable"
            if as_json:
                print(json.dumps({"file": str(file), "error": code}), flush=True)
            else:
                print(f"{file}: {code}", file=sys.stderr, flush=True)
    return failed
