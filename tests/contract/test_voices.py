"""What every voice keeps: espeak-ng, and the two forms that sherpa-onnx reads (of a few hundred bytes, by asr/training/tiny_voice.py)."""

from pathlib import Path

import numpy as np
import pytest

from asr.voice import Voice, VoiceError
from asr.voices import load_voice
from tests.conftest import ROOT

TINY = ROOT / "tests/tiny_voices"


@pytest.fixture(scope="module", params=["espeak", "lexicon", "piper"])
def voice(request: pytest.FixtureRequest) -> Voice:
    name = request.param
    if name != "espeak":
        name = str(TINY / name)
    made = load_voice(name)
    assert made is not None
    return made


def test_a_sentence_is_sound_of_16_bits_that_is_heard(voice: Voice) -> None:
    spoken = voice.speak("你好，工单好")
    assert spoken.samples.dtype == np.int16
    assert 8000 <= spoken.rate <= 48_000
    assert 0.2 < len(spoken.samples) / spoken.rate < 10
    assert np.abs(spoken.samples).max() > 1000


def test_a_slower_pace_takes_longer_and_a_faster_one_is_shorter(voice: Voice) -> None:
    slow, usual, fast = (len(voice.speak("你好工单", pace).samples) for pace in (0.75, 1.0, 1.5))
    assert slow > usual > fast


def test_the_same_words_sound_alike_again(voice: Voice) -> None:
    assert len(voice.speak("你好").samples) == len(voice.speak("你好").samples)


def test_a_folder_without_a_voice_is_told(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="no voice"):
        load_voice(str(tmp_path))
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(VoiceError, match=r"tokens\.txt"):
        load_voice(str(tmp_path))
    (tmp_path / "tokens.txt").write_text("")
    with pytest.raises(VoiceError, match="sherpa-onnx can read"):
        load_voice(str(tmp_path))


def test_none_is_no_voice() -> None:
    assert load_voice("none") is None
