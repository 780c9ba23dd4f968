"""Files as citizens send them, and files that nobody should: a clear error, in a process that is killed at its limits."""

from pathlib import Path

import numpy as np
import pytest

from asr.activity import speech_spans
from asr.decoding import Limits, decode
from asr.errors import AsrError, DecodingFailed, NotAudio, TooLarge, TooLong, TooShort
from asr.resample import Resampler
from tests.sounds import encode, pcm, silence, speech, wav

SOUND = speech("朝阳区望京的路灯不亮")


@pytest.mark.parametrize(
    ("container", "codec", "rate", "layout"),
    [("wav", "pcm_s16le", 8000, "mono"), ("wav", "pcm_s16le", 48000, "stereo"), ("wav", "pcm_mulaw", 8000, "mono"),
     ("wav", "pcm_alaw", 8000, "mono"), ("ogg", "libopus", 48000, "mono"), ("mp3", "libmp3lame", 22050, "mono"),
     ("mp4", "aac", 44100, "stereo"), ("webm", "libopus", 48000, "stereo"), ("flac", "flac", 16000, "mono")],
)  # fmt: skip
def test_any_container_is_read(container: str, codec: str, rate: int, layout: str) -> None:
    decoded = decode(encode(SOUND, container, codec, rate, layout))
    assert len(decoded) == pytest.approx(len(SOUND), rel=0.05)
    assert 0.02 < float(np.abs(decoded).max()) <= 1.0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"RIFF",
        "这是一个文本文件，名字叫a.ogg".encode() * 50,
        b"OggS" + bytes(5000),
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        bytes(100_000),
    ],
    ids=["empty", "one byte", "a head", "text", "a head of ogg", "a picture", "zeros"],
)
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises(NotAudio):
        decode(data)


def test_a_truncated_file_gives_what_can_be_read() -> None:
    whole = encode(SOUND, "ogg", "libopus", 48000)
    assert 0.2 * len(SOUND) < len(decode(whole[: len(whole) // 2])) < 0.9 * len(SOUND)
    assert len(decode(wav(SOUND)[:20_000])) > 8000


def test_limits_of_size_and_length_hold() -> None:
    with pytest.raises(TooLarge):
        decode(bytes(21 * 1024 * 1024))
    with pytest.raises(TooLong):
        decode(encode(silence(700), "ogg", "libopus", 48000))
    with pytest.raises(TooShort):
        decode(wav(silence(0.01)))


def test_a_recording_that_lies_about_its_length_is_stopped() -> None:
    """Silence packs a thousandfold: an hour and a half in a small file, with a header that says nothing of it."""
    bomb = bytearray(encode(silence(5400), "flac", "flac", 8000))
    assert len(bomb) < 2_000_000
    # STREAMINFO's number of samples, 0 for unknown.
    bomb[21] &= 0xF0
    bomb[22:26] = bytes(4)
    with pytest.raises((TooLong, DecodingFailed)):
        decode(bytes(bomb))


def test_a_decoder_that_takes_too_long_is_killed() -> None:
    with pytest.raises(DecodingFailed):
        decode(encode(silence(300), "ogg", "libopus", 48000), limits=Limits(seconds=0.05))


def test_a_decoder_that_wants_too_much_memory_ends_alone() -> None:
    with pytest.raises(AsrError):
        decode(wav(SOUND), limits=Limits(memory_bytes=30 * 1024 * 1024))


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_chunks_come_to_the_same_as_the_whole(rate: int) -> None:
    sound = (np.sin(np.arange(rate) * 2 * np.pi * 440 / rate) * 20000).astype(np.int16)
    one, many = Resampler(rate), Resampler(rate)
    whole = one.feed(sound, last=True)
    pieces = [many.feed(sound[i : i + 333]) for i in range(0, len(sound), 333)]
    joined = np.concatenate([*pieces, many.feed(np.zeros(0, np.int16), last=True)])
    assert len(joined) == len(whole)
    assert float(np.abs(joined - whole).max()) < 1e-3, "no clicks where chunks meet"


def test_real_voices_are_found_and_survive_the_codecs(reference: Path) -> None:
    recordings = sorted((reference / "speech").glob("*.wav"))
    if not recordings:
        pytest.skip(f"no recordings in {reference / 'speech'}")
    for path in recordings:
        sound = decode(path.read_bytes())
        spans = speech_spans(sound)
        assert spans, path.name
        assert sum(end - start for start, end in spans) > 0.4 * len(sound) / 16_000, path.name
    sound = decode(recordings[0].read_bytes())
    for container, codec, rate in (("ogg", "libopus", 48000), ("mp3", "libmp3lame", 22050), ("wav", "pcm_mulaw", 8000)):
        assert speech_spans(decode(encode(sound, container, codec, rate)))
    assert pcm(sound)
