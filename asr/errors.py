"""What can be wrong with speech. `code` names it for programs; `retryable` says whether the same sound may succeed later.

No message holds what was said.
"""

from typing import ClassVar


class AsrError(Exception):
    """Base of all."""

    code: ClassVar[str] = "asr"
    retryable: ClassVar[bool] = False


class NotAudio(AsrError):
    """The bytes are no recording that anybody could play."""

    code = "not_audio"


class TooLarge(AsrError):
    """More bytes than a recording may have."""

    code = "too_large"


class TooLong(AsrError):
    """A longer recording than is listened to."""

    code = "too_long"


class TooShort(AsrError):
    """Less sound than a syllable."""

    code = "too_short"


class NoSpeech(AsrError):
    """Nobody speaks in it."""

    code = "no_speech"


class DecodingFailed(AsrError):
    """The decoder was stopped at its limit of time or memory."""

    code = "decoding_failed"


class ModelMissing(AsrError):
    """No model, or no package, for this engine; the message says how to get it."""

    code = "model_missing"


class EngineFailed(AsrError):
    """The engine broke down."""

    code = "engine_failed"
    retryable = True
