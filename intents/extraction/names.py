"""Names of shops, employers, institutions, platforms and people. Generic words alone (一家健身房) are no names."""

import re
from collections.abc import Iterator

from intents.found import Found

_C = r"[一-鿿A-Za-z0-9·（）()]"
_STOP = (
    "我们|我家|我在|我去|我是|我|他们|他|她|你们|你|这家|那家|这个|那个|这|那|一家|某|有家|有个|有一家|一个|附近的?|门口的?|旁边的?|楼下的?|对面的?|去年|前年|今年|上个月|昨天|前天|今天|是|在|去|到|给|被|把|向|找|跟|(?<![颐康祥安仁协嘉瑞雍融泰太义淳宜益中信同])和|与|从|于|由|为|因|因为|对|让|叫|"
    "的|了|着|过|也|都|就|还|又|才|及|等|请问|反映|投诉|举报|关于|来电|市民|某些|有关|所谓|通过|经|已|现|现在|目前|很多|许多|不少|各|每|该|本|贵|此|另|其|几家|两家|多家|这些|那些|什么|哪家|哪个|正规|私立|公立|民办|社区的|表扬|感谢|建议|咨询"
)
_CITY_PREFIX = re.compile(r"^(?:北京市?)?(?:[一-鿿]{2,3}区)")

