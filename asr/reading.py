"""Text as a person reads it aloud: ticket numbers in groups of four, phones digit by digit, dates, sums and times as they are said."""

import re

_DIGITS = "零幺二三四五六七八九"
_PLAIN = "零一二三四五六七八九"
_GROUPED = re.compile(r"(?<!\d)(\d{4})[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_PHONE = re.compile(r"(?<!\d)(1\d{2})(\d{4})(\d{4})(?!\d)")
_DATE = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?=年)")
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_SUM = re.compile(r"(?<![\d.])(\d+)(?:\.(\d+))?")
_CALLED = ("12345", "12356", "96777", "110", "119", "120", "122")
"""Numbers that one calls: digit by digit, whatever their length."""


def as_read(text: str) -> str:
    """The text without digits: 工单号是 1223 9947 3964 → 工单号是，幺二二三，九九四七，三九六四."""
    text = _GROUPED.sub(lambda m: "，" + "，".join(_one_by_one(g) for g in m.groups()) + "，", text)
    text = _PHONE.sub(lambda m: "，" + "，".join(_one_by_one(g) for g in m.groups()) + "，", text)
    text = _DATE.sub(_date, text)
    text = _YEAR.sub(lambda m: "".join(_PLAIN[int(d)] for d in m.group()), text)
    text = _TIME.sub(_time, text)
    text = _SUM.sub(_sum, text)
    text = re.sub(r"[“”\"（）()《》「」【】]", "", text)
    return re.sub(r"，\s*([，。！？])", r"\1", re.sub(r"[ \t]+", "", text)).strip("，")


def _one_by_one(digits: str) -> str:
    return "".join(_DIGITS[int(d)] for d in digits)


def _date(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    said = "".join(_PLAIN[int(d)] for d in year) + "年" + number(int(month)) + "月"
    return said + (number(int(day)) + "日" if day else "")


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found.group(1)), int(found.group(2))
    said = ("两" if hour == 2 else number(hour)) + "点"
    return said + (
        "" if minute == 0 else "半" if minute == 30 else ("零" if minute < 10 else "") + number(minute) + "分"
    )


def _sum(found: re.Match[str]) -> str:
    whole, rest = found.groups()
    if whole in _CALLED:
        return _one_by_one(whole)
    if len(whole) > 8 or (len(whole) > 1 and whole[0] == "0"):
        return _one_by_one(whole)
    said = number(int(whole))
    after = found.string[found.end() :]
    if whole == "2" and after[:1] in ("个", "位", "天", "次", "家", "元", "块"):
        said = "两"
    return said + ("点" + "".join(_PLAIN[int(d)] for d in rest) if rest and int(rest) else "")


def number(value: int) -> str:
    """3680 → 三千六百八十. Below 10^8."""
    if value >= 10_000:
        head, rest = divmod(value, 10_000)
        return number(head) + "万" + ("" if not rest else ("零" if rest < 1000 else "") + number(rest))
    if value == 0:
        return "零"
    said, gap = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, value = divmod(value, size)
        if digit:
            said += ("零" if gap else "") + _PLAIN[digit] + unit
            gap = False
        else:
            gap = bool(said)
    return said.removeprefix("一") if said.startswith("一十") else said
