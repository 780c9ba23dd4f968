"""What to ask next, and how: one question a turn, with buttons where an answer can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dialog.actions import aloud, wording
from dialog.actions.notes import MISSES_BEFORE_A_PERSON, Notes
from integrations.numbers import grouped
from intents.catalog import Field, FieldKind
from intents.show import show

CONFIRM = "confirm"
LAST4 = "phone_last4"
JOIN = "join"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice that can be pressed; pressing it sends `payload` as the citizen's words."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question: which field it wants, its words, its buttons; `before` is shown ahead of it (the read-back)."""

    asks: str
    text: str
    buttons: tuple[Button, ...] = ()
    before: tuple[str, ...] = ()


def buttons(*titles: str) -> tuple[Button, ...]:
    """Buttons that send what they show."""
    return tuple(Button(title, title) for title in titles)


def next_question(notes: Notes) -> Question | None:
    """The next thing to ask; None when everything is known and confirmed."""
    memory = notes.memory
    if memory.status_number:
        return Question(LAST4, wording.ASK_LAST4)
    if notes.topic is None:
        return _topic_question(notes)
    if memory.hearing:
        asked = memory.hearing
        label = notes.catalog.field(asked["field"], notes.topic.id).label
        return Question(asked["field"], wording.which_heard(label, asked["shown"]), buttons(*asked["shown"]))
    if memory.doubt:
        names = memory.doubt["names"]
        return Question("place", wording.which_name(names), buttons(*names))
    if memory.ask_next:
        return _field_question(notes, memory.ask_next)
    missing = notes.missing()
    if missing:
        return _field_question(notes, missing[0])
    if memory.join:
        return Question(JOIN, wording.join_or_new(grouped(memory.join)), buttons(wording.JOIN_OLD, wording.NEW_TICKET))
    if notes.value(CONFIRM) is True:
        return None
    return _read_back(notes)


def _topic_question(notes: Notes) -> Question:
    if notes.memory.topics_offered:
        names = [notes.catalog.topics[topic].short for topic in notes.memory.topics_offered]
        if notes.memory.misses >= MISSES_BEFORE_A_PERSON:
            return Question(
                "topic", wording.OFFER_HUMAN_OR_CHOICE, buttons(*names, wording.NONE_OF_THESE, wording.HUMAN)
            )
        if len(names) == 1 and not (notes.phone and notes.memory.misses):
            return Question(
                "topic",
                wording.is_it(aloud.spoken(names[0]) if notes.phone else names[0]),
                buttons(wording.YES_IT_IS, wording.NONE_OF_THESE),
            )
        text = aloud.topic_choice([*names, wording.NONE_OF_THESE]) if notes.phone else wording.TOPIC_CHOICE
        return Question("topic", text, buttons(*names, wording.NONE_OF_THESE))
    if notes.memory.misses:
        description = notes.catalog.fields["description"]
        return Question("description", description.phone_again if notes.phone else description.again)
    return Question("description", wording.WHAT_ELSE if notes.memory.resumed else wording.WHAT_HAPPENED)


def _field_question(notes: Notes, name: str) -> Question:
    spec = notes.fields().get(name) or notes.catalog.fields[name]
    options = notes.memory.districts_offered if name == "district" else []
    if len(options) > 1:
        which = Question(name, wording.which_district(options), buttons(*options))
        return _or_skipped(which) if name in notes.memory.put_off else which
    if name in notes.memory.put_off and not notes.memory.misses:
        again = asked_aloud(spec, again=True) if notes.phone else spec.again
        return _or_skipped(Question(name, again, _choices(spec)))
    if notes.phone:
        return _field_aloud(notes, notes.phone, spec)
    if notes.memory.misses >= MISSES_BEFORE_A_PERSON:
        return Question(name, wording.OFFER_HUMAN, buttons(wording.HUMAN, wording.SKIP), (spec.again,))
    text = spec.question
    if notes.memory.misses:
        text = wording.with_example(spec.again, spec.examples if spec.kind is not FieldKind.CHOICE else ())
    return Question(name, text, _choices(spec))


def _or_skipped(question: Question) -> Question:
    """The same with a way out, for what was asked before and passed over."""
    return replace(question, buttons=(*question.buttons, *buttons(wording.SKIP)), before=(wording.OR_SKIP,))


def _field_aloud(notes: Notes, phone: aloud.Phone, spec: Field) -> Question:
    """The question on the telephone: in its own words, with the keys of a choice once the plain question has failed."""
    if spec.kind is FieldKind.PHONE and phone.caller and not notes.memory.caller_refused:
        notes.memory.caller_offered = True
        offer = buttons(aloud.CALLER_YES, aloud.CALLER_OTHER, wording.ANONYMOUS)
        return Question(spec.name, aloud.use_caller(phone.caller), offer)
    return Question(spec.name, asked_aloud(spec, again=bool(notes.memory.misses) or phone.simpler), _choices(spec))


def asked_aloud(spec: Field, *, again: bool) -> str:
    """A field's question on the telephone, `again`: simpler, after a misunderstanding or a silence."""
    if not again:
        return spec.phone
    return aloud.keys(tuple(spec.options)) if spec.kind is FieldKind.CHOICE and spec.options else spec.phone_again


def _choices(spec: Field) -> tuple[Button, ...]:
    if spec.kind is FieldKind.CHOICE:
        return buttons(*spec.options)
    if spec.kind is FieldKind.BOOLEAN:
        return buttons(wording.YES, wording.NO)
    if spec.kind is FieldKind.PHONE:
        return buttons(wording.ANONYMOUS)
    return ()


def _read_back(notes: Notes) -> Question:
    if notes.memory.asking_which_to_change:
        labels = [spec.label for name, spec in notes.fields().items() if notes.settled(name)]
        return Question(CONFIRM, wording.WHICH_TO_CHANGE, tuple(Button(label, f"改{label}") for label in labels))
    return Question(
        CONFIRM,
        aloud.CONFIRM if notes.phone else wording.CONFIRM,
        buttons(wording.YES_FILE, wording.CHANGE, wording.CANCEL),
        tuple(notes.remarks) if notes.memory.read_back else (*notes.remarks, *_told(notes)),
    )


def _told(notes: Notes) -> Sequence[str]:
    """The read-back: whole where it can be read, in short pieces where it is heard."""
    if not notes.phone:
        return (summary(notes),)
    facts = [
        (spec.label, value, spec.kind)
        for name, spec in notes.fields().items()
        if (value := notes.value(name)) is not None
        and not (name == "contact_phone" and notes.value("anonymous"))
        and (name != "district" or str(value) not in str(notes.value("place") or ""))
    ]
    return aloud.summary(notes.topic.short if notes.topic else None, facts, anonymous=bool(notes.value("anonymous")))


def summary(notes: Notes) -> str:
    """The draft as it will be filed, one line a field."""
    topic = notes.topic
    lines = [wording.READ_BACK]
    if topic is not None:
        lines.append(f"类别：{topic.short}（{notes.type or '求助'}）")
    for name, spec in notes.fields().items():
        value = notes.value(name)
        if value is None or (name == "contact_phone" and notes.value("anonymous")):
            continue
        text = show(value, spec.kind)
        lines.append(f"{spec.label}：{text if len(text) <= 120 else text[:118] + '……'}")
    if notes.value("anonymous"):
        lines.append("匿名办理")
    return "\n".join(lines)