_SUFFIX = {
    "merchant": "羽毛球馆|乒乓球馆|篮球馆|网球馆|台球厅|球馆|拳馆|体能(?:馆|中心)?|体适能(?:馆|中心)?|武道馆|跆拳道馆?|推拿(?:馆|店)?|汤浴|汤泉|温泉(?:馆|酒店)?|汗蒸(?:馆)?|采耳(?:馆)?|茶楼|茶馆|花店|珠宝|玉石|口才|编程|美术|剧本杀|电竞馆|轰趴馆|密室|滑雪场|滑冰场|马术俱乐部|俱乐部|养车(?:店)?|眼镜(?:店)?|烘焙(?:坊|店)?|水果店|干洗店?|洗衣店?|托育(?:中心|园)?|公考|美甲(?:店)?|美睫|便利(?:店)?|置业|课堂|书院|工坊|健身(?:房|中心|会所|俱乐部|馆|工作室)|健身|瑜伽(?:馆|工作室)?|游泳馆|美容(?:院|会所|店|中心|美体)?|美发(?:店|沙龙|厅|工作室)?|理发店|发廊|造型|养生(?:会?馆|会所|店|中心)?|足疗(?:店)?|按摩店|洗浴(?:中心)?|月子(?:中心|会所)|产后修复|"
    "培训(?:机构|学校|中心|班)|教育(?:机构|咨询)?|英语|早教(?:中心)?|托管班|驾校|科学馆|舞蹈(?:学校|工作室|培训)?|艺术(?:学校|中心|培训)|琴行|书法|画室|幼儿园|"
    "洗车(?:店|行)?|汽修(?:店|厂)?|汽车(?:美容|服务)(?:中心|站|店)?|养车|餐厅|饭店|饭馆|酒楼|火锅(?:店)?|烤肉店|烧烤(?:店)?|酒吧|咖啡(?:店|馆)?|蛋糕店|面包房|超市|商场|商店|便利店|专卖店|专营店|旗舰店|体验店|门店|分店|"
    "房产|地产|不动产|中介(?:公司)?|公寓|经纪(?:公司)?|装饰(?:公司)?|装修公司|家政(?:公司)?|摄影(?:工作室)?|婚纱|KTV|网吧|酒店|宾馆|影城|影院|宠物(?:店|医院)|口腔(?:诊所|门诊)?|医美|有限公司|公司",
    "employer": "物流|快递|速运|速递|网吧|酒楼|会所|影城|火锅店|面馆|饭馆|养殖场|印刷厂|电子厂|服装厂|建筑队|劳务队|传媒|幼儿园|学校|有限责任公司|有限公司|股份公司|集团公司|劳务公司|建筑公司|工程公司|装饰公司|物业公司|物流公司|家政公司|保安公司|科技公司|餐饮公司|传媒公司|公司|集团|工程队|施工队|项目部|工厂|餐厅|饭店|酒店|超市|厂",
    "institution": "村?卫生室|医务室|晚晴公寓|(?:积水潭|协和|同仁|天坛|安贞|宣武|友谊|朝阳|世纪坛|北医三院|人民)[一-鿿]{2,4}院区|养老公寓|老年公寓|社区卫生服务(?:中心|站)(?:[东南西北]院|[一-鿿]{2,4}(?:服务)?站(?!点))?|康养(?:中心|院)|养老服务中心|夕照院|颐园|卫生服务(?:中心|站)|卫生院|卫生站|人民医院|中医院|妇幼保健院|妇产医院|儿童医院|口腔医院|医院|医学中心|诊所|门诊部|养老(?:院|中心|公寓|机构|驿站)|敬老院|老年公寓|护理院|福利院|颐养(?:院|中心)|照料中心|托老所",
    "kindergarten": "幼儿园|幼稚园",
    "developer": "房地产开发(?:有限)?(?:责任)?公司|置业(?:有限)?(?:责任)?公司|地产(?:集团|公司)?|置业|房地产(?:公司)?",
}
_GENERIC = re.compile(
    r"^(?:北京市?|本市|区|市|县|社区|小区|公司|工厂|医院|大医院|三甲医院|社区医院|私立医院|公立医院|中心|养老院|敬老院|幼儿园|公立幼儿园|普惠幼儿园|私立幼儿园|民办幼儿园|健身房|美容院|理发店|美发店|培训机构|培训班|教育机构|教育培训机构|学校|中介|中介公司|房产中介|房地产|开发商|"
    r"超市|商场|饭店|饭馆|餐厅|酒店|酒吧|商店|物业公司|劳务公司|建筑公司|装修公司|装饰公司|外包公司|公寓|长租公寓|分店|门店|养老|教育|健身|美发|美容|英语|早教|瑜伽|驾校|烧烤店?|火锅店?|足疗店|按摩店|洗车店|蛋糕店|网吧|KTV|书法|舞蹈|厂|集团|项目部|施工队|工程队|专卖店|"
    r"社区卫生服务中心|社区卫生服务站|卫生服务中心|卫生院|卫生站|社区养老驿站|养老驿站|养老机构|护理院|诊所|人民医院|中医院|儿童医院|老年公寓|便利店|旗舰店|体验店|宾馆|洗浴中心|家政公司|校外培训机构|保安公司|物流公司|科技公司|有限公司)$"
)
_OF_ITS_KIND = re.compile(r"(?<=..)的(?:那个|这个|一家)?(?:店铺?|商家|公司|中介|机构|医院|养老院|健身房)?$")

_KIND_OF = re.compile(
    r"^(?:一?[排堆片]|[教期黑好某]|小|大|新|老|海鲜|烧烤|川菜|西餐|中餐|幼儿|儿童|少儿|成人|女子|违规|正规|非法|管理|直播|航空|保险|快递|外卖|装修|物业|劳务|人力|人力资源|中介|租房|家具|家政|保洁|搬家|建筑|房产|教育|科技|网络|电商|传媒|餐饮|开发|建设|施工|燃气|热力|自来水|供电|电力|公交|地铁|出租车?|旅游|婚庆|影视|清运|环卫|保安|运营|养护|代运营|充电桩?|停车|总|子|分|母|民|私|公|外|原|前|现|新)?"
    r"(?:有限公司|公司|集团|酒楼|饭馆|饭店|餐厅|游泳馆|健身房|健身馆|培训机构|培训班|英语|中介|超市|酒店|宾馆|俱乐部|球馆|会所|学校|幼儿园|门店|分店|卫生站|卫生室|医务室|诊所|物流|火锅店|面馆|烧烤店?|咖啡馆?|酒吧|KTV|美术|编程|口才|推拿|汗蒸馆?|体能|房产|地产)$"
)
"""海鲜酒楼, 航空公司: a kind of shop or firm, and nobody's name."""

