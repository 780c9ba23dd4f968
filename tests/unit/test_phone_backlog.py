"""Recognition that falls behind: what waits is bounded, silence is given up first, and the caller is told once."""

import numpy as np

from bot.channels.phone.backlog import BEHIND, MOST, Backlog

RATE = 8000
FRAME = 320
SILENCE = bytes(FRAME)


def speech(n: int) -> bytes:
    """A loud frame that knows its number."""
    samples = np.full(FRAME // 2, 8000, np.int16)
    samples[0] = n
    return bytes(samples.tobytes())


def numbers(sound: bytes) -> list[int]:
    """Of the loud frames that are left."""
    frames = np.frombuffer(sound, "<i2").reshape(-1, FRAME // 2)
    return [int(frame[0]) for frame in frames if frame[1]]


def frames(seconds: float) -> int:
    return round(seconds * RATE * 2 / FRAME)


def test_what_is_taken_at_once_is_whole_and_nothing_is_behind() -> None:
    backlog = Backlog(RATE)
    for n in range(frames(BEHIND)):
        backlog.add(speech(n))
    assert not backlog.behind
    backlog.add(speech(frames(BEHIND)))
    assert backlog.behind
    assert numbers(backlog.take()) == list(range(frames(BEHIND) + 1))
    assert not backlog.behind
    assert backlog.take() == b""
    assert backlog.shed == 0


def test_silence_goes_before_any_word() -> None:
    backlog = Backlog(RATE)
    said = frames(MOST) - 40
    for n in range(said):
        backlog.add(speech(n))
        if n % 3 == 0:
            backlog.add(SILENCE)
    taken = backlog.take()
    assert len(taken) <= MOST * RATE * 2
    assert numbers(taken) == list(range(said))
    assert backlog.shed > 0


def test_of_speech_alone_the_oldest_goes_and_an_hour_takes_no_more_room_than_eight_seconds() -> None:
    backlog = Backlog(RATE)
    for n in range(20_000):
        backlog.add(speech(n))
        assert backlog.bytes <= MOST * RATE * 2
    left = numbers(backlog.take())
    assert left == list(range(left[0], 20_000))
    assert len(left) >= frames(MOST - 0.5)
    assert round(backlog.shed * RATE * 2) == left[0] * FRAME
