"""Sums of money, told apart: paid, owed, remaining."""

import re
from dataclasses import dataclass, replace

from intents.extraction.numbers import Number, find_numbers, read, whole
from intents.found import Found

PAID, OWED, REMAINING = "amount_paid", "amount_owed", "amount_remaining"

_MONEY_AFTER = re.compile(
    r"\s*(?:多|来|余)?(?:块(?![儿去住干走吃玩砖地牌玻])钱?|元钱?|圆|人民币|rmb|RMB|￥|钱|大洋|毛)"
)
_NOT_MONEY_AFTER = re.compile(
    r"\s*(?:多|来|余|几)?(?:年(?!卡|费)|月(?!卡|嫂|饼)|日|号|点|时|分|秒|岁|楼|层|栋|单元|室|门|路|街|里|人(?!家)|个|名|位|户|家|次|节|天|周|星期|小时|平|米|公里|千米|斤|吨|辆|台|条|根|块(?:砖|地|牌|玻璃|儿|去|住|干|走|吃|玩)|路?公交|届|期|倍|%|％|度|张|元整?以上的|遍|趟|回|环|道|口|区|村|队|组|班|届|代|套|间|盏|棵|件|部|份|本|瓶|盒|支|站|胎|类|季度|学期|课时|次卡|只|把|处|伏|瓦|分贝|厘米|毫米|单|订)"
)
_ROLE_BEFORE = (
    (
        REMAINING,
        re.compile(
            r"(?:(?:还(?=剩|有|余|能|可)|剩|余|里面?|卡里|账户|里头|账上)(?:还|尚|仍)?(?:剩|有|余)?(?:下|额|余额)?(?:还|尚|仍)?(?:有|剩)?(?:了|有|是|大概|大约|约|差不多|没用完的?)*|(?:应|可|该|能|需|得)退(?:还|费)?(?:我|给我|金额|费用)?(?:是|为|共|：|:)*|(?:剩余|剩下|余下|未使用|没用完|未消费)的?(?:课时费|费用|金额|款项|余款|钱|学费|余额|会费)?(?:一共|总共|共|共计|是|大概|大约|约|差不多|还有|：|:)*|(?:剩余|剩下|还剩|余下)[^，。；]{0,8}[，,]?(?:折合|约合|价值|相当于|合计|合)(?:人民币|大概|大约|约)*)$"
        ),
    ),
    (
        OWED,
        re.compile(
            r"(?:欠|拖|拖欠|补发|补偿|应发|少发|少给|没给|没发|未发|未付|没付|没结|差|讨|少了|少算|要回|克扣)(?:了|我|我们|他们|大家|每个?人|薪|着|款|的)*(?:[一二两三四五六七八九十半\d]{1,3}(?:单|笔|次|个月|年|个季度))?[，,]?(?:[一-鿿]{0,3}费|工资|工钱|薪水|血汗钱|劳务费|工程款|钱)?(?:一共|总共|共|共计|合计|是|大概|大约|约|差不多|还|：|:|,|，)*$"
        ),
    ),
    (
        OWED,
        re.compile(r"(?:补上|补给|补足|打(?:了个?|过|的)欠条|欠条(?:上)?(?:写着?|是)?)(?:我|我们|我家|大家|娘俩)*$"),
    ),
    (
        OWED,
        re.compile(
            r"(?:工资|工钱|薪水|血汗钱|劳务费|工程款|补偿款|分红)(?:一共|总共|共|共计|合计|是|大概|大约|约|差不多|有|：|:)*$"
        ),
    ),
    (
        PAID,
        re.compile(
            r"(?:交|付|花|充|冲|存|垫|买|办|缴|支付|转|投|费用?|(?<!公)共|价格|价钱|价款|[年月季次]卡|会员卡|课包|总价|标价|售价|价|要|收|掏|打|预存|储值|消费|押金|定金|全款|货款|房款|尾款|学费|报名费|总共|一共|共计|实付|首付|给)(?:了|过|款|值|给|他|她|他们|的|卡|金|为|是|大概|大约|约|差不多|个|店里|商家|我|我们|钱|费|：|:|他们家)*$"
        ),
    ),
)
_ROLE_AFTER = (
    (
        OWED,
        re.compile(
            r"^(?:块钱?|元钱?|多|的|左右)*(?:工资|工钱|薪水|血汗钱|劳务费|薪资|工程款)?(?:还|都|也|一直|到现在|至今|现在)?(?:没有?给|没有?发|未发|未付|没有?付|没有?结|未结|拖着|不给|不发|没有?拿到|不结|没有?着落|没有?到账)"
        ),
    ),
    (
        REMAINING,
        re.compile(
            r"^(?:块钱?|元钱?|多|的)*(?:还)?(?:没有?用|没有?花|没有?消费|余额|剩余|没用完|未消费|未使用|没有?上|没有?享受)"
        ),
    ),
    (
        PAID,
        re.compile(
            r"^(?:块钱?|元钱?|多|的)*(?:押金|定金|会员|学费|办了|[办买充报交]的|的卡|的课|年卡|月卡|全年|包年|不限次|充值|买的|不退|不给退|不还)"
        ),
    ),
)
_COLLOQUIAL = re.compile(
    r"^[一二两三四五六七八九十几\d].*[万千百](?:零?[一二三四五六七八九1-9]|[一二三四五六七八九]百[一二三四五六七八九]?)$|^[一二两三四五六七八九]千[一二三四五六七八九]百[一二三四五六七八九]十[一二三四五六七八九]?$|^[一二三四五六七八九十]{1,3}(?:多)?万(?:多|来|出头)?$"
)
"""两万六, 四千七百六, 十六万八: said like that a number is a price, with no unit and no verb beside it."""