LONGEST_DEALER = 14
_OF_A_KIND = {
    kind: re.compile(rf"(?:这家|的)?[一-鿿]{{0,2}}?(?:{suffixes}|机构|店铺|APP|app)")
    for kind, suffixes in _SUFFIX.items()
}
"""What follows a name in quotes: “优思乐学”教育机构."""

_BEFORE_QUOTES = {
    "merchant": "洗浴中心|会所|机构|商家|卖家|店家|直播间|店铺|健身房|美容院|理发店|中介",
    "employer": "公司|工地|餐厅|饭店|工厂",
    "institution": "医院|养老院|机构|诊所",
    "kindergarten": "幼儿园",
    "developer": "开发商",
}
_AFTER_KIND = {kind: re.compile(rf"(?:{after})(?:的)?$") for kind, after in _BEFORE_QUOTES.items()}
"""What stands before a name in quotes: 洗浴中心“汤先生”."""

_MORE_OF_IT = {kind: re.compile(rf"(?:{suffixes}|美体|美容|美发|店){{1,3}}") for kind, suffixes in _SUFFIX.items()}
_CALLED_KIND = {
    kind: re.compile(
        rf"(?:家|个|通过|的)叫(?:做|作)?(?P<name>[一-鿿A-Za-z0-9·]{{2,12}}?)的[一-鿿]{{0,4}}?(?:{suffixes}|店|中介|机构)"
    )
    for kind, suffixes in _SUFFIX.items()
}
"""一家叫绿茵阁的餐厅"""

_DEALT = {
    "merchant": re.compile(
        r"(?:(?<![现正存所内好])在|通过|到|从)(?P<name>(?!那|这|一家|某|网上|线上|门口|附近|小区|家)[一-鿿A-Za-z0-9·]{3,24}?)"
        r"(?:这家店|店里|那边|那里)?(?:办了?(?:的|理|一?张|课|卡|年卡|会员)|充(?:了|值|的)|冲(?:了|的)|报(?:了|的|名)|存(?:了|的)|租(?:了|的|房)|购买|买(?:了|的|房)|交(?:了|的)|预付|签(?:了|的|约|订))"
    ),
    "employer": re.compile(
        r"(?<![现正存所内好])在(?P<name>(?!那|这|一家|某|网上|线上|门口|附近|工地|家|外地|公司|单位)[一-鿿A-Za-z0-9·]{3,24}?)(?:站点|工地|门店|项目)?(?:上班|打工|干活|干了|干的|工作|入职|任职|做工|送外卖|跑单|开车|当(?:保安|厨师|服务员))"
    ),
}
"""What one does with a shop or an employer: 在悦泉汤浴办的卡, 通过安居优寓租房."""

_NO_DEALER = re.compile(
    r"[了的我你他她们您么吗呢吧啊和与或就都很被把给让说想能会要没不]|网站|平台|直播间?$|手机|微信|银行|现场|当时|时候|期间|年[初底]?|月[初底]?|号$|日$|[区县市镇乡村路街里城]$|大厅|医院|小区|广场|大厦|商场|地铁|附近|旁边|对面|门口|楼下|去年|今年|前年"
)

