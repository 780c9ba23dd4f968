"""Who may speak now: whether what is heard while the bot speaks takes the floor, or only says that somebody listens.

Chinese has no spaces: characters are counted, never words.
"""

import re

SOUND_TAKES_THE_FLOOR = 0.5
"""Seconds of speech after which the bot falls silent although no word is recognised yet."""

RESUMES_AFTER = 2.0
"""Seconds after which a sentence goes on that was interrupted by what turned out to be nothing."""

CHARACTERS = 2
"""Characters, without what only says “I am listening”, that take the floor."""

SETTLES_AFTER = 0.24
"""Seconds that so few characters must stay as they are: in the middle of a 好的 a recogniser believes in two others for a moment."""

_LISTENING = re.compile(
    r"[嗯啊哦噢喔唔呃哎好对是行的呀哈]*(?:知道了|明白了|是的|好的|对的|可以|没错)*[嗯啊哦噢喔唔呃哎好对是行的呀哈]*"
)
_HESITATION = re.compile(r"[嗯啊哦噢喔唔呃哎]")
_CHINESE = re.compile(r"[㐀-鿿]")
_SHORT_WISHES = ("不", "停")
"""Single characters that mean to interrupt."""


def only_listens(text: str) -> bool:
    """Whether somebody says no more than that they follow: 嗯, 好的, 对对对."""
    return bool(text) and _LISTENING.fullmatch(text) is not None


def is_settled(text: str) -> bool:
    """Whether there is more of it than a recogniser invents for a moment."""
    return len(_CHINESE.findall(text)) > CHARACTERS


def takes_the_floor(text: str, *, asked: bool) -> bool:
    """Whether these words interrupt. `asked`: a yes or no is wanted and the question is out, so a 对 is its answer."""
    if only_listens(text):
        return asked and _HESITATION.sub("", text) != ""
    said = _HESITATION.sub("", text)
    return text in _SHORT_WISHES or len(_CHINESE.findall(said)) >= CHARACTERS
