"""What is kept as sound: what everybody hears alike, and nothing that is about one citizen."""

from pathlib import Path

import numpy as np

from asr.voice import CachedVoice, Speech, Voice
from bot.listeners import fixed_sentences
from dialog.actions import wording


class Counting(Voice):
    """Remembers what it was asked to say."""

    name = "counting"

    def __init__(self) -> None:
        self.said: list[str] = []

    def speak(self, text: str, pace: float = 1.0) -> Speech:
        self.said.append(text)
        return Speech(np.arange(10, dtype=np.int16), 16_000)


def test_a_fixed_prompt_is_spoken_once_and_outlives_the_process(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    spoken = CachedVoice(first, tmp_path, fixed_sentences()).speak(wording.WELCOME)
    again = CachedVoice(second, tmp_path, fixed_sentences()).speak(wording.WELCOME)
    assert first.said == [wording.WELCOME]
    assert second.said == []
    assert (again.samples == spoken.samples).all() and again.rate == spoken.rate


def test_what_is_about_one_citizen_is_never_kept(tmp_path: Path) -> None:
    voice = Counting()
    cached = CachedVoice(voice, tmp_path, fixed_sentences())
    for personal in (wording.changed("所在区", "海淀区"), "您的工单号是 1223 9947 3964。", "王建国先生您好"):
        cached.speak(personal)
        cached.speak(personal)
    assert len(voice.said) == 6
    assert not list(tmp_path.iterdir())


def test_a_kept_prompt_that_is_broken_is_spoken_anew(tmp_path: Path) -> None:
    voice = Counting()
    cached = CachedVoice(voice, tmp_path, fixed_sentences())
    cached.speak(wording.WHAT_HAPPENED)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"RIFF")
    assert len(cached.speak(wording.WHAT_HAPPENED).samples) == 10
    assert len(voice.said) == 2
