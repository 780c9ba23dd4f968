"""Yes or no: is there a contract?"""

import re

from intents.found import Found

_CONTRACT = "(?:劳动|书面|服务|租赁|购房|用工|正式|劳务|入会|会员|办卡|认购|托管|居间|中介|培训|入住|养老|装修){0,3}(?:合同|协议)"
_NO = re.compile(
    rf"(?:没有?|未|从来没|一直没|也没|都没|不)(?:给我们?|跟我们?|和我们?)?(?:签|订|立|有)?(?:过|订|任何|什么|正式)?(?:的)?{_CONTRACT}|{_CONTRACT}(?:也|都|还|当时|一直|就|压根)*(?:没有?|未)(?:给)?(?:签|给|订)?|(?:无|缺){_CONTRACT}"
)
_YES = re.compile(
    rf"(?:签|订|有)(?:了|过|订了|着|订过|有)?(?:一份|两年|一年|三年|正式|书面)?(?:的)?{_CONTRACT}|{_CONTRACT}(?:都|也|已经?|是)?(?:签了|有|在|签过|齐全)|按(?:照)?{_CONTRACT}|{_CONTRACT}(?:约定|到期|上(?!没|哪))|{_CONTRACT}上(?:根本|压根)?没(?:写|有|这)"
)
_ASKING = re.compile(rf"(?:有没有|是否有?|签没签|要不要签?){_CONTRACT}|{_CONTRACT}(?:吗|没有\?|没有？)")
_BARE_NO = re.compile(
    r"^\s*(?:嗯|呃|那个|啊)?[，,]?(?:没|没有|没签|没有签|未签|没签过|没有的|无|否|不|口头|口头约定|没给签|啥也没签|什么都没签)(?:合同|协议)?[了的啊呢吧过]*[。.!！]?\s*$"
)
_BARE_YES = re.compile(
    r"^\s*(?:嗯|呃|那个|啊)?[，,]?(?:有|有的|签了|签过|签了的|有签|是|是的|对|签订了|都签了|有合同|当然有?)(?:合同|协议)?[了的啊呢吧过]*[。.!！]?\s*$"
)


def find_contract(text: str) -> Found | None:
    """Whether a contract was signed; None when nothing is said of it."""
    for value, pattern in ((False, _NO), (True, _YES)):
        match = pattern.search(text)
        if match and not _ASKING.search(text):
            return Found(value, match.group(), match.start(), match.end())
    return None


def read_boolean(text: str) -> Found | None:
    """A bare yes or no."""
    for value, pattern in ((False, _BARE_NO), (True, _BARE_YES)):
        if match := pattern.match(text):
            raw = match.group().strip()
            start = text.index(raw) if raw else 0
            return Found(value, raw, start, start + len(raw))
    return None
