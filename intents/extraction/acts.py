"""Dialog acts: what a message does to the conversation, besides what it tells.

Conservative on purpose: a long complaint must not cancel itself because 算了 stands somewhere in it. Most acts are read
only from short messages, anchored at both ends; danger is read anywhere, but only where it is present.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

SHORT = 16
"""Characters up to which a message can be nothing but an act."""

_END = r"[吧了啊呀呢哦噢嘛啦的哈么]*[。.!！~～，,？?\s]*$"
_START = r"^[\s，,。]*(?:嗯+|呃+|啊+|哦+|那个|那|就是|哎|唉|喂|您好|你好)*[\s，,。]*"


@dataclass(frozen=True, slots=True)
class Act:
    """One act; `detail` is what it acts on (a danger's kind, a ticket number, (old, new, field hint) of a correction)."""

    kind: str
    start: int
    end: int
    detail: Any = None


def _whole(*words: str) -> re.Pattern[str]:
    return re.compile(f"{_START}(?:{'|'.join(words)}){_END}")


_WHOLE_MESSAGE = {
    "affirm": _whole(
        "嗯+[呢呐哪]", "对+", "对的?对的?", "是", "是的", "没错", "嗯+", "好", "好的", "好呀", "可以", "行", "确认", "确定", "正确", "没问题", "都对", "全对",
        "(?:对+|没错|是的?|好的?|可以|行|嗯+|没问题|都对|确认|正确)[,，]?(?:就|可以)?(?:这样)?提交",
        "对[,，]?没问题", "对[,，]?提交", "提交", "确认提交", "好的?[,，]?提交", "是的?[,，]?提交", "就这样", "就是这样", "没有问题", "同意", "ok", "OK", "没有了", "对对对", "交吧", "交上去", "报上去", "办吧", "发吧", "就这些", "没别的", "[好得]嘞", "好咧", "妥", "成", "中", "没(?:有)?别的(?:事儿?|事情|问题|要说的)",
        # One yes after the other, as people say it: 好的没问题，行没问题提交吧，是的是的.
        "(?:(?:对+的?|是的?|好的?|行|可以的?|没错|没有?问题|嗯+|确认|都对|就这样|可以提交|提交|没有了|交吧|交上去|报上去|办吧|发吧)(?:了|吧|啊|呀)?[,，。 ]*){2,6}",
        "(?:行|好的?|可以|对+的?|是的?)[,，\\s]*(?:谢谢|多谢|谢了|麻烦了?|辛苦了?)(?:你|您|你们|您们)?", "(?:对+[，,\\s]*)*(?:没毛病|没意见|没啥(?:问题|说的)|没错儿|就这么着|都对着呢|对着呢|挺好的?)", "都对[,，]?提交", "对[,，]?就这样", "是这样", "无误", "准确", "可以提交", "嗯[,，]?对", "嗯[,，]?好",
    ),
    "deny": _whole(
        "不", "不对", "不是", "不要", "错了", "不行", "不可以", "没有", "不正确", "有错", "有问题", "不太对", "不对不对", "要改", "改一下", "要改一下",
        "我要改", "有地方不对", "需要修改", "修改", "我想改一下", "否",
    ),
    "skip": _whole(
        "跳过", "不想说", "不方便说?", "过", "下一个", "先不填", "不填", "不说", "这个不说", "不愿意说", "略过", "以后再说", "先跳过", "不提供", "没必要说", "不想提供",
        "我?(?:也|就|能)?不(?:能|想|愿意|方便|要)?(?:留|给)(?:我的)?(?:电话|手机|手机号|号码|联系方式)?(?:[,， ]*(?:行不行|行吗|行不|成吗|可以吗|好吗|可不可以))?", "没有电话",
        "不(?:用|必|需要)(?:留|记)(?:我的)?(?:电话|手机|手机号|号码|联系方式)?",
        "(?:不用|不必|不需要|不留)了?[,， ]*(?:我)?(?:就|只)是?(?:想)?(?:问一?问|问一下|咨询一下|咨询|了解一下|打听一下)",
    ),
    "dont_know": _whole(
        "不知道", "不清楚", "不太清楚", "记不得", "记不清", "记不清楚", "忘了?", "不记得", "说不好", "说不清楚?", "不晓得", "不确定", "我?也?不知道", "我?也?不清楚", "没注意", "想不起来", "没看清",
        "这个不知道", "这个不清楚", "这我哪知道", "我怎么知道", "不懂",
    ),
    "why": _whole(
        "为什么要?问(?:这个|这些|我|电话|地址|这么多)?", "问这个干(?:嘛|什么|啥)", "干(?:嘛|什么|啥)要?问", "为什么要?(?:这个|这些|电话|我的电话|地址|知道)", "要这个干(?:嘛|什么|啥)", "为什么", "为啥", "为啥要?问(?:这个)?",
        "这有什么用", "问这个有什么用", "要我?电话干(?:嘛|什么|啥)", "为什么要?留电话", "干嘛", "凭什么问",
    ),
    "repeat": _whole("再说一遍", "再说一次", "没听清楚?", "没听见", "什么", "啥", "你说什么", "重复一遍", "刚才说什么", "听不清", "没听懂", "没明白", "什么意思"),
    "slower": _whole("说?慢点?说?", "慢一点", "说慢一点", "太快了", "请慢点说?", "(?:请|你|您)*(?:说|讲)得?慢一?点儿?", "(?:请|你|您|再)*大声一?点儿?(?:说|讲)?", "(?:你的?|您的?)?声音(?:太小了?|再?大一?点儿?)", "大点声"),
    "cancel": _whole(
        "算了", "不办", "不办了", "取消", "取消吧", "不投诉", "不反映", "不报", "不说", "不弄", "算了[,，]?不(?:投诉|反映|办|说|报|弄)", "我?不想(?:投诉|反映|办|弄)", "撤销", "取消投诉", "不用",
        "不用了[,，]?谢谢", "放弃", "退出", "不提交",
    ),
    "upset": _whole(
        "(?:真是?|太|可|简直|我?都?)*(?:气人|气死(?:我|人)|烦死(?:我|人)?|过分|不像话|欺负人|可恨|可气|要命|倒霉|受够|没天理|无语|坑人|缺德)(?:[，,\\s]*(?:真是?|太|可|简直|我?都?)*(?:气人|气死(?:我|人)|过分|不像话|欺负人|坑人|缺德))*", "什么玩意儿?", "真是的", "气死", "烦死",
        "你们(?:到底|究竟)?管不管(?:事|人)?(?:[，,\\s]*.{0,6}打了?(?:八百|几百|几十|好几|好多|多少|无数)(?:遍|次|回|个)电?话?)?", "(?:我)?(?:都|已经)?打了?(?:八百|几百|几十|好几|好多|多少|无数)(?:遍|次|回|个)(?:电话)?", "没人管", "有没有人管",
    ),
    "leave": _whole(
        "没(?:啥|什么)?(?:别的)?事儿?了?(?:[,，\\s]*(?:谢谢|多谢|谢了|辛苦了?))?", "先这样", "那就这样", "就这么着", "挂", "回见", "回头见", "知道", "明白", "了解", "收到", "(?:那)?(?:我)?(?:就)?等(?:着|你们?|您)?的?(?:消息|信儿?|电话|回话|通知)",
        "(?:那)?(?:就)?(?:麻烦|辛苦|拜托)(?:你们?|您们?|大家)?", "(?:好的?|行|嗯+)[,，\\s]*(?:知道|明白|了解|收到|再见|拜拜|回见)", "不打扰(?:你们?|您)?", "有(?:消息|信儿?)(?:了)?(?:告诉|通知|联系)我(?:一声)?",
    ),
    "restart": _whole("重新来", "重来", "从头(?:来|说|开始)", "重新(?:开始|说|填|办)", "我?重新说", "重新来一遍", "从新来", "清空"),
    "thanks": _whole("谢谢", "谢谢你", "谢谢您", "多谢", "感谢", "辛苦", "谢了", "太谢谢", "太感谢", "真是太感谢", "(?:你们?|您)?(?:的)?(?:服务|态度)?(?:真|太|很|挺)(?:好|棒|不错|周到)", "再见", "拜拜", "好的?[,，]?再见", "非常感谢", "谢谢啊", "(?:明白|知道|了解|收到)了?[,，\\s]*(?:谢谢|多谢|感谢|辛苦)(?:你们?|您们?)?"),
    "greeting": _whole("你好", "您好", "喂", "在吗", "在不在", "有人吗", "哈喽", "hello", "hi", "Hi", "Hello", "早上好", "下午好", "晚上好", "你们好", "喂[,，]?你好"),
    "opening": _whole(
        "我?(?:要|想|想要)?(?:投诉|举报|反映|咨询|求助|建议|表扬)(?:一?下|一?个)?(?:事情?|问题|情况|单位|人|东西)?", "我?(?:有|想说|想问)(?:个|一个|点儿?|件|一件)?(?:事情?|问题|情况)(?:想?(?:要)?(?:反映|咨询|问|说|投诉)(?:一下)?)?",
        "(?:我|就|是)*(?:想|要)+(?:问|咨询|打听|请教|了解|反映|说说?)(?:您|你|你们)*(?:一?下|一?个)(?:事儿?|事情|问题|情况)?",
        "(?:我)?(?:不是(?:要|来|想)?(?:投诉|举报|告状)(?:啊|的|谁)?[,，\\s]*)?(?:我)?(?:就|就是|只是)?(?:想|要)(?:表扬|感谢|夸夸?)(?:一?下|一?个)?(?:人|同志|单位|你们)?",
        "再?(?:帮|给)?我?再?(?:帮我|给我)?再?(?:说|问|反映|报|投诉)(?:另外|别的)?(?:一?[个件])事儿?", "(?:我)?有(?:一?[个件])事儿?[,，\\s]*(?:也|我)?不知道(?:该不该|归不归|归谁|能不能|是不是|该)?(?:跟)?(?:你们?|您|您们)?(?:管|说|问|反映)?(?:不管|管不管|的事)?", "我?(?:要|想)(?:再)?(?:反映|说|投诉|问)(?:另外|别的|其他)?(?:一个|一件)(?:事情?|问题)?", "还有(?:一个|一件|个|件)(?:事情?|问题)?", "帮帮我", "你们管不管",
    ),
    "anonymous": _whole(
        "匿名", "我?要?匿名(?:举报|反映|投诉|办理)?", "我?不想?(?:留|说|透露)(?:名字|姓名|真名|联系方式|个人信息)", "不要?实名", "不留(?:名|名字|姓名|联系方式)", "保密", "用匿名", "我想匿名",
        "别留我的?(?:名字|电话)", "算了[,，]?就?匿名", "(?:就|那就|还是)匿名(?:办|吧)?",
    ),
    "real_name": _whole("改?为?实名", "改成实名", "我要?实名", "实名(?:举报|反映|投诉)?", "可以实名", "不匿名", "不用匿名"),
}  # fmt: skip

_HUMAN = re.compile(
    r"转人工|人工(?:客服|服务|坐席|接线)|找(?:个)?(?:人工|真人|活人)|要人工|接人工|(?:跟|和)(?:人|真人|活人)说|"
    r"不想?(?:跟|和)(?:机器|机器人|AI|电脑)(?:说|讲|聊)|叫(?:个)?(?:人|真人|客服)来|^0$|^人工$"
)
_STATUS = re.compile(
    r"^\s*(?:帮我)?查(?:一下|查|询)?[。.]?\s*$|查(?:一下|询|下|查)?(?:我的?)?(?:那个|刚才|刚刚|上次|之前|前面|那张|这个|的)*(?:工单|投诉|进度|单子|结果)|(?:工单|投诉|单子|反映的(?:事|问题))[^，。]{0,12}(?:怎么样|咋样|进度|到哪|办得如何|处理得|办得|有结果|有消息|什么情况|啥情况)|"
    r"办得怎么样|处理得怎么样|(?:进度|进展|办理情况)(?:现在)?(?:怎么样|咋样|如何|到哪)|进展如何|"
    r"^(?:我)?(?:那个?|上次|之前|刚才)?(?:反映|投诉|说|报)?的?(?:那个?)?(?:事儿?|问题|单子)?(?:现在)?(?:办|处理|解决|弄|搞)(?:得)?(?:怎么样|咋样|好|完)?了?(?:吗|没有?|么)[?？]?$|^有(?:结果|消息|信儿|动静)了?(?:吗|没有?|么)[?？]?$|有没有结果|我的(?:工单|投诉)(?:呢|号)|(?:工单|单子|单)号(?:码)?(?:是|有)?(?:多少|几|什么|啥)|(?:多少|什么|哪个)(?:是)?(?:我的)?(?:工单)?号来着"
)
_SPOKEN_DIGIT = "0-9０-９零〇一幺二两三四五六七八九"
_TICKET_NUMBER = re.compile(rf"(?<![{_SPOKEN_DIGIT}])(?:[{_SPOKEN_DIGIT}][\s\-—·]*){{12}}(?![{_SPOKEN_DIGIT}])")
_POINTING_BACK = re.compile(
    r"(?:就是)?(?:刚才|刚刚|前面|之前|上面)(?:说|提)(?:过|到)?的?(?:那|这)?(?:家|个|里|儿|边)?|就(?:那|这)家|同上|一样的"
)
_CHANGE_TYPE = re.compile(
    r"(?:我这|这|我)(?:个|次|是)*?(?:是|算|属于|要)(咨询|求助|投诉|举报|建议|表扬)[,，]?(?:不是|而不是)(?:咨询|求助|投诉|举报|建议|表扬)|"
    r"不是(?:要)?(?:咨询|求助|投诉|举报|建议|表扬)[,，]?(?:我)?(?:是|要)?(咨询|求助|投诉|举报|建议|表扬)|(?:类型)?改(?:成|为)(咨询|求助|投诉|举报|建议|表扬)"
)
_CHOOSE = re.compile(
    r"^\s*(?:我?选)?(?:第([一二三四五六七八九十\d]{1,2})[个项种类条]|([1-9])[.、号]?|都不是|最后一?个|后面那个|前面那个|头一个)\s*[。.]?$"
)
_ANOTHER = re.compile(
    r"^[\s，,。]*(?:等等|等一下|对了|哦+|啊|嗯|那个|还有|另外|哎|再|我还?想?要?再?(?:说|反映|问|投诉)|[\s，,])*"
    r"(?:还有|另外|另|再|别的)(?:一?[个件点])?(?:别的|其他)?的?(?:事儿?|问题|事情|情况)(?:要说|要反映|要投诉|想问)?[\s，,。：:]*(?:就是|是)?[\s，,]*(?P<matter>.{8,})"
)
_NAMELESS = re.compile(
    r"(?:别|不要|不想|不用|千万别|别给我)(?:留|记|写|说|透露)(?:下)?(?:我的?)?(?:电话|手机|号码|名字|姓名|信息|联系方式)|怕(?:他们|对方|人家|被)?(?:打击)?报复"
)
"""Whoever is afraid does not say 匿名."""

_ABUSE = re.compile(
    r"(?:你(?:们)?(?:他妈|她妈|这(?:个)?(?:傻|废物|垃圾)|是猪|有病|去死))|傻[逼比]|操你|滚蛋|废物(?:机器|东西)|(?<![我你他她爸咱俺家])妈的|狗屁"
)
_DISTRESS = re.compile(r"(?:我)?(?:快)?(?:急死|愁死|崩溃|受不了|撑不住|走投无路|求求你们?|跪求|哭)(?:了)?")

_OLD = r"(?P<old>[^，,。；;！!？?\s]{1,20}?)"
_NEW = r"(?P<new>[^，,。；;！!？?]{1,40}?)"
_FIELD = (
    r"(?P<hint>具体地点|地点|地址|位置|所在区|区|街道|小区|村|联系电话|电话|手机号?|号码|金额|钱数|价钱|价格|多少钱|已付金额|欠款金额|剩余金额|商家名称|商家|店名|店铺|中介|养老院|公司名?|单位|用人单位|时间|日期|时段|"
    r"什么时段|发生时间|付款时间|机构名称|机构|医院|类别|问题类别|类型|诉求类型|描述|问题描述|要求|您的要求|名字|姓名|怎么称呼您|具体问题|商家行业|商家现状|有没有合同|购物平台|平台|订单号|车牌号?|欠薪时段|涉及人数)"
)
_FIGURE = r"[\d.零〇一幺二两三四五六七八九十百千万亿点半几多来余]{2,}(?:[万千百]?[块元]钱?|[号日月年天点人平]?(?:个[月人])?)[\d.零〇一二两三四五六七八九十百千万点半几多来余月号日年块元]{0,8}"
_TAIL = r"(?:的|啊|呀|哦|吧|了)?[。.!！\s]*$"
_CORRECTIONS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:不是|不在|不叫){_OLD}[，,。；;！!\s]*(?:是|而是|应该是|在|叫){_NEW}{_TAIL}",
        # The other way round: 是京东买的，不是拼多多.
        rf"(?<!不)(?:是|在|叫){_NEW}[，,。；;\s]+(?:不是|不在|不叫)(?P<old>[^，,。；;！!？?\s]{{1,20}}?){_TAIL}",
        rf"(?:我的?)?{_FIELD}(?:也|都|好像)?(?:说错了|不对|错了|写错了|有误)[，,。；;！!\s]*(?:应该|其实|正确的?)?(?:是|在|叫|改成|改为)?{_NEW}?{_TAIL}",
        rf"(?:把|将)?(?:我的?)?{_FIELD}(?:也|再|给我)?(?:改|换|更正)(?:成|为|到|一下[，,]?是?){_NEW}{_TAIL}",
        rf"^{_OLD}(?:不对|错了|说错了)[，,。；;！!\s]*(?:应该|其实)?(?:是|在|叫){_NEW}{_TAIL}",
        rf"^(?:我?要?|想)?(?:改|修改|更正|换)(?:一下)?(?:我的?)?{_FIELD}{_TAIL}",
        rf"^(?:我?要?|想)?(?:改|修改|更正|换)(?:一下)?(?:我的?)?{_FIELD}[，,。；;：:\s]*(?:叫|是|应该是|改成|改为|换成|在){_NEW}{_TAIL}",
        rf"^(?:不对|错了|说错了|不|哦不|更正一下|我说错了)[，,。；;！!\s]+(?:应该|其实)?(?:是|在|叫|改成|应该是){_NEW}{_TAIL}",
        rf"^(?:不对|不是|错了|说错了|哦不|我说错了)*[，,。；;！!\s]*(?P<new>(?:最后|末尾|尾号|后面)(?:的)?(?:[一二两三四五六几]位|几个)?(?:数字?)?(?:应该)?是[\d〇零一幺二两三四五六七八九]{{2,7}}){_TAIL}",
        rf"^(?:应该|其实)(?:是|在|叫){_NEW}{_TAIL}",
        # A number alone says what it is by itself: 不对 六千二, 错了五月三号.
        rf"^(?:不对|不是|错了|说错了|哦不|我说错了)+[，,。；;！!\s]*(?P<new>{_FIGURE}){_TAIL}",
        rf"^(?:改成|改为|换成){_NEW}{_TAIL}",
        rf"{_FIELD}(?:再|还|我再|我还)?(?:补充|说|更正|改)(?:一下|一点)?[，,。；;：:\s]*(?:是|在|叫|应该是){_NEW}{_TAIL}",
    )
)

