"""One utterance while it is spoken, however its sound is cut into pieces."""

import numpy as np
import pytest

from asr.errors import NoSpeech, TooLong
from asr.live import LONGEST, LiveUtterance
from asr.resample import Resampler
from tests.fakes.engine import ScriptedEngine
from tests.sounds import music, noise, pcm, silence, speech

SENTENCE = "朝阳区望京的路灯不亮"


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16_000, 1), (44_100, 2), (48_000, 1)])
def test_pieces_of_any_length_come_to_the_same_sound(rate: int, channels: int) -> None:
    """Odd ones too: half a sample is not lost, and nothing clicks where pieces meet."""
    tone = (np.sin(np.arange(rate) * 2 * np.pi * 440 / rate) * 20_000).astype("<i2")
    data = np.repeat(tone, channels).tobytes()
    utterance, dice, at = LiveUtterance(ScriptedEngine(SENTENCE), rate, channels), np.random.default_rng(1), 0
    while at < len(data):
        length = int(dice.integers(1, 999))
        utterance.feed(data[at : at + length])
        at += length
    with pytest.raises(NoSpeech):
        utterance.finish()
    whole = Resampler(rate).feed(tone, last=True)
    assert len(utterance.samples()) == len(whole)
    assert float(np.abs(utterance.samples() - whole).max()) < 1e-3


def fed(sound: np.ndarray) -> LiveUtterance:
    utterance, data = LiveUtterance(ScriptedEngine(SENTENCE), 16_000), pcm(sound)
    for i in range(0, len(data), 640):
        utterance.feed(data[i : i + 640])
    return utterance


@pytest.mark.parametrize("sound", [silence(3), noise(3), music(3)], ids=["silence", "noise", "music"])
def test_where_nobody_speaks_no_engine_is_asked(sound: np.ndarray) -> None:
    engine = ScriptedEngine(SENTENCE)
    utterance = LiveUtterance(engine, 16_000)
    utterance.feed(pcm(sound))
    with pytest.raises(NoSpeech):
        utterance.finish()
    assert engine.heard == 0


def test_words_lie_where_they_were_spoken_in_the_recording() -> None:
    utterance = fed(np.concatenate([silence(2), speech(SENTENCE), silence(1)]))
    heard = utterance.finish()
    assert heard.audio_seconds == pytest.approx(len(utterance.samples()) / 16_000)
    assert 1.5 < heard.words[0].start < 2.6
    assert heard.words[-1].end < heard.audio_seconds


def test_an_utterance_has_an_end_even_where_the_speaker_has_none() -> None:
    utterance = LiveUtterance(ScriptedEngine(SENTENCE), 16_000)
    with pytest.raises(TooLong):
        for _ in range(int(LONGEST) + 2):
            utterance.feed(bytes(32_000))
