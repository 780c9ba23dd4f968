"""Other cities: a name that stands behind one of them is not Beijing's, however well it is known here."""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from intents.gazetteer.index import load_gazetteer

REACH = 14
"""Characters behind a city's name within which a district still belongs to it."""

_ORIGIN = re.compile(
    r"^(?:市|省|的)?(?:人(?!民)|籍|老家|户口|来的|过来|话|口音|菜|大厦|[东西南北中]?大?(?:路|街|道|巷)|烤鱼|拉面|胡同)"
)
_MASKED = re.compile(r"(?<![A-Za-z])[A-Z]\d{0,2}[市区县](?![A-Za-z])")
"""What publishers of letters put in a town's place."""

_FROM = re.compile(r"(?:老家|籍贯|祖籍|户籍|来自|家乡|出生)[^，,。]{0,4}$")
_ROAD_BEFORE = re.compile(r"[路街桥站楼]上$")
"""南苑路上|海户屯 is no 上海."""

_WORDS_TOO = re.compile(r"(?<=[一二三四五六日天末])日照|三明(?=[天年早晚后])")
"""周六日照上不误 is no 日照, 高三明天 no 三明."""

_QUOTED = re.compile(r"[“「『《][^”」』》]{0,6}$")
_MOVED = re.compile(r"(?:[搬迁转并](?:到|去|至|往)?了?|(?:新店|老店|总店|总部|分店)(?:开|搬|都)?在|跑(?:到|去)?)$")
_ITS_DISTRICT = re.compile(r"市?[一-鿿]{1,3}?[区县市](?![域间别分块场])")
_NAMED_SO = re.compile(r"开(?:福|平|州|原|发|封|阳|江|化)|来(?:宾|安|凤)|停车场")
"""开福区: a verb's character in a name."""

_NO_CITY = "北京市|本市|全市|我市|城市|超市|门市|都市|夜市|菜市|集市|股市|房市|楼市|上市|早市|该市|各市|外市|闹市|直辖市|省市|区市|县市|进市|出市|花市|米市|瓷器口|东市|西市|鱼市|市市"
_SOME_CITY = re.compile(rf"(?!(?:{_NO_CITY}))[一-鿿]{{2}}市(?=[一-鿿]{{1,6}}(?:区|县|街道|镇|乡|路|街|村|小区))")


_PROVINCE = re.compile(
    r"(?:河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆)(?:省|自治区)?的?$"
)

NO_NAME = re.compile(
    r"[的了是有在不被没我你他她人请要能会可说把让给来去看做吃住买卖开修堵坏停拉堆呢吧啊呀嘛]|政府|公司|部门|居民|村民|领导|法院|医院$|那边|这边|地方|什么|街道|管理|反映|投诉|公交\d|地铁\d"
)
"""What cannot stand in a place's name: verbs, pronouns, authorities."""

_REST = re.compile(
    r"市?(?:(?:(?![的了是有在不我你他她这那一每])[一-鿿0-9A-Za-z]){1,16}(?=(?:的?(?:那边|这边|那块|附近))?(?:[，,。；;！!？?）)\s“\"「『《]|$)|的[“\"「『])"
    rf"|{_ITS_DISTRICT.pattern})"
)


_NEARER = re.compile(
    r"(?![^，。]{0,9}(?:公司|医院|学校|银行))(?:(?![的了是有在不我你他她这那一每某])[一-鿿]){2,8}?(?:门口|附近|旁边|对面|路口|[镇乡村](?![一-鿿]*[镇乡村])|(?=一套|前期|物业|业主|一家|那条|有家|有个|租房|的[“\"「]))"
)
"""What lies nearer than the district: 长沙雨花区|井湾子家润多门口."""


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    lines = (files("intents.gazetteer") / "data" / "cities.txt").read_text(encoding="utf-8").splitlines()
    names = [name for line in lines if not line.startswith("#") for name in line.split()]
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def governed_by_other_city(text: str, start: int, end: int) -> bool:
    """Whether another city's name stands close before the name at text[start:end], with no 北京 in between."""
    before = text[max(0, start - REACH) : start]
    last = None
    for pattern in (_pattern(), _SOME_CITY):
        for match in pattern.finditer(text, max(0, start - REACH), end):
            if match.start() < start and not _ORIGIN.match(text[match.end() : match.end() + 4]):
                last = match
    if last is None:
        return False
    return "北京" not in before[max(0, last.start() - max(0, start - REACH)) :]


def speaks_of_elsewhere(text: str) -> bool:
    """Whether a text is about another city, named or masked (A市K3县), and Beijing is not spoken of."""
    return "北京" not in text and (bool(_MASKED.search(text)) or next(cities(text), None) is not None)


def cities(text: str) -> Iterator[tuple[int, int]]:
    """Where other cities are named as a place: the name with what follows it up to the end of the clause, or with its district alone."""
    end_of_last = 0
    for match in _pattern().finditer(text):
        if _FROM.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        if _ROAD_BEFORE.search(text, max(0, match.start() - 1), match.start() + 1):
            continue
        if _QUOTED.search(text, 0, match.start()) or _MOVED.search(text, 0, match.start()):
            # “安顺家园”中介, 搬到固安去了: a shop's name, and where it is gone.
            continue
        if any(text[match.start() : match.end() + more] in load_gazetteer().names for more in (1, 2)):
            # 榆林堡 is a village of ours.
            continue
        if _WORDS_TOO.match(text, match.start()):
            continue
        if match.start() < end_of_last or _ORIGIN.match(text[match.end() : match.end() + 4]):
            continue
        rest = _REST.match(text, match.end())
        if rest and NO_NAME.search(_NAMED_SO.sub("", rest.group())):
            rest = _ITS_DISTRICT.match(text, match.end())
        end = rest.end() if rest else match.end()
        if end and text[end - 1] in "区县市" and (nearer := _NEARER.match(text, end)):
            end = nearer.end()
        end_of_last = end
        province = _PROVINCE.search(text, 0, match.start())
        yield province.start() if province else match.start(), end