_DANGER = {
    "fire": re.compile(r"着火了|起火了|失火了|(?:正在|还在)(?:着火|冒烟|燃烧)|冒(?:大|浓|黑)烟|烧起来了|爆炸了|火势"),
    "gas": re.compile(
        r"(?:燃气|煤气|天然气|液化气)(?:正在)?(?:泄漏|漏了|漏气|味(?:儿|道)?(?:很|特别|好|太)?(?:大|重|浓))|(?:闻到|有)(?:很大|很重|很浓|一股|好大)?的?(?:燃气|煤气|天然气)味|煤气中毒"
    ),
    "injury": re.compile(
        r"昏倒|晕倒|晕过去|大出血|流(?:了)?(?:好多|很多|一地)血|喘不上气|没(?:有)?呼吸|心脏病(?:犯|发)了|叫不醒|摔断|触电了|被砸(?:伤|中)了|有人(?:受)?(?:重)?伤|中毒了|快不行了"
    ),
    "crime": re.compile(
        r"(?:正在|在)(?:打人|砍人|抢劫|砸门|行凶|持刀)|(?:拿|持|带)着?刀|入室(?:抢劫|盗窃)|打起来了|被(?:绑架|非法拘禁|跟踪)|杀人了|抢劫了|有人(?:抢|砍)"
    ),
    "suicide": re.compile(
        r"不想活了|活不下去了?[，,]?(?:想死|要死)|想死|要(?:自杀|跳楼|轻生|寻短见)|想(?:自杀|跳楼|不开|轻生)|结束(?:自己的?)?生命|死了算了|不如死了|割腕|(?:站|坐)在楼顶(?:要|想)跳"
    ),
    "traffic_accident": re.compile(
        r"(?:刚刚?|刚才|正好|现在)?(?:出车祸了|撞(?:人|车|到人)了|发生(?:了)?(?:车祸|交通事故))"
    ),
}
_NOT_NOW = re.compile(
    r"(?:怕|担心|万一|一旦|要是|如果|假如|容易|可能|会不会|以免|避免|防止|曾经|以前|之前|去年|上个?月|上周|前(?:天|年|几天)|昨天|那次|那年|隐患|是否|听说|差点|差一点|消防|导致|造成|引起|引发)[^。！!；;]{0,12}$"
)
_DENIED = re.compile(r"(?<!有)(?:没有?|未|不会)(?:被|有)?$")
"""没晕倒: directly before it, for 没人管着火了 is a fire."""

