"""What a citizen is told when their speech could not be used: short, kind, with what to do next."""

from asr.errors import (
    AsrError,
    DecodingFailed,
    EngineFailed,
    ModelMissing,
    NoSpeech,
    NotAudio,
    TooLarge,
    TooLong,
    TooShort,
)

NO_MODEL = "现在还听不了语音，录音已经留好，转给坐席来听。您也可以打字告诉我。"
"""Said when there is no recognition model: the recording is kept and a person is asked for."""

NO_MICROPHONE = "现在还听不了语音，请打字告诉我。"
"""Why the page shows no microphone."""

VOICE_MESSAGE = "（语音留言）"
"""Stands in the journal for words that nobody has understood yet."""

_KIND = (
    (NotAudio, "这个文件不是录音，请换一个，或者打字告诉我。"),
    (TooLarge, "录音文件太大了，请分几段发，或者打字告诉我。"),
    (TooLong, "录音太长了，请分成几段说，每段两分钟以内。"),
    (TooShort, "录音太短了，我没听到，请再说一遍。"),
    (NoSpeech, "我没听到有人说话，请靠近一点再说一遍。"),
    (ModelMissing, NO_MODEL),
    (DecodingFailed, "这段录音我打不开，请再录一遍，或者打字告诉我。"),
    (EngineFailed, "不好意思，我刚才没听清，请再说一遍。"),
)


def kind_words(error: AsrError) -> str:
    """The sentence for a citizen; what was said before is never lost by any of these."""
    return next((words for kind, words in _KIND if isinstance(error, kind)), _KIND[-1][1])
