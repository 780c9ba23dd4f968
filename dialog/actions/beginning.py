"""How a complaint begins: whether the words tell anything, what they are about, and every fact they hold."""

import re

from dialog.actions import wording
from dialog.actions.answer import keep_doubt, tells_only
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.outcome import Outcome
from dialog.actions.topic import REFUSALS, decide_topic, denied, lean, names_a_matter, take_topic
from intents.catalog import FieldKind
from intents.catalog.model import ASKED_LESS, OTHER, PRAISE, TYPES
from intents.gazetteer.phrases import find_phrases
from intents.seen import Seen
from intents.show import fact, show
from intents.understanding import SURE, read_fields

USUAL_TYPE = "求助"
SURE_OF_TYPE = 0.6

IDLE = frozenset(
    [
        "你猜",
        "随便",
        "随你",
        "无语",
        "呵呵",
        "你说呢",
        "爱谁谁",
        "听见没",
        "听到没",
        "听得见吗",
        "在听吗",
        "继续",
        "然后呢",
        "哦豁",
        "啊这",
        "那个",
        "这个",
        "哎呀",
        "我去",
        "好家伙",
    ]
)
"""Words that tell nothing."""

WHERE_FIELDS = ("place", "estate", "village", "district", "street")
"""Fields that tell where."""

HERE = re.compile(
    r"村里|我们?家|我们(?:小区|这|那|楼|村|社区|院)|咱们?(?:小区|这|那|楼|村|院)|这边|这里|这儿|门口|楼下|小区里|也是这|同一个"
)
"""How a second complaint says that it is at the first one's place."""

_AGAINST = re.compile(
    r"^[\s嗯那喂你您好，,]*(?:我)?(?:要|想|想要)?(?:投诉|举报|反映|告|说说?)(?:一下|一?个)?(?:我们?的?|我们?那个|那个|这个|你们的?)?[一-鿿]{2,6}(?:的(?:事|问题|情况))?[。.！!\s]*$"
)
"""我要投诉房东"""


def idle(text: str) -> bool:
    """Whether the words tell nothing."""
    return text.strip(" ，,。.！!？?") in IDLE


def begin(notes: Notes, heard: Heard, outcome: Outcome, bare: bool) -> None:
    """The first words of a complaint."""
    if bare or len(heard.text.strip()) < 2 or idle(heard.text):
        return
    best = heard.topics[0] if heard.topics else None
    if best is not None and (best.confidence < SURE or best.label == OTHER) and _AGAINST.match(heard.text):
        # Whom it is about, and not yet what: 我要投诉房东.
        notes.memory.opening = heard.text
        if (told := next((type_ for type_ in TYPES if type_ in heard.text), None)) and notes.type is None:
            notes.put("type", told, heard.text)
        outcome.understood = True
        outcome.said.append(wording.LISTENING)
        return
    decide_topic(notes, heard)
    if notes.topic is None and not notes.memory.topics_offered:
        return
    opening = notes.memory.opening
    story = f"{opening}\n{heard.text}" if opening else heard.text
    start = len(story) - len(heard.text)
    notes.put("description", story, heard.text, span=(0, len(heard.text)) if not start else None)
    notes.memory.seen = heard.seen.shifted(start).to_json() if heard.seen else None
    if heard.type is not None and notes.type is None:
        # Who only asks or thanks is asked for less: that has to be likely, not merely likeliest.
        doubtful = heard.type.label in ASKED_LESS and heard.type.confidence < SURE_OF_TYPE
        notes.put("type", USUAL_TYPE if doubtful else heard.type.label, heard.text)
    outcome.understood = True
    absorb(notes, heard, outcome)


def reconsider(notes: Notes, heard: Heard, outcome: Outcome) -> bool:
    """What was filed under `other` for want of words becomes its topic when the words come; whether they are asked for the topic anew."""
    best = heard.topics[0] if heard.topics else None
    if not outcome.understood and means_another(notes, heard):
        ask_anew(notes, heard)
        outcome.understood = True
        return True
    if notes.value("topic") != OTHER or notes.raw("topic") in REFUSALS or best is None:
        return False
    if not names_a_matter(heard.text) or tells_only(heard.text, read_fields(heard.text, heard.now, notes.catalog)):
        # An address says nothing of the topic: 芳城园一区 is no kindergarten.
        return False
    if best.label != OTHER and best.confidence >= SURE and not denied(notes.catalog.topics[best.label], heard.text):
        take_topic(notes, best.label, heard.text)
        outcome.understood = True
        add_words(notes, heard)
        known = {name for name in notes.fields() if notes.value(name) is not None}
        absorb(notes, heard, outcome)
        # What was just repeated is not to be acknowledged again.
        outcome.changed |= {name for name in notes.fields() if notes.value(name) is not None} - known
    return False