_NOT_NOW_AFTER = re.compile(r"^[^。！!；;，,]{0,4}(?:的?隐患|怎么办|的话|过|的危险|的可能|的风险|事故频发|谁负责)")


@lru_cache(maxsize=1)
def _asides() -> tuple[tuple[str, re.Pattern[str]], ...]:
    entries = yaml.safe_load((files("intents.extraction") / "asides.yml").read_text(encoding="utf-8"))
    return tuple((name, re.compile("|".join(entry["cues"]))) for name, entry in entries.items())


def find_acts(text: str) -> tuple[Act, ...]:
    """Every act of a message, in a fixed order of kinds."""
    return tuple(_acts(text))


def another_matter(text: str) -> str | None:
    """What a message tells after 还有个事 or 另外再反映一个问题; None when it announces nothing of the kind."""
    match = _ANOTHER.match(text)
    return match["matter"] if match else None


def _acts(text: str) -> Iterator[Act]:
    yield from _dangers(text)
    stripped = text.strip()
    if not stripped:
        return
    short = len(stripped) <= SHORT
    if (match := _HUMAN.search(text)) and (short or len(stripped) <= 2 * SHORT or match.end() == len(text)):
        yield Act("human", *match.span())
    yield from _status(text)
    if short:
        for kind, pattern in _WHOLE_MESSAGE.items():
            if match := pattern.match(stripped):
                yield Act(kind, *match.span())
        if match := _CHOOSE.match(stripped):
            yield Act("choose", *match.span())
    elif len(stripped) <= 2 * SHORT and (match := _WHOLE_MESSAGE["opening"].match(stripped)):
        # 我不是投诉啊，我就是想表扬一个人
        yield Act("opening", *match.span())
    if len(stripped) <= 24:
        for name, cues in _asides():
            if match := cues.search(text):
                yield Act("aside", *match.span(), detail=name)
                break
        if match := _POINTING_BACK.search(text):
            yield Act("pointing_back", *match.span())
        if match := _NAMELESS.search(text):
            yield Act("anonymous", *match.span())
        if match := _ABUSE.search(text):
            yield Act("abuse", *match.span())
        if match := _DISTRESS.search(text):
            yield Act("distress", *match.span())
    if len(stripped) <= 40 and (match := _CHANGE_TYPE.search(text)):
        yield Act("change_type", *match.span(), detail=next(g for g in match.groups() if g))
    elif len(stripped) <= 60 and (act := _correction(text)):
        yield act


def _dangers(text: str) -> Iterator[Act]:
    for kind, pattern in _DANGER.items():
        for match in pattern.finditer(text):
            before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 8]
            if not (_NOT_NOW.search(before) or _DENIED.search(before)) and not _NOT_NOW_AFTER.match(after):
                yield Act("danger", *match.span(), detail=kind)
                break


def _status(text: str) -> Iterator[Act]:
    number = _TICKET_NUMBER.search(text)
    if number and (len(text) <= 40 or _STATUS.search(text)):
        yield Act("status", *number.span(), detail=number.group())
    elif len(text.strip()) <= 2 * SHORT and (match := _STATUS.search(text)):
        yield Act("status", *match.span())


def _correction(text: str) -> Act | None:
    for pattern in _CORRECTIONS:
        match = pattern.search(text)
        if match is None:
            continue
        groups = match.groupdict()
        detail = (groups.get("old"), groups.get("new"), groups.get("hint"))
        return Act("correction", *match.span(), detail=detail)
    return None
