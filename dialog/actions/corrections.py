"""The citizen changes their mind: “不是朝阳，是海淀”, “电话改成138…”, “改地址”."""

from typing import Any

from dialog.actions import wording
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.places import WHERE, whole
from intents.catalog import Field, FieldKind
from intents.catalog.model import OTHER
from intents.classifier import Guess
from intents.extraction.answers import read_answer
from intents.found import Found
from intents.show import show
from intents.understanding import SURE, read_fields

CALLED_ALSO = {
    "place": ("地址", "地点", "位置", "地方"),
    "estate": ("小区", "地址"),
    "contact_phone": ("电话", "手机", "手机号", "号码", "联系方式"),
    "contact_name": ("名字", "姓名", "称呼"),
    "merchant": ("商家", "店名", "机构名", "公司名", "中介"),
    "employer": ("公司", "单位", "老板", "包工头"),
    "institution": ("医院", "机构", "养老院"),
    "amount_paid": ("金额", "钱数", "价钱", "交的钱"),
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
    if not new:
        if name is None:
            return []
        notes.memory.ask_next = name
        return [wording.LISTENING]
    if name is None:
        name = _holding(notes, old)
    if name is not None:
        return _change(notes, heard, name, new)
    said: list[str] = []
    for found_name, found in read_fields(new, heard.now, notes.catalog, notes.value("topic")).fields.items():
        said += _put(notes, found_name, found)
    return said or _reword(notes, heard, old, new) or _retopic(notes, heard)


def _parts(detail: Any) -> tuple[str, str, str]:
    old, new, hint = (detail or (None, None, None))[:3]
    return old or "", new or "", hint or ""


def _holding(notes: Notes, old: str) -> str | None:
    """The field whose value or words hold what the citizen takes back."""
    old = old.strip()
    if not old:
        return notes.memory.asked if notes.memory.asked in notes.fields() else None
    for name in notes.fields():
        if name == "description" or notes.value(name) is None:
            continue
        if old in str(notes.value(name)) or str(notes.value(name)) in old or old == notes.raw(name):
            return name
    return None


def _change(notes: Notes, heard: Heard, name: str, new: str) -> list[str]:
    """One named field gets a new value, read as an answer to its question."""
    if name == "topic":
        return _retopic(notes, heard)
    spec = notes.fields().get(name) or notes.catalog.fields[name]
    reading = read_fields(new, heard.now, notes.catalog, notes.value("topic"), name)
    found = reading.fields.get(name) or read_answer(new, spec.kind, heard.now, spec.options)
    if found is not None and spec.kind in WHERE:
        found = whole(new, found)
    if found is None and spec.kind in (FieldKind.TEXT, FieldKind.PLACE, FieldKind.ESTATE, FieldKind.MERCHANT):
        start = max(heard.text.find(new), 0)
        found = Found(new, new, start, start + len(new))
    if found is None:
        notes.memory.ask_next = name
        return []
    said = _put(notes, name, found)
    # 海淀 said instead of 朝阳 makes the old street wrong as well.
    if name == "district":
        for dependent in ("street",):
            if notes.value(dependent) is not None:
                notes.put(dependent, None, heard.text)
    for other, more in reading.fields.items():
        if other != name and other in ("district", "street") and more.value != notes.value(other):
            notes.put_found(other, more)
    return said


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


def _retopic(notes: Notes, heard: Heard) -> list[str]:
    """The correction may be of the topic itself (“不是路灯，是停车”)."""
    best: Guess | None = heard.topics[0] if heard.topics else None
    if best is None or best.confidence < SURE or best.label in (OTHER, notes.value("topic")):
        return []
    notes.put("topic", best.label, heard.text)
    topic = notes.catalog.topics[best.label]
    return [wording.changed(notes.catalog.fields["topic"].label, topic.short)]
