"""What the tagger sees of a character: itself, its neighbours, and how far the next ends of names and of clauses are."""

import unicodedata

LONGEST_TEXT = 2000
"""Characters of a message that are marked: a longer one tells where and what long before."""

WINDOW = 3
"""Characters to each side that are looked at one by one."""

_NUMERALS = frozenset("零一二三四五六七八九十百千万两")
_ENDS = frozenset("路街村区苑园里庭院楼号桥站店口门侧城镇县庄厦场公巷道屯峪堡坊室层栋湾家司馆所厂")
"""Characters that names of places and firms end with."""

_PAUSES = frozenset('，。,.；;！!？? 、：:（）()“”"\n')
_NEAR, _FAR = 6, 10


def features(text: str, topic: str) -> list[list[str]]:
    """One list of features a character, of a text whose topic is known or guessed."""
    kinds = [_kind(c) for c in text]
    ends = ["S" if c in _ENDS else kind for c, kind in zip(text, kinds, strict=True)]
    since, until = _distances(text), _distances(text[::-1])[::-1]
    last, following = _nearest_end(text), _nearest_end(text[::-1])[::-1]
    padded = f"{'#' * (WINDOW + 1)}{text}{'#' * (WINDOW + 1)}"
    around = ["#", "#", *ends, "#", "#"]
    about = f"T={topic}:"
    told: list[list[str]] = []
    for i, c in enumerate(text):
        at = i + WINDOW + 1
        shape = "".join(around[i : i + 5])
        told.append(
            [
                f"w={c}",
                f"k={kinds[i]}",
                f"{about}{kinds[i]}",
                *(f"w{o}={padded[at + o]}" for o in (-3, -2, -1, 1, 2, 3)),
                *(f"b{o}={padded[at + o : at + o + 2]}" for o in (-2, -1, 0, 1)),
                f"t={padded[at - 1 : at + 2]}",
                f"s5={shape}",
                f"s3={shape[1:4]}",
                f"e={following[i]}",
                f"p={last[i]}",
                f"<{since[i]}",
                f">{until[i]}",
            ]
        )
    return told


def _kind(c: str) -> str:
    if c.isdigit():
        return "0"
    if c.isascii() and c.isalpha():
        return "A"
    if c.isspace():
        return "_"
    if c in _NUMERALS:
        return "n"
    return "h" if unicodedata.category(c) == "Lo" else "p"


def _distances(text: str) -> list[int]:
    """Characters since the last pause, up to _NEAR."""
    told, since = [], 1
    for c in text:
        told.append(min(since, _NEAR))
        since = 1 if c in _PAUSES else since + 1
    return told


def _nearest_end(text: str) -> list[str]:
    """The last of _ENDS at or before each character, within _FAR."""
    told, last, at = [], "-", -_FAR
    for i, c in enumerate(text):
        if c in _ENDS:
            last, at = c, i
        told.append(last if i - at < _FAR else "-")
    return told
