"""Numbers as they are written and said: 1.2万, 一万二, 两千多, 三四千, 十几万, 3,680.50."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "幺": 1, "仨": 3}
_UNIT = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_LATIN_UNIT = {"k": 1000, "w": 10_000}

_NUMERAL = "零〇一二三四五六七八九十百千万亿两"
NUMBER = re.compile(
    rf"(?:(?<![0-9０-９])(?:[0-9０-９]{{1,3}}(?:[,，][0-9０-９]{{3}}(?![0-9０-９]))+(?:[.．][0-9０-９]+)?|[0-9０-９]{{1,32}}(?:[.．][0-9０-９]{{1,8}})?))(?:千[0-9]{{3}}(?![0-9])|万[0-9]{{4}}(?![0-9])|[万千]\s*[0-9]{{1,2}}\s*[千百](?:\s*[0-9]{{1,2}}\s*[百十])?(?:[0-9](?![0-9年月日号点个块]))?|\s*[多几余来]?(?:\s*[百千万亿]+|(?<=[0-9多几余来])十[百千万亿]*)[多余来几]?(?:[0-9一二三四五六七八九](?![0-9年月日号点个块]))?|[kKwW][0-9]?(?![0-9A-Za-z])|[多余来几](?=[块元个天年月人]))?"
    rf"|(?:好?几|数)[十百千万]+|(?:[{_NUMERAL}]|(?<=十)几|几(?=[十百千万])){{1,24}}(?:点[零〇一二三四五六七八九]+(?=万|亿|块|元|$))?(?:万)?[多余来]?(?:[百千万])?|百八十|[俩仨]"
)
"""Where a number may stand; `read` decides whether it is one."""


_PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬", "一二三四五六七八九十百千万")
_FORMAL = re.compile(
    r"(?:拾|[壹贰叁肆伍陆柒捌玖])(?:[壹贰叁肆伍陆柒捌玖零拾佰仟萬万]*[拾佰仟萬万])[壹贰叁肆伍陆柒捌玖零]*"
)
"""贰万捌仟, as sums are written on receipts and notes of debt."""

_COUNT_AFTER = re.compile(
    r"(?P<sum>[一二两三四五六七八九]万[一二三四五六七八九]千[一二三四五六七八九]|[一二两三四五六七八九]千[一二三四五六七八九]|[一二两三四五六七八九]万[一二三四五六七八九])(?P<count>[一二三四五六七八九]?[百十][一二三四五六七八九]?十?[一二三四五六七八九]?)"
)
"""八千八一百节: a sum, and then how many it was for."""

_ONE_YEAR, _SPANS = re.compile(r"[万千百][一二三四五六七八九]一$"), tuple("年个学节天次季期直共分下样些起定般回笔趟")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text; `rough` when it was said roughly (两千多, 三四千)."""

    value: float
    start: int
    end: int
    rough: bool


def find_numbers(text: str) -> Iterator[Number]:
    """Every number of a text."""
    text = _FORMAL.sub(lambda run: run.group().translate(_PLAIN), text)
    for match in NUMBER.finditer(text):
        words = match.group()
        if _ONE_YEAR.search(words) and text[match.end() : match.end() + 1] in _SPANS:
            # 两万四千八一年, 十四万三一直拖着: the last 一 belongs to what follows.
            words = words[:-1]
        for part, at in _parts(words, text[match.end() : match.end() + 2]):
            value = read(part)
            if value is not None:
                rough = any(c in part for c in "多几余来数") or _range(part) is not None
                yield Number(value, match.start() + at, match.start() + at + len(part), rough)


_TWICE = re.compile(
    r"([一二两三四五六七八九]万(?:[一二三四五六七八九]千)?[一二三四五六七八九]?百?)([一二两三四五六七八九]万.+)|"
    r"([一二两三四五六七八九]千[一二三四五六七八九]百?)([一二两三四五六七八九]千.+)"
)
"""四千八四千八百: one sum, said twice."""


def _parts(words: str, after: str) -> Iterator[tuple[str, int]]:
    counted = _COUNT_AFTER.fullmatch(words)
    if counted is not None and after.startswith(("节", "次", "堂", "课时")):
        yield counted["sum"], 0
        yield counted["count"], len(counted["sum"])
    else:
        yield from _said_twice(words)


