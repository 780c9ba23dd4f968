"""Recordings of any kind to samples, in a process that is killed at its limits: nobody's file can hang or fill this one."""

import json
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr.errors import AsrError, DecodingFailed, NotAudio, TooLarge, TooLong, TooShort

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limits:
    """`file_bytes` of the file, `audio_seconds` of its sound, `seconds` and `memory_bytes` that decoding it may take."""

    file_bytes: int = 20 * 1024 * 1024
    audio_seconds: float = 600.0
    seconds: float = 8.0
    memory_bytes: int = 1536 * 1024 * 1024


LIMITS = Limits()
_ERRORS: dict[str, type[AsrError]] = {error.code: error for error in (NotAudio, TooLong, TooShort)}


def decode(data: bytes, *, limits: Limits = LIMITS) -> Samples:
    """Mono samples at 16 kHz, within ±1, of whatever PyAV can read. TooLarge, TooLong, TooShort, NotAudio, DecodingFailed."""
    if len(data) > limits.file_bytes:
        raise TooLarge
    worker = [
        sys.executable, "-m", "asr.decode_worker",
        str(limits.audio_seconds), str(int(limits.seconds) + 1), str(limits.memory_bytes),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            worker, input=data, capture_output=True, timeout=limits.seconds, check=False, start_new_session=True
        )
    except subprocess.TimeoutExpired:
        raise DecodingFailed("too slow") from None
    head, _, sound = done.stdout.partition(b"\n")
    try:
        said = json.loads(head)
    except ValueError:
        raise DecodingFailed(f"the decoder ended with {done.returncode}") from None
    if "error" in said:
        raise _ERRORS.get(said["error"], NotAudio)
    return np.frombuffer(sound, dtype="<i2").astype(np.float32) / np.float32(32768)
