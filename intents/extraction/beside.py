"""Names that end like no shop's, told right beside what shows that they are one: where it is, or what it does with the citizen's money."""

import re
from collections.abc import Iterator, Sequence

from intents.extraction.name_shapes import DOING, GENERIC, KIND_OF, NO_DEALER, NO_QUOTED_NAME, QUOTED
from intents.found import Found
from intents.gazetteer.index import load_gazetteer
from intents.gazetteer.phrases import find_phrases

CONFIDENCE = 0.5
"""Less than any name that is known by its own shape: the read-back shows it, and the citizen may say no."""

_ACTS = (
    r"搬|关[门张了]|贴[了条]|跑路|倒闭|闭店|扣[着了我]|不[退给让认]|拖[着了欠]|欠[了着我]|让我|给我|给孩|把[我押]|换老板|办[的了卡]|充[了值]|"
    r"报[的了]|交[了的]|买[的了]|低音|音响|音乐|放歌|连个|连营|吹[的嘘]|又涨|涨价|虚假|骗|乱收|卷款|失联|没人"
)
"""What shops do, or is done with them."""

_END = rf"(?=[，,。！!？?；;、\s”\"」』]|$|{_ACTS})"
_NAME = r"(?P<name>(?:[A-Z][A-Za-z]+|[一-鿿A-Za-z][一-鿿A-Za-z0-9·]{1,7}?))"
_AFTER_PLACE = re.compile(
    rf"(?:旁边|对面|门口|附近|底商|楼下|[一二三四五六]楼|[一二三四五六]层|那边儿?|这边儿?)?的?(?:(?:那|这|有|一)[家个]|叫)?[\s“\"「『]*{_NAME}{_END}"
)
_HELD = re.compile(
    rf"(?:^|[，,。！!？?；;\s]){_NAME}(?=(?:[一-鿿]{{2,4}}站)?(?:扣[着了]|不退|[拖脱]?欠[了着]?(?:我|俺|咱|大家)|拖着))"
)
_BEFORE_PLACE = re.compile(rf"(?:^|[，,。！!？?；;\s]){_NAME}[\s，,]*$")
_WHERE_IN_BRACKETS = re.compile(
    r"(?:^|[在去到找，。,\s])(?P<name>[一-鿿A-Za-z]{2,8})[（(](?=[^）)]{2,30}(?:路|街|区|站|号|镇|旁边|附近|店|那家|楼)[^）)]{0,6}[）)])"
)
"""鸿居优家（良渚街道金家渡地铁站旁边那家）"""

_TOLD_SO = re.compile(
    r"(?P<name>[一-鿿A-Za-z0-9]{2,8})[\s，]*对[，\s]*(?P=name)|"
    r"(?:底商|楼下|店|班|馆|吧|地方|商场|[层楼])(?:就|好像)?叫(?P<so>[一-鿿]{2,6}?)(?=报名|办卡|办的|充值|充了|交了|上课|的时候)|"
    r"(?:洗车|理发|剪头|剪发|修脚|足疗|美甲|健身|补课|画画|学琴)的叫(?P<who>[一-鿿]{2,6}?)(?=[，,。\s])|叫(?:什么|啥)来着[，,哦嗯啊呃\s]*(?P<then>[一-鿿]{2,6}?)(?=充|办|交|在|对|买|花|[，,\s])"
)
"""蓝鲸现场对蓝鲸现场, as people say a name that they have just remembered; 底商叫艺蓓童画报名的时候."""

_WORKED_AT = re.compile(
    r"(?:饭店|饭馆|餐厅|工厂|厂子|公司|店)[一-鿿]{0,3}的?叫(?P<name>[一-鿿]{2,8}?)(?=一个月|干了|说好|每月|工资|[，,\s]|在)"
)
"""一个饭店洗碗的叫渝乡辣子鱼"""

_LATIN = re.compile(r"(?:的|那家|那个|楼下|旁边)?(?P<name>[A-Za-z][A-Za-z'&.]{2,18})(?![A-Za-z0-9])")
_ACRONYM = re.compile(r"[A-Z]{2,4}")
"""KTV, CBD, ATM: what many are."""

_GUARDING = re.compile(
    r"(?:当|做|干)(?:保安|保洁|服务员|骑手|司机|厨师|快递员|护工)[\s，,]*(?P<name>[一-鿿]{2,6})的(?=[\s，,。]|$)"
)