def _said_twice(words: str) -> Iterator[tuple[str, int]]:
    match = _TWICE.fullmatch(words)
    if match is None:
        yield words, 0
        return
    first, second = match.group(1) or match.group(3), match.group(2) or match.group(4)
    if not second.startswith(first[:2]):
        yield first, 0
    yield second, len(first)


def read(words: str) -> float | None:
    """The value of one number; None when the words are none. A range gives its lower end (三四千 → 3000)."""
    text = unicodedata.normalize("NFKC", words).replace(",", "").replace(" ", "").lower()
    text = re.sub(r"[多余来]", "", text)
    if not text:
        return None
    if text in ("百八十",):
        return 180
    if text[0] in "几数好":
        return _several(text)
    if text[0].isdigit():
        return _written(text)
    if (ranged := _range(text)) is not None:
        return ranged
    return _spoken(text)


def whole(value: float) -> int | float:
    """12000.0 as 12000; 3680.5 as it is."""
    return int(value) if value == int(value) else value


def _several(text: str) -> float | None:
    scale = 1
    for c in text.lstrip("好几数"):
        scale *= _UNIT.get(c, 1)
    return 3 * scale if scale > 1 else None


def _written(text: str) -> float | None:
    match = re.match(r"(\d+(?:\.\d+)?)(.*)", text)
    if match is None:
        return None
    value, rest = float(match.group(1)), match.group(2).replace("几", "")
    if shorter := re.fullmatch(r"([kw])(\d)", rest):
        # 2k5
        return (value + int(shorter[2]) / 10) * _LATIN_UNIT[shorter[1]]
    if told := re.fullmatch(r"([万千])(\d{3,4})", rest):
        # 3千650
        return value * _UNIT[told[1]] + int(told[2])
    if mixed := re.match(r"([万千])(\d+)([千百])(.*)", rest):
        # 1万9千8
        lower = _written(f"{mixed[2]}{mixed[3]}{mixed[4]}")
        return None if lower is None else value * _UNIT[mixed[1]] + lower
    if rest and rest[-1] in "123456789一二三四五六七八九" and len(rest) >= 2 and rest[-2] in _UNIT:
        # 3千6 and 1万2 leave out the unit below.
        last = int(rest[-1]) if rest[-1].isdigit() else _DIGIT[rest[-1]]
        return value * _scale(rest[:-1]) + last * _scale(rest[:-1]) / 10
    return value * _scale(rest)


def _scale(units: str) -> float:
    scale = 1.0
    for c in units:
        scale *= _UNIT.get(c) or _LATIN_UNIT.get(c) or 1
    return scale


def _range(text: str) -> float | None:
    """三四千, 七八百, 十二三万: two neighbouring digits in a row."""
    match = re.fullmatch(r"(十?)([一二两三四五六七八])([二三四五六七八九])([十百千万]+)", text)
    if match is None:
        return None
    teen, low, high, units = match.groups()
    if _DIGIT[high] - _DIGIT[low] != 1:
        return None
    return (10 * bool(teen) + _DIGIT[low]) * _scale(units)


def _spoken(text: str) -> float | None:
    text = text.replace("几", "")
    if not text:
        return None
    if len(text) > 1 and all(c in _DIGIT for c in text):
        # 二零二四: digit by digit. Two bare digits (三四) are a choice, not a number.
        return float("".join(str(_DIGIT[c]) for c in text)) if len(text) > 2 else None
    if "点" in text:
        left, _, right = text.partition("点")
        digits = "".join(str(_DIGIT[c]) for c in right if c in _DIGIT)
        base = _spoken(left)
        if base is None or not digits:
            return None
        return float(f"{int(base)}.{digits}") * _scale("".join(c for c in right if c in _UNIT))
    total = section = digit = 0.0
    last_unit = 1.0
    for c in text:
        if c in _DIGIT:
            digit = _DIGIT[c]
            if c in "零〇":
                last_unit = 1.0
        elif c in _UNIT:
            unit = _UNIT[c]
            if unit >= 10_000:
                section = (section + digit) or 1
                total = (total + section) * unit if unit > 10_000 else total + section * unit
                section = 0.0
            else:
                section += (digit or 1) * unit
            digit = 0.0
            last_unit = float(unit)
        else:
            return None
    if digit and last_unit >= 100:
        # 一万二 is 12,000, 一千五 is 1,500: the unit below is left out, unless 零 stands between.
        digit *= last_unit / 10
    return total + section + digit