_TOTAL = re.compile(
    r"(?:加在一起|加起来|加一块儿?|[算年月]下来(?:就是)?|算起来|总共|一共|共计|合计|总计|拢共)(?:是|有|得|大概|大约|约|差不多|欠|交|付|花|了|我|我们|其|家)*$"
)
_SIGN = re.compile(r"[¥￥]\s*$")
_PER_MONTH = re.compile(
    r"(?:每月|每个月|一个月|月薪|底薪|基本工资|一月|(?<![个\d一二三四五六七八九十])月工资|月租|每人)(?:工资|薪水|是|要|给|大概|大约|的|房租|租金|税前|税后|到手)*$"
)
_MONTHS = re.compile(r"(?:(?P<n>[一二三四五六七八九十两半\d]{1,3})个(?P<half>半)?多?|(?P<both>[俩仨])(?P<half2>半)?)月")
_ONE_MONTH_ONLY = re.compile(
    r"(?:最后|头|第[一二三四五六七八九十]|这|那|上|末)(?:一)?个?月(?:的)?(?:工资|薪水|钱)?(?:是|要|给|的)*$"
)
"""最后一个月的工资: one month's, not so much a month."""

_STRONG = re.compile(
    r"(?:还|共|总共|一共|合计|至今|仍|尚)?(?:欠|差|拖欠|少发|少给|少付)(?:了|我|我们|我家|他们|大家|着|款|薪|工资)*(?:大概|大约|约|差不多)?$"
)
_OWN = re.compile(r"我(?:一个人|自己|本人|个人)?(?:还)?(?:有|欠|被欠)?$|本人(?:还)?有?$")
_BARE_CLAUSE = re.compile(r"(?:^|[，,、；;。\s])$"), re.compile(r"\s*(?:[，,、；;。]|$|(?<=\s))")
"""A price said alone between two commas: 办的年卡，2999，一次没去."""

_DIMES = re.compile(r"(?<=块)(?P<n>[一二三四五六七八九1-9])(?:毛|角)?钱?(?=[，,。；;、！!？?\s的没不]|$)")
"""六十二块五"""

