"""The models that are kept hear as well as they are to, on sentences and voices that no training has seen."""

import os
import signal

import pytest

from asr.training.corpus import _together
from asr.training.evaluate import DEMO, Sound, error_rate, spoken, vosk_hearing, whisper_hearing
from asr.training.sentences import GOLDEN, evaluation
from asr.training.sound import telephone

MOST = 25_000_000
"""Bytes of all trained files."""


@pytest.fixture(scope="module")
def golden() -> list[tuple[str, Sound]]:
    return list(spoken(evaluation(GOLDEN)))


def test_vosk_at_16_kilohertz(golden: list[tuple[str, Sound]]) -> None:
    assert error_rate(vosk_hearing(DEMO / "vosk"), golden) < 0.03


def test_vosk_by_telephone(golden: list[tuple[str, Sound]]) -> None:
    assert error_rate(vosk_hearing(DEMO / "vosk"), [(text, telephone(sound)) for text, sound in golden]) < 0.08


def test_whisper(golden: list[tuple[str, Sound]]) -> None:
    assert error_rate(whisper_hearing(DEMO / "whisper.pt"), golden[::2]) < 0.12


def test_the_files_are_small() -> None:
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < MOST


def test_a_synthesiser_that_dies_leaves_out_what_it_died_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("asr.training.corpus._hear", _dies)
    assert _together([("x", None, 0, None, False)]) == []  # type: ignore[list-item]
    assert "left out" in capsys.readouterr().out


def _dies(job: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
