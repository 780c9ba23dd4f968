"""Sums that a text tells only by reckoning: so much a day for so many days, the whole less what came, a card less what was used of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intents.extraction.amount_shapes import COUNTED, PER_MONTH, RECEIVED
from intents.extraction.numbers import Number, read

_N = r"(?P<n>[一二两三四五六七八九十百\d]{1,5})"
_SUM = r"[一二两三四五六七八九十百千万\d.]{2,8}"

_USED = re.compile(
    rf"(?:上|用|洗|去|做|游|练|玩|剪|打|来|学|喝|吃|护理|消费)(?:到|完)?(?:了|过)?(?:有|才|大概|不到|差不多|只|就|也就|一共|总共|统共|到第)*{_N}(?:来|多)?(?:次|节|堂|课时|回|趟)"
)
_LEFT = re.compile(
    rf"(?<![周天月]就)(?<![周天月])(?:剩|还有|余|没上|没用|未上|未用|未使用|没消费)(?:余|下|完)?(?:的|了|着|那|还有|大概|应该|差不多)*{_N}(?:来|多)?(?:次|节|堂|课时|回)"
)
_HELD = re.compile(
    r"(?<![第每几一二两三四五六七八九十百\d])(?P<n>\d{1,4}|[一二两三四五六七八九十百]{1,5})\s*(?:次|节|堂|课时|回)(?!要)"
)
_PRICE = re.compile(
    r"(?:(?:一|每)(?:次|节|堂|课时|回)(?:课|私教)?(?:是|按|合|收|扣|才|就)*(?P<n>[一二两三四五六七八九十百千\d.]{2,6})(?!次|节)|(?P<m>[一二两三四五六七八九十百千\d.]{2,6})(?:块钱?|元)?(?:一|每)(?:次|节|堂|课时|回))"
)

_DAY = re.compile(
    r"(?:一天|每天|日工资|日薪|一个工|每个工|一个工日|每日|一日)(?:的)?(?:工资|工钱)?(?:说好|讲好|谈好|定的?|是|给|按|算|的)*(?P<n>[一二两三四五六七八九十百千\d]{2,6})"
    r"|(?P<m>[一二两三四五六七八九十百千\d]{2,6})(?:块钱?|元)?(?:一天|一个工|每天|[/／]天)"
)
_DAYS = re.compile(
    rf"(?:干|做|上|记|出|跑|刷|贴|挖|绑|剥|搬|站|累计|共计|一共|总共)(?:了|过|满|整|有|是|大概|一共|总共|差不多)*{_N}(?:多)?(?:天(?!(?:前|后|没|了也))|个工(?!人)|个工日)"
)
_PER_MU = re.compile(
    r"(?:一|每)亩(?:地)?(?:补偿?|赔偿?|给|是|定的?|标准|说好|按)*(?P<n>[一二两三四五六七八九十百千万\d.]{2,8})(?!亩)"
)
_LAND = r"(?<![每])(?P<n>[一二两三四五六七八九十\d.]{1,5})亩(?P<half>半)?(?:(?P<tenth>[一二三四五六七八九\d])分?)?(?!补|给|是|定)"
_MU, _TAKEN_LAND = re.compile(_LAND), re.compile(rf"[占征](?:去|了|用|收|掉)?(?:我们?家?|俺家)?(?:的)?{_LAND}")
_MONTHLY = re.compile(
    rf"(?:月薪|一个月|每个?月)(?:说好|讲好|谈好|工资|是|给)*(?P<n>{_SUM})(?!个)|(?P<m>{_SUM})(?:块钱?|元)?(?:一个月|每个?月|[/／]月)"
)
_MONTHS = re.compile(
    r"(?<![每第零一二两三四五六七八九十\d])(?P<n>[二两三四五六七八九]|十[一二]?|[2-9]|1[0-2])个(?P<half>半)?月"
)
_IN_MONTH = re.compile(
    r"(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?(?:上半个月|下半个月|半个月)?(?:的|工资|欠|差|是|应发|应得|应该|跑了|做了|底薪)*$"
)
_EACH = re.compile(
    r"(?P<run>(?:(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?[、，,和]?){2,4})(?:的|工资|都|欠)*(?:各|每个?月|每月)(?:是|欠)?$"
)
_ONE_MONTH = re.compile(r"(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月")

_REST = re.compile(
    r"剩下|余下|余款|其余|剩余|尾款|下余|差额|余钱|后来|到现在|至今|到今天|一分没|一直没|再没|再也|就没|先花着|没下文|推脱|推托|拖到|拖着|不再|说等|没给齐|留作"
)
_CAME = re.compile(
    r"(?:预支|借支|支取|垫付|已领|已付|已发|已收|先行支付|一[回次笔]|(?:只|才|就|先|已经?|中间|一共|总共|期间|前后)?(?:给|打|拿|发|领|到账|支付|支|结|转)(?:了|过|到)?)(?:我们?家?|俺们?|我|大家|他|每人|人民币|大概|大约|约|共|现金|[一两二三]次|[一两二三]回|一笔)*$"
)
"""What of the whole has come already, said before the sum."""

_CAME_AFTER = re.compile(r"^(?:块钱?|元钱?|多)*(?:的)?(?:生活费|路费|红包|预支|借支)")
_NOT_MINE = re.compile(r"(?:隔壁|别人|别家|人家|邻居|其他人?|有的人?|工友)[^，。,.；;\s]{0,8}$")

_AGAIN = re.compile(
    r"(?<![让要叫得需说须不就])(?<![让要叫得需说须不就]我)(?:又|再|后来|第[二三四]次|接着|剩下的|补)(?:[^，。；;]{0,10}?(?:充|冲|刷|交|续|付|补|转|存|凑|加)(?:了|的|上)?(?:费|我|钱)?|[^，。；;]{0,4}买(?:了|的)[^，。；;]{0,12}|(?<=第[二三四]次))$"
)
"""要我再交500 is asked for, and not paid."""

_AND = re.compile(r"(?:块钱?|元)?的?[一-鿿]{0,5}?(?:及|加上?|以及|外加)(?!一个月)[一-鿿]{1,6}[费金款]?")

_PIECE = "箱|斤|袋|盒|套|件|瓶|双|桶|条|单"
_PIECE_PRICE = re.compile(
    rf"(?P<n>[一二两三四五六七八九十百千\d.]{{2,7}})(?:块钱?|元)?[一每](?P<piece>{_PIECE})|[一每](?P<same>{_PIECE})(?:是|要|卖)?(?P<m>[一二两三四五六七八九十百千\d.]{{2,7}})(?!{_PIECE}|[万千百])"
)
_LISTED = re.compile(
    rf"一(?P<what>[张笔单])(?:是|卡|刷了|充了)?(?P<n>{_SUM}?)(?:块|元)?(?=[，,、；;\s和都]|还有|一[张笔单])"
)

_SHARE = re.compile(
    r"(?:我|俺)(?:和|跟|同|与)(?:我)?(?:女儿|闺女|儿子|孩子|娃|老婆|媳妇|老公|丈夫|母亲|妈|我妈)|(?:俺|我们)?(?P<two>娘|母女|母子|父女|父子|爷)俩|两口人?|我们?(?:娘仨|爷仨)|(?:一家|全家)(?P<n>[三四五六])口"
)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A sum in yuan, and the words text[start:end] that it was reckoned from."""

    value: float
    start: int
    end: int