_AGREED = re.compile(r"(?:说好|谈好|讲好|说的|答应|约定|谈的|一天|每天)(?:的|了|是|给)*$")
_PER_MONTH_AFTER = re.compile(r"^(?:块钱?|元钱?)?(?:一个月|每月|每个月|一月|/月)")
"""说好四千五一个月: what was to be paid each month, and no sum that is owed."""

_MORE_OWED = re.compile(r"^(?:块钱?|元钱?|多)*的?(?:提成|奖金|补贴|加班费|报销款?|押金|绩效|违约金)")
"""还有三千的提成: one more thing, and not what remains."""

_RECEIVED = re.compile(
    r"(?<![没未不少扣])(?:发|给|打|结|付|支|领|拿|到账|收到)(?:了|过)(?:我们?|大家|每人|每个人|生活费)*(?:大概|大约|约|差不多)*$"
)
"""What the workers have had already: 每人发了1000块路费."""

_DEMANDED = re.compile(
    r"(?:(?<!一)再|还[要得]|另外|另行|额外)(?:让我们?|要我们?)?(?:多|另)?(?:补交|补缴|交|付|加|掏|补|缴)$"
)
"""要我再交500 is asked for, and not paid."""

_UNIT_PRICE = (
    re.compile(
        r"(?:单价|原价|每(?:平方米|平米|课时|小时|人次|[亩节平次课张斤度天单趟])|一(?:平方米|平米|课时|小时|[亩节平课斤度天单趟]))(?:课|私教)?(?:的)?(?:价格|单价|补偿|标准)?(?:是|为|约|大概|要|按|算|：|:)*$"
    ),
    re.compile(r"^\s*(?:元|块钱?)?\s*(?:[/／每]\s*|一)(?:平方米|平米|课时|小时|人次|[亩节平次课张斤度天单趟](?!性))"),
)
"""每亩6.2万, 260元一节: what one costs, not what was paid."""

_SPELT = re.compile(r"[零〇一幺二两三四五六七八九]{2,}")
"""Digit by digit is how numbers are spelt, not sums."""

_USED = re.compile(r"(?:用|花|消费|扣|去|上)(?:了|掉|过|去)(?:大概|大约|差不多)?$")

OWING_TOPICS = frozenset({"unpaid_wages", "villager_benefits"})


@dataclass(frozen=True, slots=True)
class _Sum:
    number: Number
    end: int
    role: str | None
    used: bool
    monthly: bool
    total: bool = False
    strong: bool = False
    agreed: bool = False


def find_amounts(text: str, topic: str | None = None, asked: str | None = None) -> dict[str, Found]:
    """The sums of a text by role; values in yuan."""
    sums = [summed for number in find_numbers(text) if (summed := _sum(text, number, asked)) is not None]
    if topic in OWING_TOPICS:
        # What remains of wages is what is owed.
        sums = [
            replace(s, role=OWED, strong=s.strong or s.role == REMAINING)
            if s.role == REMAINING or (s.total and s.role == PAID)
            else s
            for s in sums
        ]
    if topic == "unpaid_wages":
        had = [s for s in sums if _RECEIVED.search(text[max(0, s.number.start - 14) : s.number.start])]
        sums = [replace(s, role=None) if s.role == PAID else s for s in sums if s not in had]
    default = asked if asked in (PAID, OWED, REMAINING) else OWED if topic in OWING_TOPICS else PAID
    found: dict[str, Found] = {}
    used: _Sum | None = None
    settled: set[str] = set()
    said = any(one.strong and not one.monthly for one in sums)
    for one in sums:
        if one.used:
            used = one
            continue
        role = one.role or default
        value = one.number.value
        months = _months_of(text) if role == OWED and (one.monthly or one.agreed) else None
        if one.agreed and not months:
            continue
        if months and not said:
            value *= months
        held = found.get(role)
        larger = one.role and held is not None and value > held.value and role != REMAINING
        if held is None or one.total or one.strong or (larger and role not in settled):
            settled |= {role} if one.strong else set()
            found[role] = Found(whole(value), text[one.number.start : one.end], one.number.start, one.end)
    if topic == "prepaid_refund" and OWED in found and REMAINING not in found:
        # What a shop owes is what is left on the card.
        found[REMAINING] = found.pop(OWED)
    if used and PAID not in found:
        # 花了1999 alone is what was paid; beside a larger sum it is what was used of it.
        found[PAID] = Found(whole(used.number.value), text[used.number.start : used.end], used.number.start, used.end)
    elif used and REMAINING not in found and used.number.value < found[PAID].value:
        left = whole(found[PAID].value - used.number.value)
        found[REMAINING] = Found(left, text[used.number.start : used.end], used.number.start, used.end, 0.8)
    return found


