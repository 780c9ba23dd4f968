"""Times of day, durations and spans of months: 每天凌晨两点, 一个多星期, 五月到八月."""

import re
from datetime import datetime, timedelta

from intents.extraction.dates import find_dates
from intents.extraction.numbers import read, whole
from intents.found import Found

_PART = "凌晨|清晨|清早|大清早|早上|早晨|一早|上午|中午|下午|傍晚|晚上|[早晚](?=[0-9０-９一二三四五六七八九十])|晚间|夜里|半夜|后半夜|大半夜|深夜|夜间|夜晚|午夜|白天|早晚高峰|早高峰|晚高峰|上下学|上下班|放学|周末|节假日|工作日|全天|24小时|二十四小时|整天|整晚|整夜|通宵|昼夜"
_LATE = frozenset({"下午", "傍晚", "晚上", "晚", "晚间", "夜里", "半夜", "大半夜", "深夜", "夜间", "夜晚", "午夜"})
_HOUR = r"[0-9０-９]{1,2}|[零〇]|十[一二]?|二十[一二三四]?|[一二两三四五六七八九]"


def _clock_pattern(prefix: str) -> str:
    """A clock time, its groups named with a prefix: part of the day, hour, minutes."""
    minutes = r"半|一刻|三刻|[0-9０-９]{1,2}分?|[二三四五]?十[一二三四五六七八九]?分?"
    return (
        rf"(?P<{prefix}part>{_PART})?的?(?:不到|大概|大约|约|快|差不多|将近|刚)?(?P<{prefix}h>{_HOUR})(?:[二两三四五六七八九](?=[点时]))?"
        rf"[点时:：](?!间|候|段|常|不时)(?:钟)?(?P<{prefix}m>{minutes})?(?:多|来钟|左右|钟)?"
    )


_RANGE = re.compile(
    r"(?P<every>每天|天天|每晚|每日|每周末)?(?:都|从|是|[\s，,])*"
    + _clock_pattern("a")
    + r"(?:时候|[^。；;点时0-9０-９]){0,14}?(?:到|至|-|—|~|～)(?:了|第二天|次日|今天|今晨|今日|当天|当日|转天|隔天|的)*"
    + _clock_pattern("b")
)
_AT = re.compile(
    r"(?P<every>每天|天天|每晚|每日|每周末)?[\s，,]*" + _clock_pattern("a") + r"(?P<after>以后|之后|后|以前|之前)?"
)
_PARTS = re.compile(rf"(?P<every>每天|天天|每晚|每日|每周末)?(?:的)?(?P<part>{_PART})")
_CLAUSE_SO_FAR = re.compile(r"[^，,。；;！!？?]{0,10}$")
_GOES_ON = re.compile(r"\s*(?:[，,。；;！!？?、]|$|[才还就不都也了])")
_EVERY_NIGHT = re.compile(r"每晚|夜夜")

_COUNT = r"(?P<n>(?<![0-9０-９.])[0-9０-９.]{1,6}|[一二两三四五六七八九十半俩仨]{1,6}|好?几|数)"
_DURATION = re.compile(
    rf"(?P<lead>(?:了|已经|已|都|快|将近|超过|至少|大概|差不多|持续|连着|有)*){_COUNT}(?P<half>个半|[多来余]个|个多|个)?(?P<more>[多来余])?(?P<u>年|月|星期|周|礼拜|天|日|小时|钟头)(?P<more2>多|半)?(?P<so>(?:之久|以上)?(?:了|(?=没|都没|零|也没)))?"
)
"""It is told as lasting: before it (堆了快一个礼拜) or after it (一个礼拜了)."""

_ENDS = re.compile(r"\s*(?:[，,。；;！!？?、\s]|$|[没不无])")
_LONG = re.compile(r"很久|好久|好些天|有些日子|好长一段|长期|一直|常年|多年|好长时间")
_UNIT = {
    "月": "个月",
    "星期": "周",
    "礼拜": "周",
    "日": "天",
    "钟头": "小时",
    "年": "年",
    "周": "周",
    "天": "天",
    "小时": "小时",
}

_MONTH = r"(?:(?:20)?\d{2}年|去年|今年|前年)?的?(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月?份?"
_PERIOD = re.compile(rf"(?P<a>{_MONTH})(?:一直|起|开始)*(?:[干做欠拖忙])?(?:到|至|-|—|~|～)(?P<b>{_MONTH})(?<=[月份])")
_NAMED_MONTH = rf"(?:{_MONTH}(?<=[月份])|[上这本]个?月)"
_SINCE = re.compile(
    rf"(?P<a>{_NAMED_MONTH})(?:[0-9一二三四五六七八九十]{{1,3}}[日号])?(?:起|开始|以来|之后|以后|往后)[^。；;]{{0,12}}?(?:至今|到现在|到今天|一直|没|未|拖|欠|不)"
)
"""自7月起拖欠至今"""

