"""Decodes one recording: bytes on standard input; one line of JSON and 16 bit samples on standard output. Started by asr/decoding.py."""

import io
import json
import resource
import sys
from collections.abc import Iterator

RATE = 16_000
SHORTEST = 0.05


class _Refused(Exception):
    """With the code of the AsrError that it becomes."""


def _frames(data: bytes, longest: float) -> Iterator[bytes]:
    import av
    from av.audio.resampler import AudioResampler

    try:
        container = av.open(io.BytesIO(data), mode="r", metadata_errors="ignore")
    except Exception:
        raise _Refused("not_audio") from None
    with container:
        if not container.streams.audio:
            raise _Refused("not_audio")
        stream = container.streams.audio[0]
        if container.duration is not None and container.duration / av.time_base > longest:
            # Its own word for it is enough: two hours are not decoded to be refused.
            raise _Refused("too_long")
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        try:
            for frame in container.decode(stream):
                for ready in resampler.resample(frame):
                    yield ready.to_ndarray().tobytes()
            for ready in resampler.resample(None):
                yield ready.to_ndarray().tobytes()
        except _Refused:
            raise
        except (av.FFmpegError, ValueError, OSError):
            # A file cut off in the middle: what came before counts.
            return


def main() -> None:
    """See the head of this file."""
    longest, cpu_seconds, memory = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    data = sys.stdin.buffer.read()
    sound = bytearray()
    out = sys.stdout.buffer
    try:
        for piece in _frames(data, longest):
            sound += piece
            if len(sound) > 2 * RATE * longest:
                raise _Refused("too_long")
        if not sound:
            raise _Refused("not_audio")
        if len(sound) < 2 * RATE * SHORTEST:
            raise _Refused("too_short")
    except _Refused as refused:
        out.write(json.dumps({"error": str(refused)}).encode() + b"\n")
        return
    out.write(json.dumps({"samples": len(sound) // 2}).encode() + b"\n")
    out.write(sound)


if __name__ == "__main__":
    main()