_NOUN = {
    "merchant": "被投诉人|被投诉方|被诉方|投诉对象|被举报人|被反映单位|卖家|店家|商户|店名?|店铺|商家(?:名称)?|机构|公司|单位|学校|中介|会所|门店|招牌|名字|品牌|健身房|理发店|美容院|培训班|那家|这家|家店",
    "employer": "公司|单位|店名?|厂|老板|劳务|饭店|餐厅|那家|这家|名字|站点公司|工程队",
    "institution": "医院|院名?|机构|中心|养老院|敬老院|公寓|诊所|站|名字|那家|这家",
    "kindergarten": "幼儿园|园名?|名字",
    "developer": "开发商|公司|楼盘",
}
_LEAD = {
    kind: re.compile(
        rf"(?:(?:{nouns})(?:名字|名称|名)?(?:是|叫做?|叫什么|叫个|叫那个|叫作|名叫|为|：|:)|(?<![一-鿿])叫(?:做|个|什么|那个)?|名叫|名为|店名是?)[“\"「《\s]?(?P<name>(?!那个|什么|啥|来着|来的)[一-鿿A-Za-z0-9·（）()]{{2,18}}?)[”\"」》]?"
        r"(?=的?(?:，|,|。|；|！|!|、|\s|$)|在|，|店(?!铺)|不|办|充|交|位于|拖|欠|我|这|那(?!家)|健身|美容|吧)"
    )
    for kind, nouns in _NOUN.items()
}
_NAME_AHEAD = re.compile(r"(?:店名|招牌|名叫|名为|叫做?|名称|字号)(?:是|为|：|:)?$")
_QUOTED = re.compile(r"[“\"「《](?P<name>[一-鿿A-Za-z0-9·（）()]{2,20})[”\"」》]")

BRANDS = {
    "merchant": (
        "力美健", "威尔仕", "中体倍力", "浩沙", "一兆韦德", "乐刻", "超级猩猩", "美丽田园", "思妍丽", "审美", "东方名剪", "永琪", "学而思", "新东方", "高思", "猿辅导", "作业帮", "英孚", "美联英语", "迪士尼英语", "韦博英语", "金宝贝", "美吉姆", "优胜教育", "精锐教育",
        "火星人俱乐部", "编程猫", "途虎养车", "海底捞", "链家", "我爱我家", "麦田房产", "麦田", "中原地产", "自如", "蛋壳公寓", "相寓", "青客", "优客逸家", "21世纪不动产", "德佑", "中大恒基", "好旺角", "泊寓", "冠寓", "贝壳", "安居客", "58同城", "巧虎", "好未来", "学大教育", "VIPKID", "哒哒英语",
        "海马体", "多乐之日", "克丽缇娜", "星巴克", "永辉超市", "物美", "京客隆", "盒马",
    ),
    "platform": (
        "淘宝", "天猫", "京东", "拼多多", "抖音", "快手", "小红书", "闲鱼", "美团", "饿了么", "得物", "唯品会", "苏宁易购", "微信", "转转", "当当", "亚马逊", "携程", "去哪儿", "飞猪", "同程", "途牛", "大众点评", "多点", "叮咚买菜", "盒马", "1688", "网易严选", "考拉", "视频号",
        "微店", "有赞", "寺库", "国美", "大麦网", "猫眼", "哔哩哔哩", "B站", "陌陌", "支付宝", "苹果商店", "滴滴", "识货", "京喜", "淘特", "百度", "孔夫子旧书网", "蘑菇街", "懂车帝", "瓜子二手车", "智行",
    ),
    "brand": ("美团单车", "哈啰", "哈罗", "青桔", "摩拜", "ofo", "小黄车", "美团", "小蓝车", "滴滴单车"),
}  # fmt: skip
_SAME_BRAND = {
    "哈罗": "哈啰",
    "摩拜": "美团",
    "美团单车": "美团",
    "小黄车": "ofo",
    "滴滴单车": "青桔",
    "B站": "哔哩哔哩",
}

_DOING = re.compile(r"(?:想学|学|卖|教|做|搞|开|补|练|说|种|个|干|当|找|办)(?:[一-鿿]{2}|公司|KTV)$")
"""学编程, 卖珠宝, 说公司: what somebody does, and no name."""

_CITYS_OWN = frozenset({"儿童医院", "人民医院", "中医院"})
"""Hospitals that a city calls by what they are."""

_FIRM = re.compile(r"[一-鿿A-Za-z0-9（）()]{2,24}?(?:有限责任公司|有限公司|股份公司|集团公司)(?:[一-鿿]{2,6}分公司)?")

