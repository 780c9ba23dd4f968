"""What the dialog says otherwise on the telephone, where nothing is seen, and choices are spoken or told with their keys."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialog.actions import wording
from dialog.actions.asides import aside_aloud, aside_answers
from integrations import followup_words
from integrations.numbers import grouped
from intents.catalog import FieldKind
from intents.extraction.follow_up import REMARK
from intents.show import show

LONGEST = 50
"""Characters of one thing said at a time."""

CALLER_YES, CALLER_OTHER = "可以", "换一个"

READ_BACK = "我跟您核对一下。"
CONFIRM = "都对吗？对就给您提交。"
TO_A_PERSON = "不好意思，还是没听明白，我给您转人工，说过的都会带过去。"
ANYTHING_ELSE = "打来报工单号就能查进度。还有别的事吗？"

_OTHERWISE: Mapping[str, str] = {
    wording.WAITING_FOR_HUMAN: "好的，这就给您转人工，说过的都会带给坐席。",
    wording.NO_TICKET_YET: "这个电话还没有工单。请说12位工单号，或者按键输入，按井号结束。",
    wording.BAD_NUMBER: "这个工单号不对，请说12位数字，或者按键输入，按井号结束。",
    wording.ASK_LAST4: "请说办理时留的电话后四位，也可以按键输入。",
    wording.NOT_CLEAR: "不好意思，没听明白。",
    followup_words.QUESTION[REMARK]: "还有什么要补充的吗？",
    followup_words.THANKS: "谢谢您的答复。还有别的事吗？没有就可以挂机了。",
    followup_words.NOT_CLEAR: "不好意思，没听明白。",
}
"""Sentences of `wording` that a caller is told in other words."""

READ_BACK_AT_ONCE = frozenset(
    {
        FieldKind.PLACE,
        FieldKind.ESTATE,
        FieldKind.VILLAGE,
        FieldKind.MERCHANT,
        FieldKind.EMPLOYER,
        FieldKind.INSTITUTION,
        FieldKind.KINDERGARTEN,
        FieldKind.DEVELOPER,
        FieldKind.PERSON,
        FieldKind.AMOUNT,
        FieldKind.PHONE,
        FieldKind.PLATE,
        FieldKind.CODE,
    }
)
"""Kinds whose answer is repeated as soon as it is heard: a wrong name or number is best mended at once."""

_IN_WORDS = (FieldKind.TEXT,)
"""Kinds that are the caller's own story: it is not told back to them."""


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """What the telephone adds to a turn: the caller's number (None: hidden), and whether they need simpler words."""

    caller: str | None = None
    simpler: bool = False

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> "Phone | None":
        """Of a message's metadata; None for one that did not come by telephone."""
        if metadata.get("channel") != "phone":
            return None
        told = metadata.get("phone") or {}
        return cls(told.get("caller"), bool(told.get("simpler")))


class Speaking:
    """A dispatcher for the telephone: what is uttered through it is said in the telephone's words."""

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher

    def utter_message(self, text: str | None = None, **more: Any) -> None:
        """See rasa_sdk's CollectingDispatcher."""
        self._dispatcher.utter_message(text=said(text) if text else text, **more)


def said(text: str) -> str:
    """A sentence of the dialog as it is said on the telephone."""
    return _OTHERWISE.get(text) or aside_aloud(text) or text


def sentences() -> tuple[str, ...]:
    """Every fixed sentence of this file: they can be spoken before anybody calls."""
    return (READ_BACK, CONFIRM, TO_A_PERSON, ANYTHING_ELSE, *_OTHERWISE.values(), *map(said, aside_answers()))


def keys(options: Sequence[str]) -> str:
    """A choice with its keys: 健身按1，餐饮按2。"""
    return "，".join(f"{spoken(option)}按{n}" for n, option in enumerate(options, 1)) + "。"


def spoken(name: str) -> str:
    """A name without what stands in brackets: nobody says it."""
    return re.sub(r"（.*?）", "", name)


def topic_choice(names: Sequence[str]) -> str:
    """Which of these topics it is; `names` end with “none of these”."""
    return f"像哪一类？{keys(names)}"


def use_caller(number: str) -> str:
    """Whether the number that calls is the one to call back."""
    return f"联系电话用您这个尾号{number[-4:]}的，可以吗？"


def summary(topic: str | None, facts: Sequence[tuple[str, Any, FieldKind]], *, anonymous: bool) -> list[str]:
    """The read-back in pieces of at most LONGEST characters: what it is about, then label and value of each fact."""
    told = [f"{spoken(label)}：{_value(value, kind)}" for label, value, kind in facts if kind not in _IN_WORDS]
    if anonymous:
        told.append("匿名办理")
    pieces, piece = [], f"{READ_BACK}{spoken(topic) + '的事' if topic else ''}"
    for fact in told:
        if len(piece) + len(fact) + 2 > LONGEST:
            pieces.append(piece + "。")
            piece = fact
        else:
            piece = f"{piece}，{fact}" if piece != READ_BACK else piece + fact
    return [*pieces, piece if piece.endswith("。") else piece + "。"]


def _value(value: Any, kind: FieldKind) -> str:
    text = show(value, kind)
    return text if len(text) <= LONGEST - 12 else text[: LONGEST - 12]


def filed(number: str, lead_unit: str, due: str) -> tuple[str, ...]:
    """The promise, a breath at a time; the number is said twice."""
    return (
        f"已经提交。工单号是 {grouped(number)}。",
        f"再说一遍，{grouped(number)}。",
        f"由{lead_unit}牵头办理，最晚{due}前答复您。",
        ANYTHING_ELSE,
    )


def proof_helps(proof: str) -> str:
    """The proof that matters most: a caller cannot send it now."""
    return f"{proof}请您留好，办的时候用得上。"
