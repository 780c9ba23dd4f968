"""The second hearing as the process that it is: killed in the middle, it loses nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from asr.chinese import with_digits
from asr.transcript import Transcript
from bot.ears import wav
from bot.house import build
from config.settings import Settings
from integrations.recordings import HEARD, WAITING
from integrations.tables import RecordingRow
from tests.conftest import ROOT
from tests.fakes.engine import words
from tests.sounds import speech

SENTENCE = "朝阳区望京的路灯不亮"


@contextmanager
def hearing_again(home: Path, checkpoint: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`jiesu second-hearing`, as the app starts it."""
    env = {**os.environ, "JIESU_HOME": str(home), "JIESU_WHISPER_MODEL": str(checkpoint)}
    command = [sys.executable, "-m", "bot", "second-hearing"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 200
    while not true():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


def test_a_second_hearing_that_is_killed_in_the_middle_is_done_after_the_restart(model: Path, tmp_path: Path) -> None:
    (tmp_path / "models").symlink_to(model.parent)
    house = build(Settings(home=tmp_path, _env_file=None), lambda: datetime.now(UTC))
    opened = house.journal.create("test")
    draft = house.drafts.open_new(opened.id)
    recording = house.recordings.keep(opened.id, wav(speech(SENTENCE)), 3.0)
    heard = Transcript(SENTENCE, with_digits(SENTENCE), tuple(words(SENTENCE, 3.0)), "test", 0.1, 3.0)
    house.recordings.understood(recording, 1, draft.id, heard.as_json(), {})
    database = house.database

    def row() -> RecordingRow:
        with database.reading() as session:
            return session.get_one(RecordingRow, recording)

    checkpoint = ROOT / "asr/demo/whisper.pt"
    with hearing_again(tmp_path, checkpoint) as process:
        until(lambda: row().leased_until is not None, "somebody hears it")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert row().state == WAITING, "what was not heard to the end is still due"
    assert row().attempts == 1
    with database.session() as session:
        # Its lease runs out; nobody waits five minutes for that here.
        late = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(RecordingRow).where(RecordingRow.id == recording).values(leased_until=late))
    with hearing_again(tmp_path, checkpoint):
        until(lambda: row().state == HEARD, "it is heard after the restart")
    assert row().attempts == 2
    second = row().second
    assert second is not None and second["text"] == SENTENCE