def left_of_card(text: str, paid: float) -> Reckoned | None:
    """What of `paid` is left when so many of a number of times were used: 四千八，四十次，去了十五次."""
    used, left = _count(_USED, text), _count(_LEFT, text)
    told = left or used
    if told is None:
        return None
    taken = {match.start("n") for pattern in (_USED, _LEFT) for match in pattern.finditer(text)}
    counts = [n for match in _HELD.finditer(text) if match.start("n") not in taken and (n := read(match["n"]))]
    held = max(counts, default=0.0)
    remaining = left[0] if left else held - told[0]
    if held:
        value = paid * remaining / held if 0 < remaining < held else 0
    else:
        prices = (read(match["n"] or match["m"]) for match in _PRICE.finditer(text))
        price = next((one for one in prices if one and 5 <= one < paid), None)
        value = 0 if price is None else price * left[0] if left else paid - price * told[0]
    return Reckoned(round(value), told[1], told[2]) if 0 < value < paid else None


def owed_by_days(text: str) -> Reckoned | None:
    """So much a day for so many days: 一天三百二，干了四十六天."""
    day, days = _DAY.search(text), _count(_DAYS, text)
    rate = read(day["n"] or day["m"]) if day else None
    if day is None or rate is None or days is None or not 50 <= rate <= 2000:
        return None
    return Reckoned(rate * days[0], min(day.start(), days[1]), max(day.end(), days[2]))


