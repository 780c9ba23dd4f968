"""The caller's side of a call as it is recorded, after they have agreed: kept in a file while the call lasts."""

import wave
from pathlib import Path


class Tape:
    """16 bit mono at `rate` Hz. Nothing of it is in memory: many calls may last long."""

    def __init__(self, path: Path, rate: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._rate = rate
        self._file = path.open("wb", buffering=1 << 16)
        self._bytes = 0

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return self._bytes / 2 / self._rate

    def add(self, samples: bytes) -> None:
        """The next piece of sound."""
        self._file.write(samples)
        self._bytes += len(samples)

    def finish(self, out: Path) -> float:
        """Writes it as a WAV file and ends it; its seconds."""
        self._file.close()
        with wave.open(str(out), "wb") as file, self._path.open("rb") as raw:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self._rate)
            while piece := raw.read(1 << 20):
                file.writeframes(piece)
        self._path.unlink()
        return self.seconds

    def discard(self) -> None:
        """As if it had never been."""
        self._file.close()
        self._path.unlink(missing_ok=True)
