"""The answers to a follow-up (回访): was somebody in touch, is it solved, are they satisfied. Several may stand in one sentence.

`CONTACTED` is yes or no, `SOLVED` yes, partly or no, `SATISFIED` yes, fair or no. A bare yes or no belongs to the question that was
asked; everything else is read from its own words, whichever question was asked.
"""

import re

from intents.extraction.choices import read_choice
from intents.found import Found

CONTACTED, SOLVED, SATISFIED, REMARK = "contacted", "solved", "satisfied", "remark"
QUESTIONS = (CONTACTED, SOLVED, SATISFIED, REMARK)
YES, PARTLY, FAIR, NO = "yes", "partly", "fair", "no"

CHOICES = {
    CONTACTED: {"联系过": YES, "没联系": NO},
    SOLVED: {"解决了": YES, "解决了一部分": PARTLY, "没解决": NO},
    SATISFIED: {"满意": YES, "一般": FAIR, "不满意": NO},
    REMARK: {"没有了": NO},
}
"""What each question offers, in the order of its buttons, and what each choice means."""

_NOT = r"(?:没有?|未能?|不|从没|并没|并未|仍未|仍没|也没|都没|还没有?)"
_MEND = r"(?:解决|处理|修理|修|弄|办|搞|整改|整治|清理|落实|拆|治理)"
_DONE = r"(?:完|好|成|妥|掉|干净|到位|利索)"
_SOME = r"(?:一?半|一?大?部分|一点儿?|一些|几[个处盏家户]|差不多)"
_HEARSAY = r"(?<!说)(?<!说是)(?<!说已经)(?<!说都)(?<!显示)(?<!写着)(?<!要是)(?<!如果)(?<!等)(?<!假)(?<!算)"

_READINGS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    SOLVED: (
        (
            PARTLY,
            re.compile(
                rf"{_NOT}(?:能)?(?:完全|彻底|全部?|都|完整地?){_MEND}?{_DONE}?|{_MEND}{_DONE}?了?{_SOME}|(?:部分|基本上?|大部分|差不多|勉强)(?:已经?)?{_MEND}{_DONE}?了?|"
                rf"(?:好|退)了?{_SOME}|好[一了](?:点|些)|有(?:所|点|些)(?:改善|好转)|(?:只|就){_MEND}了|一半一半|还(?:差|剩)(?:一?点|一些|一部分|几)"
            ),
        ),
        (
            NO,
            re.compile(
                rf"{_NOT}(?:人|谁|给|能|帮|我们?|他们|有|怎么|任何|真正|得到|根本|再|见){{0,3}}{_MEND}|{_MEND}不(?:了|好|掉|下来)|"
                r"没(?:有)?(?:什么|任何|一点儿?)?(?:结果|动静|变化|改善|进展|下文|回音|消息|人管|人理|好转|效果|退)|不管用|没用|根本没动|没人管|"
                r"(?:还是|还|仍然?|依然|照样|依旧|照旧)(?:是)?(?:那样|这样|老样子|原样|一样|坏着?|堵着?|吵|漏|没|不(?!错)|有(?:问题|味|人)|存在|停着|占着|黑)|还在(?:漏|吵|堵|停|占|拖|响|闹|乱)|"
                r"又(?:坏|漏|堵|灭|不亮|停|来|犯|乱)了?|老样子|原封不动|白(?:说|投诉|反映|打)了?|糊弄|敷衍|踢皮球|推来推去|互相推|不给(?:我们?)?(?:解决|退|修|办)"
            ),
        ),
        (
            YES,
            re.compile(
                rf"{_HEARSAY}(?:(?:已经?|都|全都?|全部|终于|彻底|完全|当天就|很快就|后来)?{_MEND}{_DONE}?了(?!吗|没|{_SOME})|(?:已经?|都|全部?|终于|彻底|完全|得到|圆满){{1,2}}(?:解决|处理好|修好|弄好|办好))|"
                r"(?:问题|事情?|事儿|毛病)(?:已经?|都)?(?:好|没)了|^(?:已经?|都|早就?|全)?好了[。！!]?$|搞定|没(?:有)?问题了|(?:灯|路灯)?(?:都|已经?|又)?亮(?:了|起来了)|退(?:给我|到账|回来|款到)(?:了|了钱)?|钱(?:已经?|都)?(?:退|到账?|给|拿到?)了|"
                r"不(?:漏|堵|吵|响|臭|停)了|(?:恢复)?正常了|恢复了|来(?:水|电|气)了|暖气热了"
            ),
        ),
    ),
    CONTACTED: (
        (
            NO,
            re.compile(
                rf"{_NOT}(?:有|见|一个|任何|什么)?(?:人|谁|单位|工作人员)?(?:跟|和|给|来|主动)?(?:我们?)?(?:联系|联络|来过?(?!电)|打过?(?:电话)?|回过?电话|找过?|上过?门|露面|通知)|"
                r"(?:谁|哪个|单位)(?:也|都)没(?:有)?(?:联系|来|打|找)|没(?:有)?(?:接到|收到|等到)(?:过)?(?:任何|什么|他们的?)?(?:电话|联系|通知|消息|短信)|没(?:有)?人(?:来|找|理|搭理|问)"
            ),
        ),
        (
            YES,
            re.compile(
                r"(?<!我)(?<!我去)(?<!我主动)(?<!说要)(?<!要)(?:联系|联络)(?:过|了|上了?|到)(?!他们|物业|商家|他|对方|客服|老板)(?:我们?)?|(?:跟|和|与)我们?(?:联系|沟通|说)(?:过|了)|联系我们?了|"
                r"(?:来|打|给我打|接到|收到|回)(?:过|了)?(?:一个|一次|几[个次]|两[个次])?(?:他们的?)?(?:电话|短信)(?:来?了|过)?|(?:有|派|来)(?:人|工作人员|师傅)(?:来|上门|联系|打电话|找|看)?(?:过|了)|来过(?:人|一趟|一次|了)?|来(?:看|查|问|修|谈)过|上门(?:看|查|来|修)?(?:过|了)|(?:工作人员|师傅|物业|社区|街道)(?:都|也)?(?:来|打电话|联系)(?:过|了)"
            ),
        ),
    ),
    SATISFIED: (
        (
            NO,
            re.compile(
                r"(?:不|没|并不|不是|不太|不怎么|不很|不大|谈不上|说不上|很不|非常不|特别不|极不)(?:很|太|怎么|那么|特别|是很)?满意|差评|(?:太|很|真|特别|态度|服务)(?:差|糟|烂|慢|敷衍)(?:劲)?|失望|不像话|气(?:死|人)|一肚子气|不行|不认可"
            ),
        ),
        (
            FAIR,
            re.compile(
                r"基本(?:上)?满意|还(?:算)?(?:行|可以|凑合|过得去|成|满意)|一般(?:般|吧)?|凑合|马马虎虎|马虎|将就|过得去|勉强(?!解决)|中等|说得过去|就那样|不好不坏|还好"
            ),
        ),
        (
            YES,
            re.compile(
                r"(?:很|非常|十分|挺|特别|比较|相当|太|都|还)?满意|好评|(?:很|挺|非常|特别|真|太|都挺)(?:好|不错|快|及时|负责|棒)|(?:真|很|挺)?不错|点赞|五星|满分|没得说"
            ),
        ),
    ),
}