def owed_by_wage(text: str) -> Reckoned | None:
    """So much a month for so many months: 2600一个月干了5个月."""
    rate, months = _MONTHLY.search(text), _MONTHS.search(text)
    monthly = read(rate["n"] or rate["m"]) if rate else None
    if rate is None or months is None or monthly is None or not 500 <= monthly <= 50_000:
        return None
    count = (read(months["n"]) or 0) + 0.5 * bool(months["half"])
    return Reckoned(monthly * count, min(rate.start(), months.start()), max(rate.end(), months.end()))


def owed_by_land(text: str) -> Reckoned | None:
    """So much for each mu: 一亩三万八，占了两亩."""
    rate, land = _PER_MU.search(text), _TAKEN_LAND.search(text) or _MU.search(text)
    per_mu = read(rate["n"]) if rate else None
    if rate is None or land is None or not per_mu or per_mu < 500:
        return None
    tenths = read(land["tenth"]) or 0 if land["tenth"] else 5 * bool(land["half"])
    size = (read(land["n"]) or 0) + tenths / 10
    return Reckoned(round(per_mu * size), min(rate.start(), land.start()), max(rate.end(), land.end()))


def owed_by_months(text: str, numbers: Sequence[Number]) -> Reckoned | None:
    """What is owed month by month: 七月5600，八月5800；三月四月各5800."""
    items: dict[str, Number] = {}
    value = 0.0
    for number in numbers:
        before = text[max(0, number.start - 16) : number.start]
        if number.value < 100 or COUNTED.match(text, number.end):
            continue
        if each := _EACH.search(before):
            months = _ONE_MONTH.findall(each["run"])
            items |= dict.fromkeys(months, number)
            value += number.value * len(months)
        elif (month := _IN_MONTH.search(before)) and month["month"] not in items:
            items[month["month"]] = number
            value += number.value
    if len(items) < 2:
        return None
    return Reckoned(value, min(n.start for n in items.values()), max(n.end for n in items.values()))


def shares(text: str) -> float:
    """For how many people the teller asks where a sum is told for each: 我和我闺女 → 2."""
    match = _SHARE.search(text)
    if match is None:
        return 1
    return (read(match["n"]) or 1) if match["n"] else 3 if "仨" in match.group() else 2


def came(text: str, numbers: Sequence[Number], told: Reckoned) -> float:
    """How much of a whole sum has come already, where the rest is spoken of; 0 when nothing is told.

    What came is told later than the whole.
    """
    if not _REST.search(text):
        return 0
    return sum(
        number.value for number in _came(text, numbers) if number.start >= told.start and number.value < told.value
    )


def _came(text: str, numbers: Sequence[Number]) -> Iterator[Number]:
    for number in numbers:
        before, after = text[max(0, number.start - 14) : number.start], text[number.end : number.end + 8]
        if PER_MONTH.search(before) or COUNTED.match(after) or number.value < 100 or _NOT_MINE.search(before):
            continue
        if _CAME.search(before) or RECEIVED.search(before) or _CAME_AFTER.match(after):
            yield number


def paid_again(text: str, number: Number) -> bool:
    """Whether a sum was paid on top of the one before: 先充两千，又充了三千."""
    before = text[max(0, number.start - 24) : number.start]
    return _AGAIN.search(before) is not None


def paid_besides(text: str, end: int, number: Number) -> bool:
    """Whether a sum is told with the one that ends at `end`: 定金5万元及服务费2.1万元."""
    return _AND.fullmatch(text, end, number.start) is not None


def bought_by_piece(text: str) -> Reckoned | None:
    """So many pieces at so much each: 定了46箱，128一箱."""
    for price in _PIECE_PRICE.finditer(text):
        piece, each = price["piece"] or price["same"], read(price["n"] or price["m"])
        count = re.search(rf"(?P<n>[两二三四五六七八九十百]{{1,3}}|[1-9]\d{{0,2}}){piece}", text)
        many = read(count["n"]) if count else None
        if count is not None and each and many and many > 1:
            return Reckoned(round(each * many, 2), min(count.start(), price.start()), max(count.end(), price.end()))
    return None


def listed(text: str) -> Reckoned | None:
    """Sums told receipt by receipt: 一张3000，一张5000，还有一张8800."""
    told = [(match, value) for match in _LISTED.finditer(text) if (value := read(match["n"])) and value >= 50]
    if len(told) < 2 or len({match["what"] for match, _ in told}) > 1:
        return None
    return Reckoned(sum(value for _, value in told), told[0][0].start(), told[-1][0].end())


def _count(pattern: re.Pattern[str], text: str) -> tuple[float, int, int] | None:
    for match in pattern.finditer(text):
        if count := read(match["n"]):
            return count, match.start(), match.end()
    return None
