"""Takes a message as a part of the story: what it is about, and every fact it holds."""

import re
from dataclasses import replace

from dialog.actions import wording
from dialog.actions.answer import NAMES, TELLING, keep_doubt, says_more, tells_only
from dialog.actions.beginning import WHERE_FIELDS, begin, idle, reconsider
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.outcome import Outcome
from dialog.actions.places import WHERE, finer, whole, with_house
from dialog.actions.questions import CONFIRM
from dialog.actions.times import in_story
from intents.catalog import FieldKind
from intents.extraction.times import find_duration
from intents.gazetteer.nameless import nameless
from intents.seen import Seen
from intents.show import show
from intents.understanding import Reading, read_fields

REMARK = 4
"""Characters from which a message that holds no fact at all is still a part of the story (物业管不了)."""

SHORT_REMARK, DISTINCT = 2, 2
"""The same, where nothing in words is asked for; and the different characters that a remark has at least: 哈哈哈哈哈 is none."""

READ_BACK = 40
"""Characters up to which a message after the read-back is about what was read back."""

_AFTER_ALL = re.compile(r"金额|数额|钱数|写成|还欠|还差|还剩|总共|一共|其实|应该是|不止|实际|所以")
"""所以还欠两万一千二: the sum, thought over."""

BESIDE_A_CHOICE = 6
"""Characters beside the words of a choice, up to which they put the known one right."""

_BESIDES = re.compile(r"还(?:另外)?[交付给花收扣]了|又[交付花]了?|另外还?[交付给花收]|除此|外加|再加上")
"""One more sum is not another one."""

_SAME_NUMBER = re.compile(
    r"^[\s嗯那]*(?:电话|手机|号码)?(?:还|就|也|仍)*(?:是|用|留|打)?(?:刚才|刚刚|之前|上次|原来|前面|一样|同一个)的?(?:那个?|这个?)?(?:电话|号码|手机|号)?(?:就行|吧|啊|呗)?[。.\s]*$"
)
"""还用刚才那个电话: the number is known."""

_SUM = re.compile(
    r"^[\s大概差不多有就是得嗯]*[\d.零一二两三四五六七八九十几百千]+[万千百块元][\d零一二两三四五六七八九十几百千万块元钱多来左右吧的呢]*[。.\s]*$"
)

_FIGURES = re.compile(r"^\s*[1-9]\d{2,5}\s*$")
"""Four digits, where a name was asked for."""

_MEASURED = re.compile(r"\d+(?:度|层|户|次|辆|盏|米|公里|分贝|个)")
"""16度 tells something, short as it is."""

_DIGITS_ONLY = re.compile(
    r"^[\s\d０-９零〇一幺二两三四五六七八九，,。.\-—再加后面然前是个好的嗯那就留电话手机号码吧啊]+$"
)
"""135 5555 六六六六 再加 888: a number as people say it, and no part of the story."""

TELLING_ACTS = ("pointing_back", "danger")
"""Acts whose words are a part of the story as well."""


def tell(notes: Notes, heard: Heard, outcome: Outcome) -> None:
    """Takes the message as a part of the story, with every field it holds."""
    answered, asked = outcome.understood, notes.memory.asked or ""
    telling = (*TELLING_ACTS, "correction") if asked != CONFIRM and len(heard.text) >= TELLING else TELLING_ACTS
    # A correction that put nothing right (不是群租 就一家人) tells something.
    bare = any(act.kind not in telling for act in heard.acts) and not says_more(heard)
    if notes.topic is None and not notes.memory.topics_offered:
        begin(notes, heard, outcome, bare)
        return
    if bare:
        return
    if reconsider(notes, heard, outcome):
        return
    read_back = asked == CONFIRM and len(heard.text) <= READ_BACK
    reading, kinds = _read(notes, heard, answered, read_back), notes.fields()
    brief = not answered and (read_back or len(heard.text) <= 2 * TELLING)
    nothing_else = tells_only(heard.text, reading)
    told_where = answered and asked in kinds and kinds[asked].kind in WHERE
    fresh, told = False, 0
    for name, found in reading.fields.items():
        kind = (kinds.get(name) or notes.catalog.fields[name]).kind
        if told_where and name != asked and kind in WHERE:
            # The place is the answer already given, as a whole.
            continue
        if notes.value(name) is not None and _no_news(name, kind, reading, heard):
            continue
        if (notes.value(name) is None and (name not in notes.draft.fields or not answered)) or (
            kind in WHERE and _refines(notes, name, reading)
        ):
            notes.put_found(name, with_house(heard.text, found) if kind in WHERE else found)
            told += len(found.raw)
            outcome.understood = fresh = True
        elif (
            brief
            and notes.value(name) is not None
            and (
                nothing_else
                or read_back
                or name in WHERE_FIELDS
                or (kind is FieldKind.AMOUNT and _AFTER_ALL.search(heard.text))
            )
        ):
            # A few words that are nothing but a known fact told anew are a second thought, and so is whatever differs from
            # what was just read back: the newer counts.
            if not _stands_for_itself(name, reading):
                continue
            newer = whole(heard.text, found) if kind in WHERE else found
            if notes.value(name) != newer.value:
                notes.put_found(name, newer)
                outcome.changed.add(name)
                outcome.said.append(wording.changed(notes.catalog.fields[name].label, show(newer.value, kind)))
            outcome.understood = True
        elif notes.value(name) == found.value:
            # Said again, it is no less understood.
            outcome.understood = True
    if "district" in outcome.changed and "street" not in reading.fields and notes.value("street") is not None:
        # The old street lies in the old district.
        notes.put("street", None, heard.text)
    keep_doubt(notes, heard.text, reading)
    if reading.districts and not notes.settled("district"):
        notes.memory.districts_offered = list(reading.districts)
    if heard.text.strip() in str(notes.value("description") or "") and len(heard.text) > 1:
        # Told before: said again, it is no less understood.
        outcome.understood = True
    told += len(reading.fields[asked].raw) if answered and asked in reading.fields else 0
    if answered and asked == "contact_phone" and _DIGITS_ONLY.match(heard.text):
        return
    if (
        not outcome.changed
        and not nothing_else
        and add_to_story(notes, heard, *_left(notes, heard.text, asked, told, answered))
    ):
        if not answered and not fresh and not outcome.said:
            outcome.said.append(wording.ADDED)
        outcome.understood = True