_EDGE = r"[\s，,。.!！~？?的了啊呀吧呢嘛哦哈]*"
_LEAD = r"(?:嗯+|呃+|哦+|那个|这个|就是|我觉得|应该|好像|算)?"


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(f"^{_EDGE}{_LEAD}{_EDGE}(?:{words}){_EDGE}$")


_BARE: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    CONTACTED: (
        (YES, _whole("有|有过|是|是的|对|嗯+|联系|联系过?|来过|打过|接到过?|找过|好的?")),
        (NO, _whole("没有?|没有过|没|未|不|不是|从来没有?|没人|一直没有?|无")),
    ),
    SOLVED: (
        (PARTLY, _whole("一半|部分|一部分|差不多|基本|基本上|还差点?|没完|没全|不完全|算是|半半")),
        (YES, _whole("是|是的|对|嗯+|好|解决|已经|有|都解决|可以|行|完事|妥")),
        (NO, _whole("没有?|没|未|不|不是|还没有?|没呢|哪有|根本没有?|没解决|并没有?|早着呢|否")),
    ),
    SATISFIED: (
        (FAIR, _whole("一般|还行|还可以|可以|凑合|马马虎虎|中等|行|行吧|过得去|还好")),
        (YES, _whole("是|是的|对|嗯+|好|好的|满意|有|挺好|很好|太好|棒|必须")),
        (NO, _whole("不|没有?|没|不是|不满意|差|太差|不好|否|哪能满意")),
    ),
    REMARK: (
        (
            NO,
            _whole(
                "没有?|没|没啥|没什么(?:要|可)?(?:补充|说)?|没有?(?:要|别的)?补充|没别的|没事|不用|不用说|无|就这些|就这样|没问题|不|可以|好|谢谢|没有谢谢|暂时没有?|没补充|不补充|不说"
            ),
        ),
    ),
}


def read_follow_up(text: str, asked: str | None) -> dict[str, Found]:
    """The answers in a message by question. `asked` is the question that stands open, None when nothing was asked just now."""
    found: dict[str, Found] = {}
    if asked is not None:
        for value, pattern in _BARE[asked]:
            if pattern.match(text):
                return {asked: Found(value, text, 0, len(text))}
        if (chosen := _numbered(text, asked)) is not None:
            return {asked: chosen}
    for question, readings in _READINGS.items():
        if (one := _read(text, readings)) is not None:
            found[question] = one
    return found


def rest(text: str, found: dict[str, Found]) -> str:
    """What a message says beyond the answers in it: too little is none."""
    left = list(text)
    for one in found.values():
        left[one.start : one.end] = " " * (one.end - one.start)
    return re.sub(r"[\s，,。.!！？?；;、~的了啊呀吧呢嘛但是不过可谢您好就都也是我挺很]", "", "".join(left))


def _numbered(text: str, asked: str) -> Found | None:
    """“第二个”: the button's place."""
    options: dict[str, tuple[str, ...]] = dict.fromkeys(CHOICES[asked], ())
    if len(options) < 2 or not re.match(r"^\s*(?:我?选)?(?:第?[一二三123][个项]?|最后一?个|头一个)[吧的。]*\s*$", text):
        return None
    chosen = read_choice(text, options)
    return Found(CHOICES[asked][str(chosen.value)], text, 0, len(text)) if chosen else None


def _read(text: str, readings: tuple[tuple[str, re.Pattern[str]], ...]) -> Found | None:
    """The first reading that fits, unless what was first denied came true in the end (没解决，后来解决了)."""
    for value, pattern in readings:
        match = pattern.search(text)
        if match is None:
            continue
        if value == NO and readings[-1][0] == YES:
            later = re.compile(rf"(?:后来|最后|终于|现在|今天|昨天|这两天).{{0,6}}?(?:{readings[-1][1].pattern})")
            if after := later.search(text, match.end()):
                return Found(YES, after.group(), after.start(), after.end())
        return Found(value, match.group(), match.start(), match.end())
    return None
