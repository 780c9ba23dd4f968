"""Recognised text made fit to read: simplified, without spaces, and with spoken numbers as digits beside it."""

import re
from functools import cache

import opencc

_BETWEEN = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_DIGIT = {c: n for n, cs in enumerate(("零〇", "一幺", "二两", "三", "四", "五", "六", "七", "八", "九")) for c in cs}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_RUN = re.compile(r"[零〇一幺二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?")
_COUNTED = re.compile(r"元|块|月|号|楼|单元|层|岁|年级|点(?!儿|心|名|头)|平米|公里")
_NEVER = (
    "万一",
    "十分",
    "一万个",
    "百姓",
    "千万别",
    "千万要",
    "百货",
    "十字",
    "八宝",
    "三里",
    "五道",
    "百子",
    "千家",
    "万家",
    "万科",
    "九龙",
    "八角",
    "六里",
    "十里",
    "双十",
    "百度",
    "千岛",
)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, and no spaces between Chinese characters."""
    return _BETWEEN.sub("", _converter().convert(text)).strip()


def with_digits(text: str) -> str:
    """Spoken numbers as digits: 幺三八零零幺三八零零零 → 13800138000, 三千六百八十元 → 3680元. What is no number stays: 三轮车, 一下, 四区."""
    out, at = [], 0
    for run in _RUN.finditer(text):
        out.append(text[at : run.start()])
        out.append(_written(run.group(), text[run.start() :], text[run.end() :]))
        at = run.end()
    return "".join(out) + text[at:]


def _written(run: str, here: str, after: str) -> str:
    if here.startswith(_NEVER):
        return run
    whole, point, rest = run.partition("点")
    if point and after[:1] in ("点", "") and not any(c in _UNIT for c in whole) and len(whole) > 2:
        return run
    units = any(c in _UNIT or c in "万亿" for c in whole)
    if units:
        number = _value(whole)
        return run if number is None else f"{number}{'.' + _digits(rest) if point else ''}"
    if len(whole) >= 3 or (len(whole) == 2 and after.startswith(("年", "元", "块"))):
        return _digits(whole) + (f".{_digits(rest)}" if point else "")
    if point and not after.startswith(("半", "到", "多", "钟")):
        return f"{_digits(whole)}.{_digits(rest)}"
    if len(whole) == 1 and not point and _COUNTED.match(after):
        return _digits(whole)
    return run


def _digits(run: str) -> str:
    return "".join(str(_DIGIT[c]) for c in run)


def _value(run: str) -> int | None:
    """一万二 → 12000, 三千零五 → 3005, 二十 → 20. None for what is no number (十十)."""
    total, section, digit, last_unit = 0, 0, None, 1
    for c in run:
        if c in _DIGIT:
            if digit:
                return None
            digit = _DIGIT[c]
            if digit == 0:
                last_unit = 1
        elif c in _UNIT:
            section += (1 if digit is None or digit == 0 else digit) * _UNIT[c]
            digit, last_unit = None, _UNIT[c]
        else:
            size = 10_000 if c == "万" else 100_000_000
            total = (total + section + (digit or 0)) * size
            section, digit, last_unit = 0, None, size
    if digit is not None:
        # 一万二 is 12000, 三百五 is 350; after 零 and after 十 the digit is a plain one.
        section += digit * (last_unit // 10 if last_unit >= 100 else 1)
    return total + section
