"""Real people's recordings: they are found in the sound, their end is found, and both survive what telephones and programs do to sound."""

import wave
from pathlib import Path

import numpy as np
import pytest
import soxr

from asr.activity import speech_spans
from asr.decoding import decode
from asr.endpointing import PATIENT, QUICK, USUAL
from asr.live import LiveUtterance
from tests.fakes.engine import ScriptedEngine
from tests.sounds import encode, pcm

LAG = 0.5
"""Seconds by which the end may be found later than the wait: voice activity itself is some frames late."""

Recording = tuple[str, np.ndarray]


@pytest.fixture(scope="module")
def recordings(reference: Path) -> list[Recording]:
    """Every recording by its name, mono at 16 kHz."""
    found = []
    for path in sorted((reference / "speech").glob("*.wav")):
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
            found.append((path.name, np.asarray(soxr.resample(samples, file.getframerate(), 16_000), np.float32)))
    if len(found) < 55:
        pytest.skip(f"{len(found)} of 55 recordings in {reference / 'speech'}")
    return found


def end_of(sound: np.ndarray, said: str, rate: int = 16_000) -> float | None:
    """Seconds after which the utterance is taken to be over, when these words are heard in it."""
    utterance = LiveUtterance(ScriptedEngine(said), rate)
    given = sound if rate == 16_000 else np.asarray(soxr.resample(sound, 16_000, rate), np.float32)
    data = pcm(np.concatenate([given, np.zeros(3 * rate, np.float32)]))
    step = rate // 25 * 2
    for i in range(0, len(data), step):
        if any(heard.kind == "end" for heard in utterance.feed(data[i : i + step])):
            return (i + step) / 2 / rate
    return None


def last_word(sound: np.ndarray) -> float:
    return speech_spans(sound, pad=0.0)[-1][1]


@pytest.mark.parametrize(("rate", "lag", "most_cut"), [(16_000, LAG, 1), (8_000, LAG + 0.2, 4)])
def test_hardly_anybody_is_cut_off_and_nobody_waits_long(
    recordings: list[Recording], rate: int, lag: float, most_cut: int
) -> None:
    """One of the readers pauses for breath longer than the usual wait. By telephone, soft syllables are lost to voice activity as well."""
    cut = []
    for name, sound in recordings:
        end, last = end_of(sound, "小区门口的路灯不亮", rate), last_word(sound)
        assert end is not None, name
        if end < last:
            cut.append(name)
        else:
            assert end - last < USUAL + lag, name
    assert len(cut) <= most_cut, cut


def test_in_the_middle_of_an_address_a_breath_is_waited_for(recordings: list[Recording]) -> None:
    for name, sound in recordings:
        end, last = end_of(sound, "我住在朝阳区望京街道"), last_word(sound)
        assert end is not None and PATIENT - 0.2 < end - last < PATIENT + LAG, name


def test_a_yes_is_over_at_once(recordings: list[Recording]) -> None:
    late = []
    for name, sound in recordings:
        begins = speech_spans(sound, pad=0.0)[0][0]
        # As long as a yes, of a real voice.
        end = end_of(sound[: int((begins + 0.45) * 16_000)], "是的")
        assert end is not None, name
        if end - (begins + 0.45) > QUICK + 0.3:
            late.append(name)
    assert len(late) <= 2, late


def test_voices_survive_the_codecs(recordings: list[Recording]) -> None:
    codecs = (("ogg", "libopus", 48_000), ("mp3", "libmp3lame", 22_050), ("wav", "pcm_mulaw", 8000))
    for name, sound in recordings[:: len(recordings) // 3]:
        there = speech_spans(sound)
        for container, codec, rate in codecs:
            found = speech_spans(decode(encode(sound, container, codec, rate)))
            assert len(found) == len(there), (name, codec)
            for before, after in zip(there, found, strict=True):
                assert after == pytest.approx(before, abs=0.25), (name, codec)
