"""The citizen changes their mind: “不是朝阳，是海淀”, “电话改成138…”, “改地址”."""

import re
from typing import Any

from dialog.actions import wording
from dialog.actions.answer import FREE_WORDS
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.places import WHERE, house_number, whole, with_number
from intents.catalog import Field, FieldKind
from intents.catalog.model import OTHER
from intents.classifier import Guess
from intents.extraction.answers import read_answer
from intents.extraction.codes import digits
from intents.found import Found
from intents.show import show
from intents.understanding import SURE, read_fields

DETAIL = re.compile(
    r"^(?:[0-9一二三四五六七八九十百甲乙丙丁A-Za-z]{1,4}|[东西南北中]{1,2})(?:期|区|栋|幢|号楼|号院|号|楼|单元|室|层|门|里|园|院|段|侧|口)?$"
)
"""A part of an address that can be wrong by itself."""

_TAIL = re.compile(
    r"(?:最后|末尾|尾号|后面|后)(?:的)?(?:[一二两三四五六1-6几]位|几个)?(?:数字?|号码?)?(?:应该)?(?:是|改成|改为)?\s*(?P<digits>[0-9〇零一幺二两三四五六七八九]{2,7})(?:的|啊|吧)?[。.\s]*$"
)

CALLED_ALSO = {
    "place": ("地址", "地点", "位置", "地方"),
    "estate": ("小区", "地址"),
    "contact_phone": ("电话", "手机", "手机号", "号码", "联系方式"),
    "contact_name": ("名字", "姓名", "称呼"),
    "merchant": ("商家", "店名", "店铺", "机构名", "公司名", "中介"),
    "employer": ("公司", "单位", "老板", "包工头"),
    "platform": ("平台",),
    "institution": ("医院", "机构", "养老院"),
    "amount_paid": ("金额", "价钱", "价格", "多少钱", "钱数", "价钱", "交的钱"),
    "amount_owed": ("金额", "钱数", "欠的钱", "工资数"),
    "paid_on": ("时间", "日期", "付款日期"),
    "occurred_on": ("时间", "日期"),
    "time_of_day": ("时间", "时段"),
    "district": ("区", "哪个区"),
    "topic": ("类别", "类型", "问题"),
    "description": ("描述", "内容", "情况"),
    "demand": ("要求", "诉求"),
}
"""What citizens call a field besides its label."""


def field_named(notes: Notes, words: str) -> str | None:
    """The field that these words name: by its label, or by what citizens call it. The draft's own fields come first."""
    candidates = sorted(notes.fields(), key=lambda name: (notes.value(name) is None, name in ("district", "topic")))
    for name in [*candidates, "topic", "type"]:
        spec = notes.fields().get(name) or notes.catalog.fields[name]
        if words == spec.label or words in CALLED_ALSO.get(name, ()):
            return name
    for name in [*candidates, "topic", "type"]:
        spec = notes.fields().get(name) or notes.catalog.fields[name]
        if any(word in words for word in (spec.label, *CALLED_ALSO.get(name, ())) if len(word) > 1):
            return name
    return None


def correct(notes: Notes, heard: Heard) -> list[str]:
    """Applies a correction; the sentences that repeat it, or nothing when the message is none."""
    act = heard.act("correction")
    if act is None:
        return []
    old, new, hint = _parts(act.detail)
    name = field_named(notes, hint) if hint else None
    if (mended := _tail_of_number(notes, new or heard.text)) is not None:
        return mended
    if new.startswith(("最后", "末尾", "尾号", "后面")) and _TAIL.search(new):
        # There is no number yet whose end it could be.
        return []
    if not new:
        if name is None:
            return []
        notes.memory.ask_next = name
        return [wording.LISTENING]
    if name is None:
        name = _holding(notes, old) if old.strip() else _just_told(notes, heard, new)
    if name is not None:
        return _change(notes, heard, name, new, old.strip())
    said: list[str] = []
    for found_name, found in read_fields(new, heard.now, notes.catalog, notes.value("topic")).fields.items():
        said += _put(notes, found_name, found)
    return said or _reword(notes, heard, old, new) or _retopic(notes, heard, old.strip())


def _tail_of_number(notes: Notes, said: str) -> list[str] | None:
    """“不对，最后是二二四四”: the last digits of the number told before."""
    told, match = str(notes.value("contact_phone") or ""), _TAIL.search(said)
    if match is None or not told:
        return None
    tail = digits(match["digits"])
    if len(tail) >= len(told):
        return None
    start, end = match.span("digits")
    return _put(notes, "contact_phone", Found(told[: -len(tail)] + tail, match["digits"], start, end))


def _parts(detail: Any) -> tuple[str, str, str]:
    old, new, hint = (detail or (None, None, None))[:3]
    return old or "", new or "", hint or ""


def _holding(notes: Notes, old: str) -> str | None:
    """The field whose value or words hold what the citizen takes back."""
    old = old.strip()
    for name in notes.fields():
        if name == "description" or notes.value(name) is None:
            continue
        spec = notes.fields()[name]
        if spec.kind is FieldKind.DATE and old in str(notes.raw(name)):
            return name
        if old in str(notes.value(name)) or str(notes.value(name)) in old or old == notes.raw(name):
            return name
    return None