def _no_news(name: str, kind: FieldKind, reading: Reading, heard: Heard) -> bool:
    """Whether a value told beside a known one is neither finer nor another."""
    if kind in WHERE and nameless(str(reading.fields[name].value)):
        # 从村口到小学 tells where in the village, and is no other village.
        return True
    if kind is FieldKind.CHOICE and len(heard.text) - len(reading.fields[name].raw) > BESIDE_A_CHOICE:
        # Trouble of another kind told in a sentence is told besides.
        return True
    if kind is FieldKind.AMOUNT and _BESIDES.search(heard.text):
        # 我还交了管理费 200 is told besides.
        return True
    # A street office told beside a known place is the street, not another place.
    return kind in WHERE and _a_street_office(name, reading)


A_STORY = 20
"""Characters of a message from which on its marks are believed: the tagger was trained on stories, not on answers."""


def _seen(heard: Heard) -> Seen | None:
    """What the tagger marked in a message that goes on with the story; its kind of trouble was told at the beginning."""
    return replace(heard.seen, kinds=()) if heard.seen and len(heard.text) >= A_STORY else None


def _read(notes: Notes, heard: Heard, answered: bool, read_back: bool) -> Reading:
    """What the message says, as the story so far means it."""
    topic = notes.value("topic")
    reading = in_story(notes, read_fields(heard.text, heard.now, notes.catalog, topic, seen=_seen(heard)))
    if not reading.fields and not answered:
        return _bare_sum(notes, heard, reading)
    known = reading.fields.get("place")
    if read_back and known is not None and known.value == notes.value("place"):
        # 孩子在石园小学 摊是在石园北区门口: of two places the one that was not read back is news.
        others = " " * known.end + heard.text[known.end :]
        rest = read_fields(others, heard.now, notes.catalog, topic)
        return rest if "place" in rest.fields else reading
    return reading


def add_to_story(notes: Notes, heard: Heard, told: int = 0, least: int = TELLING) -> bool:
    """What a message says beyond the `told` characters taken from it as facts goes onto the description; whether anything did.

    `least` characters must be left.
    """
    before = str(notes.value("description") or "")
    if (
        len(heard.text) - told < least
        or (len(set(re.findall(r"[一-鿿]", heard.text))) < DISTINCT and not _MEASURED.search(heard.text))
        or idle(heard.text)
        or heard.text in before
        or heard.text in (t.short for t in notes.catalog.topics.values())
    ):
        return False
    notes.put("description", f"{before}\n{heard.text}".strip(), heard.text)
    return True


def _bare_sum(notes: Notes, heard: Heard, reading: Reading) -> Reading:
    """A sum told by itself is the topic's sum, whatever was asked; a number without 万, 块 or 多 may be anything."""
    sums = [name for name, spec in notes.fields().items() if spec.kind is FieldKind.AMOUNT and not notes.settled(name)]
    names = notes.memory.asked in notes.fields() and notes.fields()[notes.memory.asked or ""].kind in NAMES
    if not sums or not (_SUM.match(heard.text) or (names and _FIGURES.match(heard.text))):
        return reading
    return read_fields(heard.text, heard.now, notes.catalog, notes.value("topic"), sums[0])


def _a_street_office(name: str, reading: Reading) -> bool:
    """Whether the place told is only the street's or town's official name (建外街道)."""
    street = reading.fields.get("street")
    return street is not None and street.value == street.raw == reading.fields[name].raw


def _left(notes: Notes, text: str, asked: str, told: int, answered: bool) -> tuple[int, int]:
    """Characters taken as facts already, and how many more a remark must have to go onto the story."""
    if notes.topic is None:
        # What it is about will decide what the facts mean (八月份 may be the wages'): all words are kept.
        return 0, SHORT_REMARK
    return told, _least(text, asked, told, answered)


def _least(text: str, asked: str, told: int, answered: bool) -> int:
    """Characters that a remark must have to go onto the story."""
    if find_duration(text) is not None or _MEASURED.search(text):
        # 不亮啊 半个月了: for how long is worth keeping beside any answer.
        return SHORT_REMARK
    if told or answered:
        return TELLING
    # Whoever is asked for a number and says words goes on telling (骨科).
    return SHORT_REMARK if asked == "contact_phone" else REMARK


def _refines(notes: Notes, name: str, reading: Reading) -> bool:
    """Whether the place just told says where in the one told before; in another district it is another place."""
    district = reading.fields.get("district")
    if district is not None and notes.value("district") not in (None, district.value):
        return False
    return finer(str(notes.value(name)), str(reading.fields[name].value))


def _stands_for_itself(name: str, reading: Reading) -> bool:
    """A district or street that a place merely implies (小红庙 is not 红庙) does not overrule the one that was told."""
    if name not in ("district", "street"):
        return True
    district = reading.fields.get("district")
    named = district is not None and district.confidence == 1.0
    street = reading.fields.get("street")
    return named or (name == "street" and street is not None and street.raw == street.value)
