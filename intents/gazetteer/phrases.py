"""Location phrases in the citizen's own words: 望京西园四区203楼, 知春路和中关村大街交叉口, also in places that no list knows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUM = r"[0-9０-９一二三四五六七八九十百零〇A-Za-z甲乙丙丁]"
_HAN = r"[一-鿿0-9A-Za-z·]"

_ESTATE = "小区|家园|花园|花苑|苑|公寓|新村|社区(?!医院|卫生|工作|服务|民警|居委)|新城|名苑|嘉园|雅苑|佳园|别墅|山庄|名邸|公馆|府邸|[东西南北中]里|[东西南北]园|[一二三四五六七八九十]里(?![墩河桥铺屯营店庄沟坪甸坨渠])|园区|家属[院楼]|宿舍|大院|新区|庄园|华庭|豪庭|华府|丽都|名城|国际城|花城|雅居|新居|安置房|棚户区"
_WEAK_ESTATE = "湾|郡|城|府|国际|天街|半岛|印象|天地|水岸|上城|名门|左岸|春天|年华|世家|绿洲|花都|天玺|天境|天下|壹号|一品|公元|时代|首府|学府|御景|香榭|江南"
"""Ends of an estate's name that are words of their own too: they count where a block, a gate or its residents follow."""

_OF_ESTATE = r"(?=(?:小区|社区|[一二三四五六七八九十0-9A-Z]{1,3}(?:期|栋|号楼|号院|幢|区|单元|座)|[东南西北]{1,2}[门区]|的?(?:业主|居民|住户|物业)|前期物业))"

_ROAD = "大街|大道|公路|高速|环路|辅路|[东西南北中]路(?!灯)|[东西南北中]街(?!道)|胡同|巷|(?<![期楼])路(?![灯人过况宿])|街(?!道|村)|快速路|高架桥?|立交桥|桥|线(?!路)"
_BUILDING = "大厦|广场(?!舞)|中心|商场|购物中心|市场|批发市场|菜市场|超市|写字楼|产业园|科技园|工业园|开发区|酒店|宾馆|银行|车站|火车站|汽车站|地铁站|公交站|公交总站|机场|码头|医院|卫生院|学校|小学|中学|大学|学院|幼儿园|公园|体育场|体育馆|博物馆|图书馆|派出所|居委会|村委会|工地|项目部|厂区|加油站|停车场|河边|水库|地下通道|过街天桥|天桥|涵洞|隧道"
_VILLAGE = "村(?![长官霸医支干])|屯|自然村|行政村"