_LISTED = re.compile(
    rf"(?P<a>{_MONTH})(?:、|和|跟|，|,|还有|及|(?<=月))(?:{_MONTH}(?:、|和|跟|，|,|(?<=月))){{0,4}}(?P<b>{_MONTH})(?=(?<=[月份])|[两三四五六]个月)"
)
"""8月、9月的工资; 7、8、9三个月"""

_WAGES_OF = re.compile(
    rf"(?P<a>{_NAMED_MONTH})的?(?:工资|工钱|薪水|薪资|钱)|(?:工资|工钱|薪水)(?P<b>{_NAMED_MONTH})的?(?:还|都|也)?[没未]"
)

_MONTHS_OWED = re.compile(
    r"(?P<n>(?<![0-9０-９])[0-9０-９]{1,2}|[一二两三四五六七八九十]{1,3}|半|俩|仨|好?几)(?P<unit>个多月|个半月|个月|月|年)(?:的|了|没|都|未|一直|多)?(?:没有?|的)?(?:给|发|结)?(?:我|我们)?(?:的)?(?:工资|工钱|薪水|钱)?"
)
_WAGE_OF = re.compile(
    r"(?:大概|大约|约|是|才|就)?[0-9０-９一二两三四五六七八九][0-9０-９一二三四五六七八九十百千万,.]*"
)
"""一个月工资5000 says how much a month, not how many months."""

_WORKED = re.compile(r"(?:干|做|上班|工作|入职|待)(?:了|已经|快|满|将近)*$")
"""干了一年 is how long they worked."""

LONGEST_OWED = 10
"""Years up to which a number before 年 counts years; 23年 is one."""

_YEAR_OWED = re.compile(r"(?:去年|今年|前年|20\d{2}年)(?:一)?(?:整|全)?年")


def find_time_of_day(text: str, *, bare: bool = False) -> Found | None:
    """ "每天 02:00", "22:00-02:00", "晚上"; None when no time of day is told. `bare`: 两点 alone is a time, for it was asked."""
    if match := _RANGE.search(text):
        told = _told_before(text, match.start("ah"))
        first = _clock(match, "a", told)
        second = _clock(match, "b", match["apart"] or told if not match["bpart"] else None)
        if first and second:
            return _found(match, f"{_every(match)}{first}-{second}")
    for match in _AT.finditer(text):
        # 差一点 and 两点意见 are no times: a bare hour needs a part of the day, 钟, 半, minutes or “after”.
        told = "晚上" if match["every"] == "每晚" else _told_before(text, match.start("ah"))
        plain = not (match["apart"] or match["every"] or match["am"] or match["after"])
        plain = plain and not (told and _GOES_ON.match(text, match.end()))
        if plain and not bare and match.group()[-1] in "点时":
            continue
        if clock := _clock(match, "a", told):
            after = {"以后": "以后", "之后": "以后", "后": "以后", "以前": "以前", "之前": "以前"}.get(
                match["after"] or "", ""
            )
            return _found(match, f"{_every(match)}{clock}{after}")
    if match := _PARTS.search(text):
        return _found(match, f"{_every(match)}{match['part']}")
    if match := _EVERY_NIGHT.search(text):
        return _found(match, "每天 晚上")
    return None


def _told_before(text: str, start: int) -> str | None:
    """The part of the day that the clause names some words before its hour: 晚上都跳到十点."""
    clause = _CLAUSE_SO_FAR.search(text, 0, start)
    parts = re.findall(_PART, clause.group()) if clause else []
    return parts[-1] if parts else None


def _found(match: re.Match[str], value: str) -> Found:
    return Found(value, match.group(), match.start(), match.end())


def _every(match: re.Match[str]) -> str:
    return "每天 " if match["every"] else ""


def _clock(match: re.Match[str], prefix: str, inherited: str | None) -> str | None:
    hour = read(match[f"{prefix}h"])
    if hour is None or hour > 24:
        return None
    part = match[f"{prefix}part"] or inherited
    minutes = match[f"{prefix}m"] or ""
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(minutes) or int(read(minutes.removesuffix("分")) or 0)
    if part in _LATE:
        # 晚上一点 and 半夜两点 are after midnight, 晚上八点 is before it.
        if part in ("下午", "傍晚") or 5 <= hour < 12:
            hour += 12 if hour < 12 else 0
        elif hour == 12:
            hour = 0
    elif part == "中午" and hour < 3:
        hour += 12
    return f"{int(hour) % 24:02d}:{minute:02d}" if minute < 60 else None


