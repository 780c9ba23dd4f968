"""The command line, as a user types it."""

import json
import os
import subprocess
from pathlib import Path

from tests.conftest import ROOT
from tests.sounds import encode, silence, speech, wav


def jiesu(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "JIESU_HOME": str(home), **settings}
    return subprocess.run(
        [str(ROOT / ".venv/bin/jiesu"), *words],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_transcribe_hears_files_and_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    good, bad, quiet = tmp_path / "a.ogg", tmp_path / "b.ogg", tmp_path / "c.wav"
    good.write_bytes(encode(speech("朝阳区望京的路灯不亮"), "ogg", "libopus", 48_000))
    bad.write_text("no recording")
    quiet.write_bytes(wav(silence(2)))
    done = jiesu(
        tmp_path,
        "transcribe",
        str(bad),
        str(quiet),
        str(good),
        "--engine",
        "vosk",
        "--model",
        "asr/demo/vosk",
        "--json",
    )
    assert done.returncode == 1
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("error") for line in told] == ["not_audio", "no_speech", None]
    assert set(told[2]) >= {"file", "text", "words", "engine", "seconds", "audio_seconds"}
    assert "路灯" in told[2]["text"]
    assert set(told[2]["words"][0]) == {"word", "start", "end", "confidence"}


def test_without_a_model_the_commands_say_how_to_get_one(tmp_path: Path) -> None:
    done = jiesu(tmp_path, "transcribe", "a.ogg")
    assert done.returncode == 2
    assert "jiesu models" in done.stderr
    assert "vosk-model-small-cn-0.22" in jiesu(tmp_path, "models", "list").stdout
    assert jiesu(tmp_path, "models", "fetch", "nothing").returncode == 2
    found = jiesu(tmp_path, "doctor").stdout
    assert "jiesu models fetch vosk-model-small-cn-0.22" in found
    assert "open311.key" in found


def test_a_model_brought_by_hand_is_checked(tmp_path: Path) -> None:
    fake = tmp_path / "small.pt"
    fake.write_bytes(b"not the weights")
    done = jiesu(tmp_path, "models", "fetch", "small", "--file", str(fake))
    assert done.returncode == 1
    assert "checksum" in done.stderr
    ours = jiesu(tmp_path, "models", "check", JIESU_VOSK_MODEL="asr/demo/vosk")
    assert ours.returncode == 0, ours.stderr
    assert "asr/demo/vosk: loads" in ours.stdout


def test_without_rasas_environment_the_house_says_how_to_get_it(empty_home: Path) -> None:
    told = jiesu(empty_home, "talk", JIESU_RASA_PYTHON=str(empty_home / "nowhere/python"))
    assert told.returncode == 1
    assert "make setup" in told.stderr
    assert "Traceback" not in told.stderr