_DETAIL = (
    rf"(?:[一-鿿]{{1,4}}[园苑里庭轩阁居坊](?=[0-9一二三四五六七八九十甲乙]{{1,4}}(?:号楼|栋|区|号院|单元|座))|(?:小区|社区|新区|家园|院)(?!医院|卫生|工作|服务|民警|居委)(?![一-鿿]{{0,1}}(?:里面)?的?(?:居民|业主|物业|人))|(?:(?:东|西|南|北|中)?(?:第)?{_NUM}{{1,4}}(?:期|区|段|里|园|组团))|(?:(?:甲|乙)?{_NUM}{{1,5}}(?:号楼|号院|号|栋|幢|楼|座|单元|层|室|弄|门|组|队|社))|(?:[东南西北]{{1,2}}(?:区|门|侧|边|面|路口|街口|头|段|口|北角|南角)))"
    r"|(?:与|和|跟|同)[一-鿿0-9]{1,8}(?:路|街|大街|大道|胡同|线|环)(?:的)?(?:交叉口|交汇处|路口|交叉路口|交界处|交口|十字路口)?"
    r"|(?:交叉口|交汇处|路口|十字路口|丁字路口|交界处|交口|门口|大门口?|正门|后门|附近|旁边?|对面|对过|楼下|门前|周边|周围|外面|外侧|里面|里头|后身儿?|后头|内侧|沿线|一带|村?[东西南北]头|村口|(?<=村)[一-鿿]{2,3}[组屯]|往[东西南北]走?[一二两三四五六七八九十几百千来多0-9]+米|口|桥下|辅路|主路|人行道|地下车库|出口|入口|出入口|拐角|拐弯处|[A-K]\d?口|[A-K](?:西北|东北|东南|西南)口|底商|院内|院里|路段|段|东侧|西侧|南侧|北侧|以东|以西|以南|以北|[东西南北]边|[东西南北]门|[东西南北]{2}角|由[东西南北]向[东西南北]|边儿?上|边儿|外头|底下|下边|下面|(?<=桥)[上下]|(?:铁路|人行|过街|地下|公交|下凹式)?(?:地下通道|通道|涵洞|桥洞子?|天桥|隧道|桥区|工地|加油站|派出所|客运站|菜市场|超市|小学|幼儿园|学校|商场|家属院|红绿灯|停车场|公园|广场|邮局|桥)(?!办)|顶层|首层|居民楼|楼顶|[东西南北中]里|地铁站|公交站|站|[一二三四五六七八九十][小中](?![时区学班间心等])|附[中小])"
    r"|(?<=[号楼栋座元幢])[0-9]{1,2}[-–][0-9]{1,4}|(?<=[号楼栋座元幢])[0-9]{3,4}(?![0-9万千百元块年户人月日平米次个盏辆多])"
    r"|(?:[内外里旁南北东西]侧?)?(?:消防通道|地下[一二三123B]层|地下室|菜站|报刊亭|岗亭|盲道|便道|非机动车道|机动车道|步道|夹道|桶站|垃圾站|垃圾桶|绿地|绿化带|空地|围挡|门脸|花坛|河道)(?:边?[上里内外旁])?"
    r"|(?:到|至)[一-鿿]{2,6}(?:路|街|桥|口|村|站|库|校)(?:[那这]?一?段(?:路(?!灯))?|之间|路段)"
)
_CONNECT = r"(?:的|(?:那个|这个)(?![一二三四五六七八九十0-9]+层))?"
_STOP = re.compile(
    r"(?:不知道|知道|会不会|告诉|怎么|[那这]边的?|[那这]块的?|[一-鿿]{2}区(?![域间别分块里内外])|我们|我家|我们家|我妈|我爸|我老婆|本人|家人|家里|我|你们|你|他们|她们|他|她|老人|孩子|儿子|女儿|闺女|孙子|孙女|老伴|爱人|老公|父母|现在|目前|最近|近期|以前|原来|每天|天天|晚上|早上|夜里|半夜|凌晨|去年|今年|昨天|前天|今天|上个?月|刚才|后来|结果|当时|平时|突然|听说|"
    r"住在|居住在|居住于|家住|租住在?|租住于|位于|坐落于|坐落在|座落于|地址是|地址在|地址为|地址|地点在|地点是|地点|就在|在|到|从|去|来|往|至|沿|经过|路过|途经|经|是|叫做?|有|的|了|着|把|被|向|对|给|让|和|与|跟|及|以及|还有|包括|等|关于|针对|反映|来电|投诉|举报|咨询|建议|表扬|感谢|请问|请|希望|市民|网民|网友|业主|居民|群众|村民|"
    r"住|租|买|卖|开|建|修|办|走|过|上|下|进|出|离|距|靠近|紧挨|挨着|临近|邻近|附近|旁边|对面|门口|楼下|附近的|因为|由于|虽然|但是|但|而|就|也|都|又|还|才|只|很|太|更|最|这个|那个|这条|那条|这里|那里|这儿|那儿|这|那|该|此|某|每|各(?!庄)|个|条|座|家(?![庄营屯店窑坟铺楼堡沟台井坡场峪湾洼坨垡寨洞丽])|所|名|位|整个|一下|一个|一条|一家|一座|一处|几个|几条|"
    r"市民反映|诉求|问题|情况|领导|您好|你好|尊敬的|书记|市长|政府|部门|不是|而是|应该是|应该|不对|哦|嗯|呃|啊|那个|就是|就是说|说|嘛|呢|吧|呀|哎|正在|一直|经常|总是|老是|已经|刚刚|如果|为什么|怎么|为何|什么|什么时候|何时|能否|能不能|可以|可否|是否|什么)"
)
_ANCHOR = re.compile(
    rf"(?P<name>{_HAN}{{1,12}}?(?P<kind>(?P<estate>(?:{_ESTATE})(?![东南西北中]?[路街](?!灯|道|口)|桥(?!下)|大街)|(?:{_WEAK_ESTATE}){_OF_ESTATE}|[一-鿿]{{2}}(?:[园庭轩阁墅]|[一二三四五六1-6]期)(?=(?:旁边|门口|对面|楼下|底商|附近|北门|南门|东门|西门)))|(?P<village>{_VILLAGE})|(?P<building>{_BUILDING})|(?P<road>{_ROAD})))(?P<detail>(?:{_CONNECT}(?:{_DETAIL}))*)"
)
_DETAILS = re.compile(rf"(?:{_CONNECT}(?:{_DETAIL}))*")
_NOT_A_PLACE = re.compile(
    r"^(?:门口|楼下的?路|楼[上下前后].{0,2}|道路|马路|公路|小区|社区|广场|公园|医院|学校|小学|中学|大学|幼儿园|工地|停车场|超市|市场|商场|菜市场|大街|大道|胡同|路|街|村|桥|中心|大厦|公寓|花园|银行|酒店|公交站|地铁站|车站|派出所|居委会|村委会|宿舍|天桥|地下通道|涵洞|隧道|高速|高架|高架桥|新区|新村|园区|苑|家园|一路|走路|修路|让路|上路|同路|拦路|半路|出路|网路|电路|线|无线|在线|热线|电线|光线|专线|干线|路线|上街|逛街|全村|农村|乡村|本村|我村|各村|盲道|机动车道|小路|土路|水泥路|(?:具体|什么|哪个|哪家).{0,2}(?:幼儿园|小学|学校|医院|小区|市场)|(?:小区)?配套的?(?:幼儿园|小学|学校|医院)|(?:我们|附近)?(?:这边)?的?社区卫生服务(?:中心|站)|柏油路|主路|辅路|老旧小区|市民中心|服务中心|健身中心|活动中心|培训中心|早教中心|美容中心|公立医院|三甲医院|私立医院|社区医院|大医院|公办幼儿园|普惠幼儿园|民办幼儿园|公立幼儿园|加油站|开发区|工业园|科技园|过街天桥|家属院|大院|别墅|安置房|河边|立交桥|快速路|环路|人行天桥|公交总站|长租公寓|青年公寓|老年公寓|养老公寓|.*(?:热线|管线|电线|光线|视线|天线|专线|无线|有线|在线|网线|红线|底线|黄线|白线|实线|虚线|斑马线)|.{0,2}(?:养老中心|护理中心|健身中心|服务中心|客服中心|指挥中心|月子中心|会所中心|体检中心)|.*(?:高架桥?|小桥))$"
)
_DONE_ROAD = re.compile(
    r"(?:[得着了过跑上铺修让带领赶迷拦问把占堵挡]|走不了)路$|满(?:大)?街$|[修建]的?(?:高速|公路|大道|桥)$|(?:[划画压越连接拉布]了?|了)线$"
)
"""堆得路都走不了, 把路占了, 机构跑路, 划了线: no road's name."""

