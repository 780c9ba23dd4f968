"""The recording of a call whose process is killed in the middle: it is saved, and its turns are found on it."""

import io
import signal
import subprocess
import sys
import uuid
import wave
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.channels.phone.tape import Tape, Tapes
from integrations.database import Database, upgrade
from integrations.journal import Journal
from integrations.phone_talks import DROPPED, PhoneTalks
from integrations.recordings import Recordings
from tests.conftest import ROOT

RATE = 8000
WRITER = """
import sys, uuid
from pathlib import Path
import numpy as np
from bot.channels.phone.tape import Tapes
tape = Tapes(Path(sys.argv[1]), None, None).start(sys.argv[2], 8000)
n = 0
while True:
    tape.add(np.arange(n, n + 160, dtype="<i4").astype("<i2").tobytes())
    n += 160
    if n == 8000 * 30:
        print("thirty seconds", flush=True)
        sys.stdin.read()
"""


class House:
    """What is kept of calls."""

    def __init__(self, folder: Path) -> None:
        database = Database(f"sqlite:///{folder / 'house.db'}")
        upgrade(database)
        self.journal = Journal(database, lambda: datetime.now(UTC))
        self.talks = PhoneTalks(database, lambda: datetime.now(UTC))
        self.recordings = Recordings(database, folder / "recordings", lambda: datetime.now(UTC))
        self.tapes = Tapes(folder / "recordings", self.recordings, self.talks)

    def call(self, recorded: bool | None = True) -> str:
        call_id = str(uuid.uuid4())
        self.talks.begin(call_id, self.journal.create("phone", None).id, recorded)
        return call_id

    def left(self) -> list[str]:
        return [path.name for path in self.tapes.folder.glob(".*")]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def writing(house: House, call_id: str) -> "subprocess.Popen[bytes]":
    """A process in the middle of a call, with thirty seconds said."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(house.tapes.folder), call_id],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"thirty seconds\n"
    return process


def killed(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()


def test_what_was_recorded_when_the_process_was_killed_is_kept_with_where_its_turns_lie(house: House) -> None:
    call_id = house.call()
    process = writing(house, call_id)
    try:
        house.talks.turned(call_id, [{"recording": "r1", "at": 2.5}])
        assert house.tapes.mend() == 0, "somebody still writes it"
        assert len(house.left()) == 1
    finally:
        killed(process)
    assert house.tapes.mend() == 1
    talk = house.talks.of_call(call_id)
    assert talk is not None
    assert talk.recording is not None
    assert list(talk.turns) == [{"recording": "r1", "at": 2.5}]
    with wave.open(io.BytesIO(house.recordings.read(talk.recording))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert len(sound) >= RATE * 29.4, "half a second may be lost"
    assert (sound == np.arange(len(sound), dtype="<i4").astype("<i2")).all()
    assert house.left() == []
    assert house.tapes.mend() == 0


def test_a_recording_that_the_call_has_already_stays_and_half_a_sample_is_no_harm(house: House) -> None:
    call_id = house.call()
    house.talks.end(call_id, DROPPED, [], "whole")
    tape = house.tapes.start(call_id, RATE)
    tape.add(bytes(161))
    tape._file.close()
    assert house.tapes.mend() == 1
    talk = house.talks.of_call(call_id)
    assert talk is not None
    assert talk.recording == "whole"


def test_what_nobody_agreed_to_and_what_is_of_no_call_is_not_kept(house: House) -> None:
    for call_id in (house.call(False), house.call(None), str(uuid.uuid4())):
        tape = house.tapes.start(call_id, RATE)
        tape.add(bytes(1600))
        tape._file.close()
    empty = house.tapes.start(house.call(), RATE)
    empty._file.close()
    assert house.tapes.mend() == 0
    assert house.left() == []


def test_a_tape_that_cannot_be_kept_is_still_there_afterwards(house: House) -> None:
    call_id = house.call()
    tape = house.tapes.start(call_id, RATE)
    tape.add(bytes(1600))
    with pytest.raises(Exception, match="FOREIGN KEY"):
        house.tapes.keep("no such conversation", tape)
    tape._file.close()
    assert house.tapes.mend() == 1
    assert isinstance(tape, Tape)