_SAID = re.compile(
    r"(?:[说讲写称问道告答复喊叫骂贴催推以按为是加收交当成作算要]|理由|名义|所谓|什么|承诺|保证|表示|宣称|号称|标着|显示|回复|广告|口号|通知|告示|牌子上?|一句|字样|打着|[一张]纸|纸条|条子)(?:了|着|的|是|过|我们?|他们?)*[：:，, ]*$"
)
_NAME_IS = re.compile(r"(?:牌子?|招牌|名字?|名称)(?:上)?(?:写的?|挂的?)?(?:是|为|着|：|:)$")
_SO_CALLED = re.compile(r"(?:为由|的?名义|的?理由|的?说法|费|款|等字样|字样|的?承诺|了?之)")
"""What is said, written or charged stands in quotes as well: 说“人在外地”, 加“特护费”."""

_NO_NAME = re.compile(
    r"[我你他她们这那有没不了的在是说给要去来就都也还很太把被让和跟么吗呢吧啊嘛呗哪谁几两想能会可以从到对]|"
    r"押金|定金|工资|工钱|房子|房东|学校|老师|孩子|老人|家长|幼儿|医院|物业|路灯|单车|小区|居民|业主|地铁|公交|车站|便道|门口|旁边|附近|广告|机构|公司|中介|合同|商家|老板|教练|店长|会员|年卡|次卡|充值|"
    r"[一二三四五六七八九十百\d]+[年月日号个次节张块元万千]|工地|干活|打工|上班|租房|买房|晚上|早上|半夜|每天|天天|现在|最近|投诉|举报|咨询|反映|举办|补课|课程|噪音|扰民|健身$|培训$|教育$|应该|真|[一二三四五六七八九十]层|楼$|[期区座]$|户口|住户|涨价|同志|^又"
)
"""What stands there as well, and names nothing."""


_SENTENCE = re.compile(r"[我你他她们不没了吗呢]|专家|权益|照旧|老师|教授|冠军|第一|免费|正规")

_ESTATE = re.compile(r"[园苑里庭]$")
"""What follows a place and ends like an estate is one; a home for the old may be called so too."""


def beside(text: str, kind: str, places: Sequence[Found], *, required: bool = True) -> Found | None:
    """The name of one kind (merchant, institution, employer) that nothing but its neighbours tells; `places` are the text's location phrases.

    Where the topic can do without (`required` false), only what is said to be a name or stands in quotes.
    """
    return next(_named(text, kind, places, required), None)


def _named(text: str, kind: str, places: Sequence[Found], required: bool) -> Iterator[Found]:
    if kind == "merchant":
        yield from (
            _found(match) for match in _TOLD_SO.finditer(text) if not _nothing(match[match.lastgroup or "name"])
        )
        yield from (_found(m) for m in _WHERE_IN_BRACKETS.finditer(text) if not _nothing(m["name"]))
        latin = (m for place in places if (m := _LATIN.match(text, place.end)))
        yield from (_found(m) for m in latin if not (GENERIC.match(m["name"]) or _ACRONYM.fullmatch(m["name"])))
    if kind != "employer":
        yield from (_found(match) for match in _quoted(text) if not _no_name_quoted(match["name"]))
    if not required:
        return
    matches = [m for place in places if (m := _AFTER_PLACE.match(text, place.end))]
    matches += [m for place in places if (m := _BEFORE_PLACE.search(text, 0, place.start))]
    if kind == "merchant":
        # 暖窝公寓扣着我押金: what holds the money is no estate, whatever it ends in.
        yield from (_found(match) for match in _HELD.finditer(text) if not _nothing(match["name"], estates=True))
    if kind == "employer":
        matches = [*_WORKED_AT.finditer(text), *_HELD.finditer(text), *_GUARDING.finditer(text), *matches]
    yield from (_found(match) for match in matches if not _nothing(match["name"], estates=kind == "institution"))


def _found(match: re.Match[str]) -> Found:
    group = match.lastgroup or "name"
    return Found(match[group], match[group], *match.span(group), CONFIDENCE)


def _quoted(text: str) -> Iterator[re.Match[str]]:
    for match in QUOTED.finditer(text):
        ahead = text[: match.start()]
        if not ((_SAID.search(ahead) and not _NAME_IS.search(ahead)) or _SO_CALLED.match(text, match.end())):
            yield match


def _no_name_quoted(name: str) -> bool:
    return bool(_SENTENCE.search(name) or GENERIC.match(name) or KIND_OF.match(name) or NO_QUOTED_NAME.search(name))


def _nothing(name: str, *, estates: bool = False) -> bool:
    """Whether it names nothing; with `estates`, what ends like an estate may still be a name."""
    return bool(
        _NO_NAME.search(name)
        or (not estates and (_ESTATE.search(name) or any(find_phrases(name))))
        or GENERIC.match(name)
        or KIND_OF.match(name)
        or DOING.search(name)
        or NO_DEALER.search(name)
        or NO_QUOTED_NAME.search(name)
        or name in load_gazetteer().names
    )
