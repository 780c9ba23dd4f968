"""Yes and no as a recogniser hears them: 号的 is 好的 where nothing but a yes or a no was asked for."""

from collections.abc import Mapping
from functools import lru_cache

from intents.gazetteer.homophones import sounds

ANSWERS = (
    "好的", "好", "好吧", "好啊", "对", "对的", "对对", "是", "是的", "是啊", "可以", "可以的", "行", "行的", "同意", "没问题", "没错", "提交", "嗯", "有",
    "不", "不用", "不用了", "不是", "不对", "不行", "不要", "没有", "不同意", "不录", "不录音", "不可以",
)  # fmt: skip


def short_answer(text: str) -> str:
    """The yes or no that the text sounds like; the text itself when it sounds like none."""
    return text if text in ANSWERS else _by_sound().get(sounds(text), text)


@lru_cache(maxsize=1)
def _by_sound() -> Mapping[tuple[str, ...], str]:
    return {sounds(answer): answer for answer in reversed(ANSWERS)}
