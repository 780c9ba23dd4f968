"""Sentences that Whisper invents from silence and music: the captions of the films it learned from. They never reach a ticket."""

import re

PHRASES = (
    "字幕由", "字幕by", "字幕制作", "字幕志愿者", "字幕组", "中文字幕", "请不吝点赞", "点赞订阅", "订阅转发", "打赏支持", "明镜与点点",
    "明镜需要您的支持", "感谢观看", "谢谢观看", "谢谢收看", "感谢收看", "谢谢大家观看", "多谢收看", "下期再见", "下集再见", "我们下期节目",
    "優優獨播", "优优独播", "独播剧场", "由amara.org", "amara.org社区", "subtitles by", "thanks for watching", "thank you for watching",
    "词曲", "作词", "作曲", "编曲", "本字幕", "请订阅", "小铃铛", "李宗盛",
)  # fmt: skip
_REPEATED = re.compile(r"(.{1,12}?)\1{5,}")


def is_invented(text: str) -> bool:
    """Whether a sentence is one of those."""
    bare = re.sub(r"[\s，。！？、,.!?·：:]", "", text).lower()
    return any(phrase.replace(" ", "") in bare for phrase in PHRASES)


def without_loops(text: str) -> str:
    """A phrase that the decoder said over and over, once. Digits may repeat: 8888."""
    return _REPEATED.sub(lambda found: found.group() if found.group(1).isdigit() else found.group(1), text)
