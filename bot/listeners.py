"""The ears and the voice that the settings ask for; what cannot be had is said, and everything else goes on without it."""

import logging
from contextlib import AbstractAsyncContextManager, nullcontext

from asr.engines import load, load_whisper
from asr.errors import AsrError
from asr.transcriber import Transcriber
from asr.voice import CachedVoice, Voice, VoiceError
from asr.voices import load_voice
from bot.ears import Ears
from bot.helper_process import end_with_parent, helping
from bot.house import build
from config.settings import Settings
from dialog.actions import wording
from intents.catalog import load_catalog

log = logging.getLogger(__name__)


def ears_of(settings: Settings) -> Ears:
    """Vosk while they speak; Whisper hears recordings where there is no Vosk."""
    streaming = _loaded("vosk", settings)
    whole = None if streaming else _loaded("whisper", settings)
    return Ears(streaming, whole)


def _loaded(engine: str, settings: Settings) -> Transcriber | None:
    path = settings.vosk_model if engine == "vosk" else settings.whisper_model
    if path is None:
        return None
    try:
        return load(engine, path)
    except AsrError as error:
        log.error("%s: %s", engine, error)
        return None


def voice_of(settings: Settings) -> Voice | None:
    """The voice of the settings, with its fixed prompts cached."""
    try:
        voice = load_voice(settings.voice)
    except VoiceError as error:
        log.error("voice: %s", error)
        return None
    return CachedVoice(voice, settings.home / "voice", fixed_sentences()) if voice else None


def fixed_sentences() -> frozenset[str]:
    """What the hotline says to everybody alike: only this may be kept as sound. All else is about one citizen."""
    catalog = load_catalog()
    fields = [
        *catalog.fields.values(),
        *(field for topic in catalog.topics.values() for field in topic.fields.values()),
    ]
    asked = {text for field in fields for text in (field.question, field.again, field.why)}
    return frozenset(asked | {text for text in vars(wording).values() if isinstance(text, str)})


def second_hearing_of(settings: Settings) -> AbstractAsyncContextManager[None]:
    """The process that hears everything again, while the context is open; none without Whisper, or where it is the first hearing."""
    if settings.whisper_model is None or settings.vosk_model is None:
        return nullcontext()
    return helping("second-hearing", settings.home, environment(settings))


def environment(settings: Settings) -> dict[str, str]:
    """What a helper process must know of this one's settings: where things are, whatever its own `.env` says."""
    known = {
        "JIESU_HOME": str(settings.home.absolute()),
        "JIESU_DATABASE_URL": settings.database_url,
        "JIESU_WHISPER_MODEL": str(settings.whisper_model.absolute()) if settings.whisper_model else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def listen_again(settings: Settings) -> int:
    """`jiesu second-hearing`, until its parent ends."""
    from bot.rasa_process import model_path
    from bot.second_hearing import SecondHearing
    from bot.understand import classifier_of, tagger_of

    end_with_parent()
    assert settings.whisper_model is not None
    house, model = build(settings), model_path(settings.home)
    SecondHearing(
        house.recordings,
        house.drafts,
        house.doubts,
        house.journal,
        house.desk,
        load_whisper(settings.whisper_model),
        load_catalog(),
        classifier_of(model),
        tagger_of(model),
    ).run()
    return 0