def names_a_part(text: str) -> bool:
    """Whether a part of the day is named: 早上四点, and not 四点."""
    return re.search(_PART, text) is not None


def find_duration(text: str) -> Found | None:
    """How long it has lasted: "3天", "超过1周", "半年"; None when nothing is told."""
    for match in _DURATION.finditer(text):
        count, unit = match["n"], _UNIT[match["u"]]
        if match["u"] == "日" and text[: match.start("n")].endswith("月"):
            continue
        if match["so"] is None and not (match["lead"] and _ENDS.match(text, match.end())):
            continue
        if unit == "个月" and not match["half"]:
            continue
        more = bool(match["more"] or match["more2"] == "多" or match["half"] in ("多个", "来个", "余个", "个多"))
        if count in ("几", "好几", "数"):
            return _found(match, f"好几{unit}")
        if count == "半":
            return _found(match, "半年" if unit == "年" else f"半{unit}")
        # 四五天 and 两三个月: the lower of the two.
        number = {"俩": 2.0, "仨": 3.0}.get(count) or read(count) or (read(count[0]) if len(count) == 2 else None)
        if number is None:
            continue
        if match["half"] == "个半" or match["more2"] == "半":
            number += 0.5
        return _found(match, f"{'超过' if more else ''}{whole(number)}{unit}")
    if lasting := _LONG.search(text):
        return _found(lasting, "长期")
    return None


def find_period(text: str, now: datetime) -> Found | None:
    """Which months: "2026-05/2026-08", "2025", or a count, "3个月"."""
    if match := _PERIOD.search(text):
        ends = [_month(match[name], now) for name in ("a", "b")]
        if ends[0] and ends[1]:
            if "年" in match["a"] and "年" not in match["b"]:
                # 从2024年8月到12月: both of the year that was told.
                ends[1] = f"{ends[0][:4]}{ends[1][4:]}"
                if ends[1] < ends[0]:
                    ends[1] = f"{int(ends[1][:4]) + 1}{ends[1][4:]}"
            elif ends[0] > ends[1]:
                ends[0] = f"{int(ends[0][:4]) - 1}{ends[0][4:]}"
            return _found(match, f"{ends[0]}/{ends[1]}")
    if (match := _LISTED.search(text)) and (a := _month(match["a"], now)) and (b := _month(match["b"], now)) and a < b:
        return _found(match, f"{a}/{b}")
    last = now.replace(day=1) - timedelta(days=1)  # this month's wages are not owed yet
    if (match := _SINCE.search(text)) and (since := _month(match["a"], now)) and since <= f"{now:%Y-%m}":
        return _found(match, f"{since}/{last:%Y-%m}" if since < f"{last:%Y-%m}" else since)
    if match := _YEAR_OWED.search(text):
        year = next(find_dates(match.group(), now), None)
        if year:
            return _found(match, str(year.value)[:4])
    for match in _MONTHS_OWED.finditer(text):
        if match["n"] in ("一", "1") and _WAGE_OF.match(text, match.end()):
            continue
        if text[max(0, match.start() - 1) : match.start()] in ("每", "第", "上", "下", "这") or text[
            : match.start()
        ].endswith("年"):
            continue
        if match["unit"] == "月" and match["n"] not in ("俩", "仨"):
            continue
        if match["unit"] == "年" and match["n"].isdigit() and int(match["n"]) > LONGEST_OWED:
            # 23年十月: a year's name.
            continue
        if match["unit"] == "年" and _WORKED.search(text[: match.start()]):
            continue
        count = {"半": None, "俩": 2.0, "仨": 3.0}.get(
            match["n"], read(match["n"]) if match["n"] not in ("几", "好几") else None
        )
        unit = "年" if match["unit"] == "年" else "个月"
        if match["n"] == "半":
            return _found(match, "半年" if unit == "年" else "半个月")
        if match["n"] in ("几", "好几"):
            return _found(match, f"好几{unit}")
        if count:
            more = "超过" if "多" in match["unit"] else ""
            return _found(match, f"{more}{whole(count + (0.5 if '半' in match['unit'] else 0))}{unit}")
    if (match := _WAGES_OF.search(text)) and (month := _month(match["a"] or match["b"], now)):
        return _found(match, month)
    return None


def _month(words: str, now: datetime) -> str | None:
    words = words if "月" in words else f"{words.removesuffix('份')}月"
    dated = next(find_dates(words, now), None)
    return str(dated.value)[:7] if dated and dated.precision in ("month", "day") else None
