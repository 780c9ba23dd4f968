"""How many people, and in which year a child was born."""

import re
from datetime import datetime

from intents.extraction.numbers import NUMBER, read
from intents.found import Found

_PEOPLE = re.compile(
    rf"(?P<n>{NUMBER.pattern})(?:多|来|余)?(?:个|名|位|号|家|口子?)?(?:多)?(?:[不没][一-鿿]{1, 4}的)?(?:人(?!民币)|口子|户|工人|工友|农民工|员工|同事|老人|家长|业主|租户|租客|学生|会员(?![费卡价制])|住户|村民|顾客|消费者|骑手|[钢瓦木水电油泥杂力小架][筋电漆]?工|老乡|兄弟|孩子|老师|护士|保安|司机)"
)
_OF_THEM = re.compile(
    rf"(?:工人|员工|老人|家长|业主|租户|会员|村民|骑手|学生|住户)(?:一共|总共|有|约|大概)*(?P<n>{NUMBER.pattern})(?:多|来|余)?(?:个|名|位|户)(?![月年天小])"
)
_IN_ALL = re.compile(
    rf"(?:算下来|加起来|住了?得?有?)(?:大概|差不多|将近|有|得)*(?P<n>{NUMBER.pattern})(?:多|来|余)?(?:个|口)(?=[，,。；\s]|都)"
)
"""算下来二十来个: who they are has been said before."""

_ALONE = re.compile(r"(?:就|只有)我(?:自己)?(?:一个人?|自己)|我自己|一个人")
_BORN = re.compile(
    r"(?P<y>(?:20)?[0-2]\d|二[零〇][零〇一二三四五六七八九]{2})年(?:[\d一二三四五六七八九十]{1,2}月)?(?:份|底|初|中旬|末)?(?:\d{1,2}[日号])?(?:份)?(?:出?生|的孩子|的娃|的宝宝|(?<=月)的(?=[，,。\s]))"
)
_AGE = re.compile(r"(?P<n>[一二两三四五六七]|[1-7])(?:周)?岁(?P<half>半)?")
_YEAR = re.compile(r"(?<!\d)(?:20[0-2]\d|[0-2]\d(?=年))")


def find_people(text: str, *, bare: bool = False) -> Found | None:
    """How many people are concerned; a bare number too when it was asked."""
    best: Found | None = None
    for match in (*_PEOPLE.finditer(text), *_OF_THEM.finditer(text), *_IN_ALL.finditer(text)):
        # 五六个人: the lower of the two.
        value = read(match["n"]) or (read(match["n"][0]) if len(match["n"]) == 2 else None)
        if value is not None and 1 <= value <= 100_000 and (best is None or value > best.value):
            best = Found(int(value), match.group(), match.start(), match.end())
    if best is None and bare:
        if alone := _ALONE.search(text):
            return Found(1, alone.group(), alone.start(), alone.end())
        if number := NUMBER.search(text):
            value = read(number.group())
            if value is not None and value >= 1:
                return Found(int(value), number.group(), number.start(), number.end())
    return best


def find_birth_year(text: str, now: datetime, *, bare: bool = False) -> Found | None:
    """The year a child was born, said or from its age."""
    if match := _BORN.search(text):
        year = int(read(match["y"]) or 0)
        return Found(year + 2000 if year < 100 else year, match.group(), match.start(), match.end(), precision="year")
    if ("孩" in text or "娃" in text or "宝" in text or "岁" in text) and (match := _AGE.search(text)):
        years = int(read(match["n"]) or 0)
        return Found(now.year - years, match.group(), match.start(), match.end(), 0.7, precision="year")
    if bare and (match := _YEAR.search(text)):
        year = int(match.group())
        return Found(year + 2000 if year < 100 else year, match.group(), match.start(), match.end(), precision="year")
    return None
