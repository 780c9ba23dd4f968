"""Characters to syllables to phones. A phone is an initial (`zh`) or a final with its tone (`uang1`); there are some 200.

Position matters only for Vosk's word times: a character's phones are `initial_B final_E`, or `final_S` alone.
"""

import re
from functools import cache

from asr.espeak import SPOKEN_AS
from asr.pinyin import syllables
from asr.reading import number

INITIALS = ("zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s")
SILENCE = "SIL"
CHINESE = re.compile(r"[一-鿿]+")
_DIGITS = "零一二三四五六七八九"


@cache
def phones_of(syllable: str) -> tuple[str, ...]:
    """ "zhuang1" → ("zh", "uang1"); "wo3" → ("uo3",). What the synthesiser speaks alike is one phone."""
    base, tone = syllable[:-1], syllable[-1]
    base = SPOKEN_AS.get(base, base)
    initial = next((i for i in INITIALS if base.startswith(i)), "")
    final = base[len(initial) :]
    if not initial:
        final = _plain(final)
    elif initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    elif initial in ("zh", "ch", "sh", "r", "z", "c", "s") and final == "i":
        final = "ih"
    elif final in ("ue",):
        final = "ve"
    return (initial, final + tone) if initial else (final + tone,)


def _plain(final: str) -> str:
    """A syllable without an initial, spelled as its final: yan → ian, wu → u, yuan → van."""
    if final.startswith("yu"):
        return "v" + final[2:]
    if final.startswith("yi"):
        return final[1:]
    if final.startswith("y"):
        return {"ya": "ia", "yan": "ian", "yang": "iang", "yao": "iao", "ye": "ie", "yong": "iong", "you": "iu"}.get(
            final, "i" + final[1:]
        )
    if final == "wu":
        return "u"
    if final.startswith("w"):
        return {"wei": "ui", "wen": "un", "weng": "ong"}.get(final, "u" + final[1:])
    return final


def spoken(text: str) -> list[str]:
    """The Chinese clauses of a text with its numbers as they are said; what holds Latin letters is left out."""
    text = re.sub(r"\d+(?:\.\d+)?", lambda found: said_number(found.group()), text)
    return [clause for clause in CHINESE.findall(text) if clause]


def said_number(digits: str) -> str:
    """3680 → 三千六百八十; a phone or other long number digit by digit, with 幺."""
    whole, _, rest = digits.partition(".")
    if len(whole) > 6 or (len(whole) > 1 and whole[0] == "0"):
        return "".join("幺" if d == "1" else _DIGITS[int(d)] for d in whole)
    said = number(int(whole))
    return said + ("点" + "".join(_DIGITS[int(d)] for d in rest) if rest else "")


__all__ = ["CHINESE", "INITIALS", "SILENCE", "phones_of", "said_number", "spoken", "syllables"]