def _sum(text: str, number: Number, asked: str | None) -> _Sum | None:
    before, after = text[max(0, number.start - 14) : number.start], text[number.end : number.end + 14]
    sign = bool(_SIGN.search(before))
    before = _SIGN.sub("", before).rstrip()
    if _UNIT_PRICE[0].search(before) or _UNIT_PRICE[1].match(after):
        return None
    if _DEMANDED.search(before):
        return None
    role = next((role for role, pattern in _ROLE_BEFORE if pattern.search(before)), None)
    following = next((name for name, pattern in _ROLE_AFTER if pattern.search(after)), None)
    used = bool(_USED.search(before))
    money = _MONEY_AFTER.match(after)
    if not money and not sign:
        if _NOT_MONEY_AFTER.match(after) or re.search(r"[A-Za-z第\-]$", before) or re.match(r"[A-Za-z\-]", after):
            return None
        spelt = _SPELT.fullmatch(text[number.start : number.end])
        ahead = text[: number.start]
        alone = not spelt and _BARE_CLAUSE[0].search(ahead) and _BARE_CLAUSE[1].match(text, number.end)
        if number.value < 10 or number.value >= 1e9 or (1990 <= number.value <= 2035 and not role):
            return None
        bare = (
            asked in (PAID, OWED, REMAINING)
            and number.end - number.start >= len(text.strip(" 。.，,吧左右大概差不多约")) - 3
        )
        large = number.value >= 100
        colloquial = bool(_COLLOQUIAL.search(text[number.start : number.end]))
        if not (
            bare
            or used
            or colloquial
            or (large and alone and len(text) > number.end - number.start + 4)
            or (large and (role or following))
            or _PER_MONTH.search(before)
        ):
            return None
    end = number.end + (money.end() if money else 0)
    if money and not number.rough and (dimes := _DIMES.match(text, end)):
        number = replace(number, value=number.value + (read(dimes["n"]) or 0) / 10)
        end = dimes.end()
    if role == REMAINING and before.endswith("还有") and _MORE_OWED.match(after):
        return None
    left = role == REMAINING
    if following == OWED or (following == REMAINING and role != PAID):
        role = following
    total = bool(_TOTAL.search(before))
    strong = role == OWED and bool(_STRONG.search(before) or (following == OWED and (left or _OWN.search(before))))
    monthly = bool(_PER_MONTH.search(before)) and not _ONE_MONTH_ONLY.search(before)
    agreed = bool(_PER_MONTH_AFTER.match(after) and _AGREED.search(before))
    return _Sum(number, end, role or following, used, monthly, total, strong, agreed)


def _months_of(text: str) -> float | None:
    for match in _MONTHS.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] in ("每", "第"):
            continue
        words = match["n"] or match["both"]
        count = {"俩": 2.0, "仨": 3.0, "半": 6.0}.get(words)
        if count is None:
            count = next((n.value for n in find_numbers(words)), None)
        if count and 1 < count <= 36:
            return count + (0.5 if match["half"] or match["half2"] else 0)
    return None
