"""The caller's side of a call as it is recorded, after they have agreed: kept in a file while the call lasts.

Whoever writes it holds a lock on it: a file that nobody holds is of a process that died, and is brought to its end by `Tapes`.
"""

import contextlib
import fcntl
import logging
import re
import wave
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from integrations.phone_talks import PhoneTalks
from integrations.recordings import Recordings

log = logging.getLogger(__name__)

AT_ONCE = 1 << 13
"""Bytes that may be lost with the process: half a second."""

_NAME = re.compile(r"\.call-(?P<call>[0-9a-f-]{36})-[0-9a-f]{8}-(?P<rate>\d+)\.pcm")


class Tape:
    """16 bit mono at `rate` Hz. Nothing of it is in memory: many calls may last long."""

    def __init__(self, path: Path, rate: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._rate = rate
        self._file = path.open("ab", buffering=AT_ONCE)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._bytes = self._file.tell()

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return self._bytes / 2 / self._rate

    def add(self, samples: bytes) -> None:
        """The next piece of sound."""
        self._file.write(samples)
        self._bytes += len(samples)

    def finish(self, out: Path) -> float:
        """Writes it as a WAV file, ready to be kept; its seconds. `discard` it once it is kept."""
        self._file.flush()
        with wave.open(str(out), "wb") as file, self._path.open("rb") as raw:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self._rate)
            # A process that was killed may have written half a sample.
            left = self._bytes // 2 * 2
            while piece := raw.read(min(left, 1 << 20)):
                file.writeframes(piece)
                left -= len(piece)
        return self.seconds

    def discard(self) -> None:
        """As if it had never been."""
        self._path.unlink(missing_ok=True)
        self._file.close()


@dataclass(frozen=True, slots=True)
class Tapes:
    """The tapes of all calls, in one folder."""

    folder: Path
    recordings: Recordings
    talks: PhoneTalks

    def start(self, call_id: str, rate: int) -> Tape:
        """A new one. OSError."""
        return Tape(self.folder / f".call-{call_id}-{uuid4().hex[:8]}-{rate}.pcm", rate)

    def keep(self, conversation: str, tape: Tape) -> str:
        """Keeps it as a recording of this conversation: the recording's id. The tape is gone only once that is done."""
        recording = self.recordings.keep_file(conversation, tape.finish)
        tape.discard()
        return recording

    def mend(self) -> int:
        """Keeps what processes that died have left; how many tapes that were."""
        mended = 0
        for path in sorted(self.folder.glob(".call-*.pcm")):
            if (found := _NAME.fullmatch(path.name)) is None:
                continue
            with contextlib.suppress(OSError):
                # BlockingIOError: somebody still writes it.
                tape = Tape(path, int(found["rate"]))
                mended += self._mend(found["call"], tape)
        return mended

    def _mend(self, call_id: str, tape: Tape) -> bool:
        talk = self.talks.of_call(call_id)
        if talk is None or not talk.recorded or not tape.seconds:
            tape.discard()
            return False
        self.talks.found(call_id, self.keep(talk.conversation_id, tape))
        log.info("call %s: %.0f s of its recording were saved", call_id, tape.seconds)
        return True
