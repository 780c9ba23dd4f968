"""Chinese text as numbered pinyin with its punctuation: what the synthesiser reads."""

import re

from pypinyin import Style, lazy_pinyin

from asr.espeak import spelled

_CLAUSES = re.compile(r"[一-鿿]+|[，。！？、；：,.!?;:…\n]+|[A-Za-z]+")
_PAUSES = str.maketrans("，。！？、；：\n…", ",.!?,;:..")


def syllables(text: str) -> list[str]:
    """One numbered syllable a character of a Chinese text, tone sandhi included."""
    said = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True, errors="ignore")
    return ["yao1" if c == "幺" else s for c, s in zip(text, said, strict=False)]


def readable(text: str) -> str:
    """For espeak: "ni3 hao3, …". Latin letters are said one by one; what cannot be said is left out."""
    out = []
    for piece in _CLAUSES.findall(text):
        if "一" <= piece[0] <= "鿿":
            out.append(" ".join(spelled(s) for s in syllables(piece)))
        elif piece.isalpha():
            out.append(" ".join(piece.lower()))
        else:
            out.append(piece[0].translate(_PAUSES))
    return re.sub(r"\s+([,.!?;:])", r"\1", " ".join(out))