_BOSS = re.compile(
    r"(?:包工头|老板|工头|负责人|带班的?)(?:是|叫|姓名?是?|名字叫)?(?P<name>(?:[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤殷罗毕郝安常乐于时傅皮齐康伍余元顾孟黄穆萧尹姚邵汪祁毛米贝明臧戴谈宋庞熊纪舒项祝董梁杜阮蓝闵席季麻强贾路江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房干解应宗丁宣邓单洪包左石崔吉龚程裴陆荣翁甄刘叶白温庄晏柴阎欧向古易廖步耿文东曾沙关游][一-鿿]{0,2}?))(?=三|两|一|几|欠|拖|不|跑|没|从|说|就|还|至|，|,|。|的|给|在|$|\s|总|干|带|承包|去年|今年|前年|电话|联系|让|叫我|答应|手下|那|招|找|卷|也|一直|人|只|才|要|把|这|是)"
)
_BOSS_SURNAME = re.compile(r"(?P<title>老板|包工头|工头|班长|经理)姓(?P<surname>[一-鿿])(?=[，,。；\s]|$)")
_I_AM = re.compile(
    r"(?:我(?:叫|名叫|的名字(?:叫|是))|本人(?:叫|姓名)?|免贵姓|我?姓名(?:是|：|:))(?P<name>(?!啥|什么)[一-鿿]{1,4}?)(?=，|,|。|$|\s|住|家|是|今年|电话|在|手机)|(?:我(?:是|姓)|(?:^|(?<=[\s，,。、]))姓)(?P<sur>[一-鿿](?:先生|女士|小姐|师傅|阿姨|大爷|大妈)?)(?=，|,|。|$|\s|住|电话)"
)

_NEGATED = re.compile(r"(?:不是|并非|不叫|不在)(?:在|去|叫)?$")
_ENTITY = {
    kind: re.compile(
        rf"(?P<name>[一-鿿A-Za-z0-9·（）()]{{1,18}}?(?:{suffixes}))(?P<branch>[（(]?(?!的)[一-鿿0-9]{{1,8}}?(?:分?店|分院|院区|校区|分校|中心店)[)）]?)?"
    )
    for kind, suffixes in _SUFFIX.items()
}
_CUT = re.compile(
    rf"^(?:.*?(?:{_STOP}|往|举报|实名举报|送|托|公立|私立|普惠园?|总包|甲方|分包|[，。,.、；;：:！!？?\s]|\d+(?:月|日|号|年|元|块|万)|报了?的?名?|办了?|买了?|住|上|花|交|充|离|店|工资|拖欠|欠薪|欠|做|干活|打工|上班|工作|看病|就诊|入住|昏迷|送|进|居民楼里|里开))+(?=[一-鿿A-Za-z0-9]{{2,}})"
)


