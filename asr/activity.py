"""Whether somebody is speaking: Silero's network, which the package faster-whisper carries."""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

RATE = 16_000
FRAME = 512
"""Samples that one probability is about: 32 ms."""

STARTS, GOES_ON = 0.5, 0.35
"""Probabilities from which speech begins, and below which it has stopped."""

_CONTEXT = 64

Samples = NDArray[np.float32]


@cache
def _session() -> Any:
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    model = next(f for f in (files("faster_whisper") / "assets").iterdir() if f.name.startswith("silero_vad"))
    return onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])


class Activity:
    """One stream of sound. The network is shared, its memory is this stream's."""

    def __init__(self) -> None:
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._before = np.zeros(_CONTEXT, np.float32)

    def probability(self, frame: Samples) -> float:
        """That somebody speaks in these FRAME samples."""
        return float(self.probabilities(frame)[0])

    def probabilities(self, sound: Samples) -> Samples:
        """One for each FRAME samples; `sound` is a whole number of frames."""
        frames = sound.reshape(-1, FRAME)
        before = np.concatenate([self._before[None], frames[:-1, -_CONTEXT:]])
        fed = np.concatenate([before, frames], axis=1).astype(np.float32)
        found, self._h, self._c = _session().run(None, {"input": fed, "h": self._h, "c": self._c})
        self._before = frames[-1, -_CONTEXT:].copy()
        return np.asarray(found, np.float32).reshape(-1)


def speech_spans(sound: Samples, pad: float = 0.2, gap: float = 0.6) -> list[tuple[float, float]]:
    """Where somebody speaks: (start, end) in seconds, with `pad` around, joined over pauses shorter than `gap`."""
    length = len(sound) / RATE
    whole = np.concatenate([sound, np.zeros(-len(sound) % FRAME, np.float32)])
    if not len(whole):
        return []
    activity, step = Activity(), 1000 * FRAME
    likely = np.concatenate([activity.probabilities(whole[i : i + step]) for i in range(0, len(whole), step)])
    spans: list[tuple[float, float]] = []
    speaking, start = False, 0
    for n, probability in enumerate([*likely, 0.0]):
        if not speaking and probability >= STARTS:
            speaking, start = True, n
        elif speaking and probability < GOES_ON:
            speaking = False
            a, b = max(start * FRAME / RATE - pad, 0.0), min(n * FRAME / RATE + pad, length)
            if n - start < 3:
                # 64 ms: a click.
                continue
            if spans and a - spans[-1][1] < gap:
                spans[-1] = (spans[-1][0], b)
            else:
                spans.append((a, b))
    return spans