def _just_told(notes: Notes, heard: Heard, new: str) -> str | None:
    """What “不对，是六千二” takes back when it does not say: what was told last of the facts that can be read from it."""
    kinds, asked = notes.fields(), notes.memory.asked
    told = sorted((name for name in kinds if notes.value(name) is not None), key=notes.turn_of, reverse=True)
    shape = next((kinds_of for kinds_of, pattern in _SHAPES if pattern.search(new)), None)
    if shape is not None:
        told = [name for name in told if kinds[name].kind in shape] or told
    for name in told:
        spec = kinds[name]
        if spec.kind not in FREE_WORDS and read_answer(new, spec.kind, heard.now, spec.options) is not None:
            return name
    where = next((name for name in told if kinds[name].kind in WHERE), None)
    if where is not None and _LIKE_A_PLACE.search(new.strip()):
        return where
    return asked if asked in kinds else None


_SHAPES = (
    ((FieldKind.AMOUNT,), re.compile(r"[\d零一二两三四五六七八九十百千万][块元]|[万千百]")),
    ((FieldKind.DATE, FieldKind.PERIOD, FieldKind.YEAR), re.compile(r"[\d一二三四五六七八九十][年月号日]")),
)
"""A sum takes back a sum, whatever number was told after it."""

_LIKE_A_PLACE = re.compile(
    r"^[一-鿿0-9A-Za-z]{2,12}(?:[村庄路街里园苑区院楼桥口营屯台坊镇乡寺门巷]|小区|胡同)[的吧啊]?$"
)
"""小辛庄, said to put right what was told last."""


def _change(notes: Notes, heard: Heard, name: str, new: str, old: str = "") -> list[str]:
    """One named field gets a new value, read as an answer to its question."""
    if name == "topic":
        return _retopic(notes, heard)
    spec = notes.fields().get(name) or notes.catalog.fields[name]
    raw = notes.raw(name) or ""
    if spec.kind is FieldKind.DATE and old and old in raw and old != raw:
        # 不是去年 前年 takes back a part of 去年国庆.
        new = raw.replace(old, new)
    if spec.kind in WHERE and old and (place := str(notes.value(name) or "")) != old and DETAIL.match(old):
        # 不是一区，是二区 takes back a part of 芳城园一区.
        return _put(notes, name, _as_found(heard, place.replace(old, new), new)) if old in place else []
    if spec.kind in WHERE and notes.value(name) and (house := house_number(new)):
        # 不对，是四号楼 puts right the house of 望京西园四区三号楼, and leaves the estate.
        return _put(notes, name, _as_found(heard, with_number(str(notes.value(name)), house), new))
    reading = read_fields(new, heard.now, notes.catalog, notes.value("topic"), name)
    found = reading.fields.get(name) or read_answer(new, spec.kind, heard.now, spec.options)
    if found is not None and spec.kind in WHERE:
        found = whole(new, found)
    if found is None and spec.kind in (
        FieldKind.TEXT,
        FieldKind.PLACE,
        FieldKind.ESTATE,
        FieldKind.VILLAGE,
        FieldKind.MERCHANT,
    ):
        found = _as_found(heard, new, new)
    elsewhere = reading.fields.get("place") if spec.kind in (FieldKind.DISTRICT, FieldKind.STREET) else None
    if found is None and elsewhere is not None:
        # Another place lies in another street, whatever that is called.
        notes.put(name, None, heard.text)
        return _put(notes, "place", elsewhere)
    if found is None:
        notes.memory.ask_next = name
        return []
    near = spec.kind in WHERE and _alike(str(notes.value(name) or ""), str(found.value))
    said = _put(notes, name, found)
    # 海淀 said instead of 朝阳 makes the old street wrong as well.
    if name == "district":
        for dependent in ("street",):
            if notes.value(dependent) is not None:
                notes.put(dependent, None, heard.text)
    for other, more in reading.fields.items():
        if near:
            # 小辛庄 for 大辛庄 lies where that lay, whatever other 小辛庄 there is.
            break
        if other != name and other in ("district", "street") and more.value != notes.value(other):
            notes.put_found(other, more)
    return said


def _alike(old: str, new: str) -> bool:
    """Whether two names share a pair of characters."""
    return any(new[i : i + 2] in old for i in range(len(new) - 1))


def _as_found(heard: Heard, value: str, said: str) -> Found:
    start = max(heard.text.find(said), 0)
    return Found(value, said, start, start + len(said))


def _reword(notes: Notes, heard: Heard, old: str, new: str) -> list[str]:
    """What is taken back stands in the story itself (不是东门，是南门): the word is replaced there."""
    story = str(notes.value("description") or "")
    if len(old) < 2 or old not in story:
        return []
    notes.put("description", story.replace(old, new), heard.text)
    return [wording.changed(old, new)]


def _put(notes: Notes, name: str, found: Found) -> list[str]:
    if notes.value(name) == found.value:
        return []
    notes.put_found(name, found)
    spec: Field = notes.fields().get(name) or notes.catalog.fields[name]
    return [wording.changed(spec.label, show(found.value, spec.kind))]


def _retopic(notes: Notes, heard: Heard, old: str = "") -> list[str]:
    """The correction may be of the topic itself (“不是路灯，是停车”), and never to what was just denied (不是群租，就一家人)."""
    best: Guess | None = heard.topics[0] if heard.topics else None
    if best is None or best.confidence < SURE or best.label in (OTHER, notes.value("topic")):
        return []
    topic = notes.catalog.topics[best.label]
    if len(old) > 1 and (old in topic.name or old in topic.short or topic.short in old):
        return []
    notes.put("topic", best.label, heard.text)
    return [wording.changed(notes.catalog.fields["topic"].label, topic.short)]