def find_names(text: str, kind: str) -> Iterator[Found]:
    """Names of one kind (merchant, employer, institution, kindergarten, developer, platform, brand), the surest first."""
    if kind == "employer":
        yield from _firms(text)
        for match in _BOSS.finditer(text):
            name = match["name"]
            if len(name) > 1 and "某" not in name:
                yield Found(name, name, *match.span("name"))
        if boss := _BOSS_SURNAME.search(text):
            yield Found(f"{boss['surname']}{boss['title']}", boss.group(), *boss.span(), 0.7)
    for brand in BRANDS.get(kind, ()):
        start = text.find(brand)
        if start >= 0 and not _NEGATED.search(text[:start]):
            end = _branch_end(text, start + len(brand)) if kind == "merchant" else start + len(brand)
            raw = text[start:end]
            yield Found(_SAME_BRAND.get(raw, raw), raw, start, end)
    if kind in ("platform", "brand"):
        return
    suffix = _ENTITY[kind]
    lead = _LEAD[kind]
    for pattern in (_QUOTED, lead):
        for match in pattern.finditer(text):
            # 叫悦泉汤浴的店: what it is called ends before 的.
            name = _OF_ITS_KIND.sub("", match["name"])
            if pattern is lead and (more := _MORE_OF_IT[kind].match(text, match.start("name") + len(name))):
                # 店名：花样年华美容美体
                name += more.group()
            named = (
                pattern is lead
                or suffix.search(name)
                or _NAME_AHEAD.search(text[: match.start()])
                or _OF_A_KIND[kind].match(text, match.end())
                or _AFTER_KIND[kind].search(text[: match.start()])
            )
            if named and not _GENERIC.match(name) and len(name) >= 2:
                yield Found(name, name, match.start("name"), match.start("name") + len(name), 0.9)
    for match in _CALLED_KIND[kind].finditer(text):
        yield Found(match["name"], match["name"], *match.span("name"), 0.9)
    weak: list[Found] = []
    firms = tuple(_firms(text)) if kind == "merchant" else ()
    for match in suffix.finditer(text):
        start, end = match.span()
        start = _trim(text, start, match.end("name"))
        raw = text[start:end].strip()
        core = text[start : match.end("name")]
        if firm := next((firm for firm in firms if firm.start < match.end("name") <= firm.end), None):
            yield firm
            continue
        if len(core) < 3 or _NEGATED.search(text[max(0, start - 4) : start]):
            continue
        if _GENERIC.match(core) or _KIND_OF.match(core) or _DOING.search(core):
            if core in _CITYS_OWN and kind == "institution":
                weak.append(Found(core, core, start, start + len(core), 0.6))
            continue
        yield Found(raw, raw, start, start + len(raw), 0.8)
    if dealt := _DEALT.get(kind):
        for match in dealt.finditer(text):
            # 在天竺镇的味千拉面: where it is stands before what it is called.
            name = match["name"].rpartition("的")[2]
            at = match.end("name") - len(name)
            if not 2 <= len(name) <= LONGEST_DEALER:
                continue
            platform = any(brand in name for brand in BRANDS["platform"])
            if not platform and not _NO_DEALER.search(name) and not _GENERIC.match(name) and not _KIND_OF.match(name):
                yield Found(name, name, at, at + len(name), 0.7)
    yield from weak


def _firms(text: str) -> Iterator[Found]:
    """Firms by their full name: whoever signed outranks the foreman who is named beside it."""
    for match in _FIRM.finditer(text):
        start = _start_of_firm(text, *match.span())
        name = text[start : match.end()]
        if len(name) >= 6 and not _KIND_OF.match(name) and not _GENERIC.match(name):
            yield Found(name, name, start, match.end(), 0.9)


def _start_of_firm(text: str, start: int, end: int) -> int:
    """Where a firm's name begins: in brackets (劳务公司（河北鑫达有限公司）), at its city, or behind the verbs."""
    words = text[start:end]
    if "（" in words and "）" not in words:
        return start + words.rindex("（") + 1
    city = words.rfind("北京")
    return start + city if city >= 0 else _trim(text, start, end)


def _branch_end(text: str, end: int) -> int:
    match = re.compile(
        r"(?:健身|房产|教育|英语|美容|公寓|超市)?(?:[（(]?[一-鿿0-9]{1,8}?(?:分?店|校区|分校|门店)[)）]?)?"
    ).match(text, end)
    return match.end() if match else end


def _trim(text: str, start: int, end: int) -> int:
    """Drops what stands before a name: pronouns, verbs, times, districts."""
    segment = text[start:end]
    if cut := _CUT.match(segment):
        start += cut.end()
    if district := _CITY_PREFIX.match(text[start:end]):
        rest = text[start + district.end() : end]
        if len(rest) >= 4 and not _GENERIC.match(rest):
            start += district.end()
    return start


def find_person(text: str) -> Found | None:
    """What the citizen is called: a full name, or a surname with or without a title."""
    match = _I_AM.search(text)
    if match is None:
        return None
    group = "name" if match["name"] else "sur"
    return Found(match[group], match[group], *match.span(group))
