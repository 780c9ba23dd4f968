"""Reads a message as the answer to what was asked."""

import re
from typing import Any

from dialog.actions import aloud, wording
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.outcome import Outcome
from dialog.actions.places import WHERE, house_number, whole
from dialog.actions.times import in_story
from intents.catalog import Field, FieldKind
from intents.extraction.answers import read_answer
from intents.understanding import Reading, read_fields

TELLING = 8
"""Characters from which a message that answers nothing is taken as a part of the story."""

FREE_WORDS = frozenset(
    {
        FieldKind.PLACE,
        FieldKind.ESTATE,
        FieldKind.VILLAGE,
        FieldKind.MERCHANT,
        FieldKind.EMPLOYER,
        FieldKind.INSTITUTION,
        FieldKind.KINDERGARTEN,
        FieldKind.DEVELOPER,
        FieldKind.PLATFORM,
        FieldKind.BRAND,
        FieldKind.PERSON,
        FieldKind.TEXT,
    }
)
"""Kinds whose answer may be any words: a name that no list knows is still a name."""

NAMES = FREE_WORDS - {FieldKind.TEXT, FieldKind.PERSON}
"""Kinds whose value can be one that was told before under another name (就是刚才说的那家)."""

LONGEST_NAME = 40
"""Characters of an answer taken as a name or place word for word."""


COUNTED = frozenset({FieldKind.AMOUNT, FieldKind.COUNT})
"""Kinds whose value is a number, of which a date or a house has many."""


def answer(notes: Notes, heard: Heard, asked: str, outcome: Outcome) -> bool:
    """Reads the message as the answer to what was asked."""
    spec = notes.fields().get(asked) or notes.catalog.fields.get(asked)
    if spec is None:
        return False
    if asked == "contact_phone" and (settled := _caller(notes, heard, outcome)) is not None:
        return settled
    if asked == "description" and not heard.acts and heard.text.strip():
        # Asked for again because the citizen wants to change it.
        notes.put(asked, heard.text, heard.text, span=(0, len(heard.text)))
        return True
    if asked == "contact_phone" and heard.has("dont_know") and not notes.memory.number_looked_up:
        # Not to know one's number is not to want no call.
        notes.memory.number_looked_up = True
        outcome.said.append(wording.LOOK_IT_UP)
        return True
    if heard.has("skip", "dont_know") and not says_more(heard):
        return _pass(notes, heard, spec, outcome)
    if heard.has("pointing_back") and spec.kind in NAMES and (known := _pointed_at(notes, spec)):
        notes.put(asked, known, heard.text)
        return True
    if asked == "district" and notes.memory.districts_offered:
        found = read_answer(heard.text, FieldKind.CHOICE, heard.now, dict.fromkeys(notes.memory.districts_offered, ()))
        if found is not None:
            notes.put_found(asked, found)
            return True
    reading = in_story(notes, read_fields(heard.text, heard.now, notes.catalog, notes.value("topic"), asked))
    keep_doubt(notes, heard.text, reading)
    if asked in reading.fields:
        found = reading.fields[asked]
        notes.put_found(asked, whole(heard.text, found) if spec.kind in WHERE else found)
        return True
    if spec.kind in NAMES and _NO_SUCH.search(heard.text):
        return _pass(notes, heard, spec, outcome)
    if tells_only(heard.text, reading) and (
        spec.kind in COUNTED
        or (spec.kind in NAMES and not _NAMED_AFTER.search(heard.text) and not _a_home_for_the_old(spec, reading))
    ):
        # 昌平回龙观那边 tells where the shop is, not what it is called; 去年十一月份 is no price.
        return False
    if asked == "contact_phone" and heard.has("affirm"):
        # 就这些: they have told it all, and are asked again without an apology.
        return True
    if spec.kind in NAMES and heard.has("affirm", "deny", "thanks", "leave", "upset", "greeting"):
        # 对对对 is nobody's name.
        return False
    found = read_answer(heard.text, spec.kind, heard.now, spec.options)
    guessed = found is not None and found.confidence < 1 and spec.kind in NAMES
    if guessed and reading.fields and _PAUSE.search(heard.text.strip()):
        # 家在丰台 机构在丽泽那边 is no name.
        return False
    if found is not None and found.value not in (None, ""):
        notes.put_found(asked, found)
        return True
    words = _CALLED.sub("", heard.text.strip(" 。，,.!！？?"))
    if spec.kind in FREE_WORDS and 1 < len(words) <= LONGEST_NAME and not heard.acts and not reading.fields:
        if spec.kind in WHERE and _A_SENTENCE.search(words):
            return False
        if (
            spec.kind is not FieldKind.TEXT
            and spec.kind not in WHERE
            and read_answer(words, spec.kind, heard.now) is None
        ):
            return False
        notes.put(asked, words, heard.text)
        return True
    return False


def _a_home_for_the_old(spec: Field, reading: Reading) -> bool:
    """慈云山庄, asked which home it is: it ends like an estate, and no list knows where that would be."""
    return spec.kind is FieldKind.INSTITUTION and not {"district", "street"} & set(reading.fields)