_NO_NAME = re.compile(
    r"^(?:[你您]?好|喂|嗯|呃|说|反映)*(?:我们|俺们?|俺家|咱们?|我家|你们|他们|她们|[这那][个条段座片栋]?|这里|那里|该|本|此|某个?|每个?|各个?|整个|全|一个|有个|哪个|自己|别的|其他|隔壁|旁边|附近|老|新|大|小|好?几个|[一二两三四五六七八九十几0-9]{1,3}[个座栋片]|所有|许多|很多|普通|高档|老旧|家门口|门前|楼下|楼前|窗外|村里|市|区|县|乡|镇|.{0,2}在|.+了|没有?.*|[就只也还]?是|.{0,5}[说讲问]|[去今前]年|建议|希望|当地|联系|后来|结果|当时|现在|然后|目前)的?$"
)
_NO_VILLAGE = re.compile(
    r"^(?:半个?|大|新|小)?村$|(?:不知道|告诉|怎么|为什么)村$|(?:[外本我全农乡进出该各邻同查被回驻让由找问给把向算当作成们俺咱在和跟到说年了的就都看等请叫去来每几这那哪去]|铺到|一个|这个|那个|隔壁|别的|其他|嫁到|迁出|非本|村)(?:个)?村$"
)
"""外村, 进村, 去年村(里) name no village."""

