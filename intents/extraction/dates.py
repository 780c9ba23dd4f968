"""Dates relative to now: 上个月, 去年三月份, 前天晚上, 2023年5月. ISO 8601, no finer than what was said."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from intents.extraction.numbers import read
from intents.found import Found

_N = r"[0-9０-９零〇一二三四五六七八九十两]{1,4}"
_PART = r"(?:的)?(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜里|半夜|深夜|夜间)?"
_YEAR_WORD = {"今年": 0, "去年": -1, "前年": -2, "大前年": -3, "上年": -1, "明年": 1}
_DAY_WORD = {
    "今天": 0,
    "今儿": 0,
    "今日": 0,
    "昨天": -1,
    "昨儿": -1,
    "昨日": -1,
    "前天": -2,
    "前儿": -2,
    "大前天": -3,
    "昨晚": -1,
    "今晚": 0,
    "今早": 0,
    "刚才": 0,
    "刚刚": 0,
}
_FESTIVAL = {
    "元旦": (1, 1),
    "春节": (2, 10),
    "过年": (2, 10),
    "年前": (1, 25),
    "五一": (5, 1),
    "端午": (6, 10),
    "六一": (6, 1),
    "七一": (7, 1),
    "中秋": (9, 20),
    "国庆": (10, 1),
    "十一": (10, 1),
    "双十一": (11, 11),
    "双11": (11, 11),
}
"""Festivals of the lunar calendar move by weeks; only the month is given for them."""

_WEEKDAY = {c: i for i, c in enumerate("一二三四五六")} | {"日": 6, "天": 6}
_SEASON = {
    "春天": 4,
    "夏天": 7,
    "秋天": 10,
    "冬天": 1,
    "年初": 1,
    "年底": 12,
    "年末": 12,
    "年中": 6,
    "上半年": None,
    "下半年": None,
}

_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("full", rf"(?P<y>(?:19|20)?\d{{2}}|二[零〇][零〇一二三四五六七八九]{{2}}|大前年|今年|去年|前年|上年)年?的?(?P<m>{_N})月(?:份)?(?:(?P<d>{_N})[日号])?"),
        ("iso", r"(?P<y>(?:19|20)\d{2})[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?(?!\d)"),
        ("season", r"(?P<y>(?:19|20)\d{2}年|大前年|今年|去年|前年)的?(?P<s>年初|年底|年末|春天|夏天|秋天|冬天|上半年|下半年|初|底)"),
        ("yearfest", r"(?P<y>(?:19|20)\d{2}年|大前年|今年|去年|前年)的?(?P<f>元旦|春节|过年|五一|端午|六一|中秋|国庆|十一|双十一|双11)"),
        ("daymonth", r"(?P<which>这|本|上|上上|大上)个?月(?:的)?(?P<d>[0-9０-９一二三四五六七八九十]{1,3})[日号]"),
        ("md", rf"(?<![0-9年个])(?P<m>{_N})月(?:份)?(?P<d>{_N})[日号]"),
        ("month", r"(?P<which>上上|大上|上|这|本)个?月(?:份|初|底|中旬)?"),
        ("week", r"(?P<which>上上|上|这|本)?(?:个)?(?:周|星期|礼拜)(?P<w>[一二三四五六日天])(?![0-9一二三四五六七八九十到至])"),
        ("weekonly", r"(?P<which>上上|上|这|本)个?(?:周|星期|礼拜)(?:末)?"),
        ("day", "(?P<word>大前天|前天|昨天|今天|昨儿|今儿|前儿|昨日|今日|昨晚|今晚|今早)"),
        # A day alone is one only where something was done on it, or where nothing else is said: 20号楼 and 3号线 are none.
        ("dayonly", r"(?<![0-9０-９一二三四五六七八九十月第年/路街巷里院区村道座楼])(?P<d>[12]?[0-9]|3[01]|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九])[号日](?:那天)?(?:[早晚]上|上午|中午|下午)?(?=(?:刚|才|就|去|在[^，。]{1,8})?(?:办的?|交的?|买的?|充的?|签的?|付的?|下的?单|开始|发生))"),
        ("dayalone", r"^(?:是|就是|就|大概|大约)?(?P<d>[12]?[0-9]|3[01]|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九])[号日](?:那天)?[吧的了]*[。.!！]?$"),
        ("ago", r"(?P<n>[0-9０-９一二三四五六七八九十两半几]{1,3})(?:个)?(?P<u>多?年|多?月|星期|周|礼拜|天|小时)(?:多)?(?:以前|之前|前)"),
        ("m", r"(?<![0-9０-９零〇一二三四五六七八九十年个每半两第几])(?P<m>十[一二]?|[一二三四五六七八九]|1[0-2]|0?[1-9])月份?(?![0-9０-９一二三四五六七八九十]{1,2}[日号])"),
        ("fest", r"(?<![一二三四五六七八九十0-9])(?P<f>元旦|春节|过年|五一|端午|六一|中秋|国庆|双十一|双11|年前)(?:节)?(?:前|后|期间|的时候|那天)?"),
        ("y", r"(?P<y>(?:19|20)\d{2}|二[零〇][零〇一二三四五六七八九]{2}|1[0-9]|2[0-6])年(?![级代前内的]*(?:级|多|前|以|内|时间|了没))"),
        ("yw", r"(?P<y>大前年|今年|去年|前年|上年)"),
    )
)  # fmt: skip


def find_dates(text: str, now: datetime) -> Iterator[Found]:
    """Every date of a text, in order; `precision` is year, month or day. One in the future is read as the last one past."""
    taken: list[tuple[int, int]] = []
    found: list[Found] = []
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < b and end > a for a, b in taken):
                continue
            read_as = _read(name, match, now.date())
            if read_as is None:
                continue
            value, precision = read_as
            taken.append((start, end))
            found.append(Found(value, text[start:end], start, end, precision=precision))
    return iter(sorted(found, key=lambda f: f.start))


def _read(name: str, match: re.Match[str], today: date) -> tuple[str, str] | None:
    try:
        return _READERS[name](match, today)
    except (ValueError, KeyError, TypeError):
        return None


def _year(words: str, today: date) -> int:
    words = words.removesuffix("年")
    if words + "年" in _YEAR_WORD or words in _YEAR_WORD:
        return today.year + _YEAR_WORD.get(words, _YEAR_WORD.get(words + "年", 0))
    if words in ("今", "去", "前", "大前", "上"):
        return today.year + _YEAR_WORD[words + "年"]
    value = int(read(words) or 0)
    if value < 100:
        value += 2000
    if not 1950 <= value <= today.year + 1:
        raise ValueError(words)
    return value


def _number(words: str | None) -> int:
    value = read(words or "")
    if value is None:
        raise ValueError(words)
    return int(value)


def _day(year: int, month: int, day: int) -> tuple[str, str]:
    return date(year, month, day).isoformat(), "day"


def _month(year: int, month: int) -> tuple[str, str]:
    return f"{date(year, month, 1):%Y-%m}", "month"


def _full(match: re.Match[str], today: date) -> tuple[str, str]:
    year, month, day = _year(match["y"], today), _number(match["m"]), match["d"]
    return _day(year, month, _number(day)) if day else _month(year, month)


def _season(match: re.Match[str], today: date) -> tuple[str, str]:
    year, season = _year(match["y"], today), match["s"]
    month = {"初": 1, "底": 12}.get(season, _SEASON.get(season))
    return _month(year, month) if month else (str(year), "year")


def _year_festival(match: re.Match[str], today: date) -> tuple[str, str]:
    return _month(_year(match["y"], today), _FESTIVAL[match["f"]][0])


def _festival(match: re.Match[str], today: date) -> tuple[str, str]:
    month = _FESTIVAL[match["f"]][0]
    return _month(today.year if month <= today.month else today.year - 1, month)


def _month_back(which: str, today: date) -> tuple[int, int]:
    back = {"这": 0, "本": 0, "上": 1, "上上": 2, "大上": 2}[which]
    months = today.year * 12 + today.month - 1 - back
    return months // 12, months % 12 + 1


def _month_day(match: re.Match[str], today: date) -> tuple[str, str]:
    month, day = _number(match["m"]), _number(match["d"])
    this_year = date(today.year, month, day)
    return (this_year if this_year <= today else date(today.year - 1, month, day)).isoformat(), "day"


def _day_only(match: re.Match[str], today: date) -> tuple[str, str]:
    day = _number(match["d"])
    months = today.year * 12 + today.month - 1 - (day > today.day)
    return _day(months // 12, months % 12 + 1, day)


def _month_only(match: re.Match[str], today: date) -> tuple[str, str]:
    month = _number(match["m"])
    return _month(today.year if month <= today.month else today.year - 1, month)


def _weekday(match: re.Match[str], today: date) -> tuple[str, str]:
    monday = today - timedelta(days=today.weekday())
    back = {"上": 1, "上上": 2}.get(match["which"] or "", 0)
    day = monday + timedelta(days=_WEEKDAY[match["w"]] - 7 * back)
    if day > today:
        day -= timedelta(days=7)
    return day.isoformat(), "day"


def _week(match: re.Match[str], today: date) -> tuple[str, str]:
    monday = today - timedelta(days=today.weekday())
    back = {"上": 1, "上上": 2}.get(match["which"], 0)
    return (monday - timedelta(days=7 * back)).isoformat(), "week"


def _ago(match: re.Match[str], today: date) -> tuple[str, str]:
    words, unit = match["n"], match["u"].removeprefix("多")
    count = 0.5 if words == "半" else 3 if words == "几" else _number(words)
    if unit == "年":
        if count == 0.5:
            return _months_ago(6, today)
        return str(today.year - int(count)), "year"
    if unit == "月":
        return _months_ago(int(count) or 1, today)
    days = {"天": 1, "小时": 0}.get(unit, 7)
    return (today - timedelta(days=int(count * days))).isoformat(), "day"


def _months_ago(count: int, today: date) -> tuple[str, str]:
    months = today.year * 12 + today.month - 1 - count
    return _month(months // 12, months % 12 + 1)


_READERS: dict[str, Callable[[re.Match[str], date], tuple[str, str] | None]] = {
    "full": _full,
    "iso": _full,
    "season": _season,
    "yearfest": _year_festival,
    "fest": _festival,
    "daymonth": lambda m, t: _day(*_month_back(m["which"], t), _number(m["d"])),
    "md": _month_day,
    "dayonly": _day_only,
    "dayalone": _day_only,
    "month": lambda m, t: _month(*_month_back(m["which"], t)),
    "week": _weekday,
    "weekonly": _week,
    "day": lambda m, t: ((t + timedelta(days=_DAY_WORD[m["word"]])).isoformat(), "day"),
    "ago": _ago,
    "m": _month_only,
    "y": lambda m, t: (str(_year(m["y"], t)), "year"),
    "yw": lambda m, t: (str(_year(m["y"], t)), "year"),
}