def _caller(notes: Notes, heard: Heard, outcome: Outcome) -> bool | None:
    """The answer to whether the number that calls is the one to call back; None when it says something else."""
    memory = notes.memory
    offered, memory.caller_offered = memory.caller_offered, False
    if not offered or notes.phone is None or notes.phone.caller is None:
        return None
    if heard.has("affirm"):
        notes.put("contact_phone", notes.phone.caller, heard.text, source="caller_id", confirmed=True)
        # Its last digits were just said.
        outcome.changed.add("contact_phone")
        return True
    if heard.has("deny") or heard.text.strip(" 。") == aloud.CALLER_OTHER:
        memory.caller_refused = True
        return True
    return None


_NAMED_AFTER = re.compile(
    r"(?:院|中心|诊所|卫生室|服务站|驿站|公寓|之家|幼儿园|公司|集团|[店馆厅吧坊]|市场|商场|超市|大厦|广场|健身|瑜伽|美容|美发|学校|影城|银行)[吧啊呀的呢。，, ]*$"
)
"""How the name of a shop or an institution ends that is a place as well (北医三院)."""

_NO_SUCH = re.compile(
    r"(?:没有?|不是|没通过|没找|没走|哪有|不通过)(?:什么)?(?:中介|公司|商家|机构|平台|单位|店名|名字|招牌|牌子)(?:[，,。\s啊的]|$)"
)
"""直接跟房东租的 没中介: there is no name to tell."""

_CALLED = re.compile(
    r"^(?:我们)?(?:[村店园院站]|小区|公司|名字|医院|机构)(?:名|名字)?(?:就)?(?:叫做?|是叫?|名叫)(?:什么|啥)?[\s，,]*(?=..)"
)
"""村叫 南尚乐: what it is called follows."""

_PAUSE = re.compile(r"[\s，,。]")
_A_SENTENCE = re.compile(r"[了没吗呢我你他推说找]|还|给|被|把|为什么|怎么")
"""What no place is called: 买了七年了还没给办."""

_FILLERS = re.compile(
    r"事情?|问题|上午|下午|晚上|早上|中午|夜里|凌晨|左右|前后|月初|月底|年初|年底|那边儿?|这边儿?|那里|这里|那儿|这儿|附近|一带|旁边|就是|就在|是在|应该|好像|大概|其实|后来|叫|[在是吧的呢啊嗯呃哦那这了，,。.!！、\s]"
)


def tells_only(text: str, reading: Reading) -> bool:
    """Whether the facts found in a text are all that it says."""
    if not reading.fields:
        return False
    rest = list(text)
    for found in reading.fields.values():
        rest[found.start : found.end] = " " * (found.end - found.start)
    return not _FILLERS.sub("", "".join(rest))


def says_more(heard: Heard) -> bool:
    return len(heard.text) > 2 * TELLING


def _pass(notes: Notes, heard: Heard, spec: Field, outcome: Outcome) -> bool:
    """“I do not know” and “skip” settle a field without a value."""
    if spec.name == "description":
        outcome.said.append(wording.DESCRIPTION_NEEDED)
        return False
    if spec.name == "contact_phone":
        if not notes.value("anonymous"):
            notes.put("anonymous", True, heard.text)
            outcome.said.append(wording.ANONYMOUS_NOTED)
        return True
    notes.put(spec.name, None, heard.text)
    outcome.said.append(wording.SKIPPED)
    return True


def _pointed_at(notes: Notes, spec: Field) -> Any:
    """A name already given that the citizen points back to (就是刚才说的那家)."""
    names: tuple[str, ...] = ("merchant", "institution", "employer", "kindergarten", "developer", "estate", "place")
    if spec.kind in WHERE:
        names = ("place", "estate", "village")
    return next((notes.value(name) for name in names if notes.value(name)), None)


def house(notes: Notes, heard: Heard) -> bool:
    """A house number alone goes on the place told before."""
    number = house_number(heard.text)
    name = next((n for n in ("place", "estate", "village") if notes.value(n) and n in notes.fields()), None)
    if number is None or name is None or number in str(notes.value(name)):
        return False
    notes.put(name, f"{notes.value(name)}{number}", heard.text)
    return True


def resolved(notes: Notes, heard: Heard) -> bool:
    """The answer to which of two names was meant; the places are read again with the right one."""
    doubt, notes.memory.doubt = notes.memory.doubt or {}, None
    found = read_answer(heard.text, FieldKind.CHOICE, heard.now, dict.fromkeys(doubt["names"], ()))
    if found is None:
        return False
    told = str(doubt["text"]).replace(doubt["heard"], str(found.value))
    reading = read_fields(told, heard.now, notes.catalog, notes.value("topic"))
    for name in ("place", "estate", "village", "district", "street"):
        if name in reading.fields and reading.fields[name].value != notes.value(name):
            notes.put(name, reading.fields[name].value, doubt["heard"])
    return True


def keep_doubt(notes: Notes, text: str, reading: Reading) -> None:
    """Keeps a name that may be either of two, to be asked back."""
    if reading.doubts:
        one = reading.doubts[0]
        notes.memory.doubt = {"heard": one.heard, "names": list(one.names), "text": text}