_TRAILING = re.compile(r"(?:的|和|与|跟|(?<!胡)同|在|有|到)+$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A location phrase: where it stands, and what its core is (estate, village, building or road)."""

    text: str
    start: int
    end: int
    kind: str
    detailed: bool


def find_phrases(text: str) -> Iterator[Phrase]:
    """Phrases recognised by their shape alone."""
    position = 0
    while match := _ANCHOR.search(text, position):
        start = _first_of_name(text, match.start("name"), match.start("kind"))
        end = match.end()
        raw = text[start:end]
        core = text[start : match.end("name")]
        lead = text[start : match.start("kind")]
        if not lead or len(core) < 2 or _NO_NAME.match(lead) or _NOT_A_PLACE.match(core) or _DONE_ROAD.search(core):
            position = match.end("kind")
            continue
        if match["village"] and _NO_VILLAGE.search(core):
            position = match.end("kind")
            continue
        trimmed = _TRAILING.sub("", raw)
        kind = next(k for k in ("estate", "village", "building", "road") if match[k])
        yield Phrase(trimmed, start, start + len(trimmed), kind, bool(match["detail"]))
        position = max(start + len(trimmed), match.end("kind"))


def detail_after(text: str, end: int) -> int:
    """Where the detail that follows a known name ends: 望京西园四区 | 203楼门口."""
    match = _DETAILS.match(text, end)
    found = match.end() if match else end
    return end + len(_TRAILING.sub("", text[end:found]))


_IN_NAMES = frozenset("建修办开买卖进出走过上下")
"""Verbs of one character that stand inside names as well."""

_REST_OF_TOWN = re.compile(r"[一-鿿]{1,2}[镇乡县](?=[一-鿿])")

_HALF_A_NAME = frozenset("上下前后东西南北大小出开高到建")
"""下窑村, 上庄: one of these with one character behind it is a name of two."""


def _first_of_name(text: str, start: int, kind_start: int) -> int:
    """Drops verbs, pronouns and times in front of a name."""
    segment = text[start:kind_start]
    cut = 0
    paused = start > 0 and text[start - 1] in " 　"
    for match in _STOP.finditer(segment):
        if paused and match.group() in _IN_NAMES and match.start() > 1:
            # 石油共建二小区: inside a name, after a pause that tells where it begins.
            continue
        # A stop word inside a name (和平里, 上地, 家园) is part of it unless something follows that can be a name.
        left = len(segment) - match.end()
        if left > 1 or (left == 1 and segment[match.start() : match.end()] not in _HALF_A_NAME):
            cut = match.end()
    if cut and (town := _REST_OF_TOWN.match(segment, cut)):
        # 南向店乡何畈村: 向 is no verb in there, and the village begins behind its town.
        cut = town.end()
    return start + cut