BRIEF, EARLY = 10, 3
"""Characters of a remark, and turns after the topic was taken, in which it may show that another topic was meant."""

CERTAIN, UNLIKELY = 0.9, 0.05


def means_another(notes: Notes, heard: Heard) -> bool:
    """老板跑路了, and when asked for the shop: 工资啊. It answers nothing, and is surely about something else: they are asked which."""
    topic, shares = notes.topic, {guess.label: guess.confidence for guess in heard.topics}
    if topic is None or topic.id == OTHER or heard.acts or len(heard.text.strip()) > BRIEF:
        return False
    if notes.turn - notes.turn_of("topic") > EARLY or not heard.topics:
        return False
    if any(find_phrases(heard.text)) or tells_only(heard.text, read_fields(heard.text, heard.now, notes.catalog)):
        # 熙兆嘉园 is no kindergarten.
        return False
    best = heard.topics[0]
    return best.label not in (OTHER, topic.id) and best.confidence >= CERTAIN and shares.get(topic.id, 0) < UNLIKELY


def ask_anew(notes: Notes, heard: Heard) -> None:
    """Opens the topic again between the one that was taken and the one that was meant; the words go onto the story."""
    notes.memory.topics_offered = [heard.topics[0].label, str(notes.value("topic"))]
    notes.memory.leaning = {}
    lean(notes, heard)
    notes.put("topic", None, heard.text)
    add_words(notes, heard)


def add_words(notes: Notes, heard: Heard) -> None:
    """The words go onto the story as they are."""
    notes.put("description", f"{notes.value('description') or ''}\n{heard.text}".strip(), heard.text)


def absorb(notes: Notes, heard: Heard, outcome: Outcome) -> None:
    """Fills the fields of a topic just settled from the story told before."""
    if notes.topic is None:
        return
    story, turn = str(notes.value("description") or heard.text), notes.turn_of("description")
    seen = Seen.from_json(notes.memory.seen) if notes.memory.seen else None
    reading = read_fields(story, heard.now, notes.catalog, notes.topic.id, seen=seen)
    facts: list[str] = []
    for name, found in reading.fields.items():
        if notes.type == PRAISE and notes.fields()[name].kind is FieldKind.CHOICE:
            # Whoever praises the repair does not report what was broken.
            continue
        if not notes.settled(name):
            notes.put_found(name, found, turn=turn)
            facts.append(fact(found.value, notes.fields()[name]))
    if not set(reading.fields) & set(WHERE_FIELDS) and HERE.search(story):
        facts += _same_place(notes)
    for name, said in notes.memory.proposed.items():
        if name in notes.topic.fields and not notes.settled(name) and said in story:
            start = story.index(said)
            notes.put(name, said, said, turn=turn, span=(start, start + len(said)))
            facts.append(said)
    notes.memory.proposed = {}
    keep_doubt(notes, story, reading)
    if reading.districts and not notes.settled("district"):
        notes.memory.districts_offered = list(reading.districts)
    short = None if notes.topic.id == OTHER else notes.topic.short
    outcome.said.append(wording.understood(short, [one for one in facts if len(one) <= 20][:5]))


def _same_place(notes: Notes) -> list[str]:
    """The last complaint's place, for one that is said to be there too; the facts to repeat."""
    earlier, kinds = notes.earlier(), notes.fields()
    told = {name: one for name in WHERE_FIELDS if earlier and (one := earlier.fields.get(name)) and one.value}
    # What this topic asks for as the estate may have been told as the place, and the other way round.
    spot = next((told[name] for name in ("place", "estate", "village") if name in told), None)
    for name in ("place", "estate"):
        if spot is not None and notes.topic is not None and name in notes.topic.required:
            told.setdefault(name, spot)
    facts = []
    for name, one in told.items():
        if name in kinds and not notes.settled(name):
            notes.put(name, one.value, one.raw, turn=one.turn)
            facts.append(show(one.value, kinds[name].kind))
    return list(dict.fromkeys(facts))
