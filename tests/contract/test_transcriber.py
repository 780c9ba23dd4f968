"""What every recognition engine keeps, whichever it is: the scripted one, the fallback, and the real ones on models of the project's own."""

import threading
from pathlib import Path

import numpy as np
import pytest

from asr.engines import load, load_whisper
from asr.engines.convert import convert
from asr.engines.fallback import FallbackTranscriber
from asr.errors import EngineFailed, ModelMissing, NoSpeech, TooShort
from asr.live import LiveUtterance
from asr.transcriber import Transcriber
from tests.conftest import ROOT
from tests.fakes.engine import ScriptedEngine
from tests.sounds import music, noise, pcm, silence, speech

SENTENCE = "朝阳区望京的路灯不亮"


CHECKPOINT = ROOT / "asr/demo/whisper.pt"


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint as faster-whisper reads it."""
    folder = tmp_path_factory.mktemp("whisper") / "converted"
    convert(CHECKPOINT, folder)
    return folder


@pytest.fixture(params=["scripted", "fallback", "vosk", "whisper", "faster-whisper"])
def engine(request: pytest.FixtureRequest) -> Transcriber:
    kind = request.param
    if kind == "scripted":
        return ScriptedEngine(SENTENCE)
    if kind == "fallback":
        return FallbackTranscriber([ScriptedEngine(EngineFailed(), name="broken"), ScriptedEngine(SENTENCE)])
    if kind == "vosk":
        return load("vosk", ROOT / "asr/demo/vosk")
    return load_whisper(CHECKPOINT if kind == "whisper" else request.getfixturevalue("converted"))


def test_a_transcript_is_simplified_timed_and_inside_the_sound(engine: Transcriber) -> None:
    sound = np.concatenate([silence(1), speech(SENTENCE)])
    heard = engine.transcribe(sound)
    assert heard.text
    assert " " not in heard.text or heard.text.isascii()
    assert heard.audio_seconds == pytest.approx(len(sound) / 16_000)
    assert all(0.7 <= word.start <= word.end <= heard.audio_seconds + 0.1 for word in heard.words)
    assert all(0 <= word.confidence <= 1 for word in heard.words)
    assert set(heard.as_json()) == {"text", "digits", "words", "engine", "seconds", "audio_seconds"}


@pytest.mark.parametrize("sound", [silence(2), noise(2), music(3)], ids=["silence", "noise", "music"])
def test_nothing_is_heard_where_nobody_speaks(engine: Transcriber, sound: np.ndarray) -> None:
    with pytest.raises(NoSpeech):
        engine.transcribe(sound)


def test_less_than_a_syllable_is_too_short(engine: Transcriber) -> None:
    with pytest.raises(TooShort):
        engine.transcribe(silence(0.05))


def test_a_stream_comes_to_the_same_as_the_whole(engine: Transcriber) -> None:
    if not engine.capabilities.streaming:
        with pytest.raises(EngineFailed):
            engine.stream()
        return
    utterance, data = LiveUtterance(engine, 16_000), pcm(speech(SENTENCE))
    partial = [
        h.text for i in range(0, len(data), 1280) for h in utterance.feed(data[i : i + 1280]) if h.kind == "partial"
    ]
    assert partial
    assert utterance.finish().text == partial[-1]


def test_one_engine_serves_many_threads(engine: Transcriber) -> None:
    heard: list[str] = []
    threads = [
        threading.Thread(target=lambda: heard.append(engine.transcribe(speech(SENTENCE)).text)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(heard) == 3
    assert len(set(heard)) == 1


def test_vosk_hears_what_was_said() -> None:
    heard = load("vosk", ROOT / "asr/demo/vosk").transcribe(speech(SENTENCE))
    assert heard.text == SENTENCE
    assert len(heard.words) == len(SENTENCE)


@pytest.mark.parametrize("kind", ["whisper", "faster-whisper"])
def test_whisper_hears_what_was_said(kind: str, converted: Path) -> None:
    engine = load_whisper(CHECKPOINT if kind == "whisper" else converted)
    assert engine.transcribe(speech(SENTENCE)).text == SENTENCE


def test_what_is_missing_is_named_with_how_to_get_it(tmp_path: Path) -> None:
    for engine in ("vosk", "whisper"):
        with pytest.raises(ModelMissing, match="jiesu models"):
            load(engine, tmp_path / "nothing")
        with pytest.raises(ModelMissing, match="jiesu models"):
            load(engine, tmp_path)
    (tmp_path / "no.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(ModelMissing):
        load("whisper", tmp_path / "no.pt")


def test_a_fallback_goes_on_only_where_that_can_help() -> None:
    silent = ScriptedEngine(NoSpeech())
    with pytest.raises(NoSpeech):
        FallbackTranscriber([silent, ScriptedEngine(SENTENCE)]).transcribe(speech(SENTENCE))
    broken = FallbackTranscriber([ScriptedEngine(RuntimeError()), ScriptedEngine(SENTENCE, name="second")])
    assert broken.transcribe(speech(SENTENCE)).engine == "second"
    with pytest.raises(EngineFailed):
        FallbackTranscriber([ScriptedEngine(RuntimeError())]).transcribe(speech(SENTENCE))
