"""What the last question wants: which keys answer it, which words are a whole answer, and how it is asked again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.phone import words
from bot.channels.phone.keypad import Wanted
from dialog.actions import aloud, wording
from dialog.actions.questions import CONFIRM, LAST4, asked_aloud
from intents.catalog import Catalog, Field, FieldKind

CONSENT, RESUME = "consent", "resume"
"""What the telephone itself asks."""

YES, NO = "好的", "不用"

_NUMBERS = {
    FieldKind.PHONE: Wanted(telephone=True, lengths=(11,)),
    FieldKind.AMOUNT: Wanted(unit="元"),
    FieldKind.COUNT: Wanted(unit="人"),
    FieldKind.YEAR: Wanted(unit="年", lengths=(4,)),
    FieldKind.CODE: Wanted(),
}
_LAST4 = Wanted(lengths=(4,))
_FREE = Wanted(lengths=(12,))
"""Where anything can be said: twelve digits are a ticket's number."""

_YES_FIRST = (aloud.CALLER_YES, wording.YES_IT_IS, wording.YES, wording.YES_FILE, YES)
_DIGIT = "[零〇一幺二两三四五六七八九]"


@dataclass(frozen=True, slots=True)
class Expecting:
    """`asks` is a field's name, "topic", "confirm", LAST4, JOIN, CONSENT, RESUME, or None; `choices` are (title, words) in order."""

    asks: str | None
    choices: tuple[tuple[str, str], ...] = ()
    spec: Field | None = None

    @classmethod
    def of(cls, told: dict[str, Any], catalog: Catalog) -> "Expecting":
        """After an answer of the door."""
        asks = told["asking"]
        buttons = told["replies"][-1]["buttons"] if told["replies"] else ()
        spec = catalog.field(asks, told["draft"]["topic"]) if asks in catalog.fields else None
        return cls(asks, tuple((button["title"], button["payload"]) for button in buttons), spec)

    @property
    def yes_no(self) -> bool:
        """Whether a yes or a no answers it."""
        return bool(self.choices) and self.choices[0][1] in _YES_FIRST

    def wanted(self) -> Wanted:
        """What keys mean now."""
        if self.asks == LAST4:
            return _LAST4
        if self.spec is not None and self.spec.kind in _NUMBERS and not self.yes_no:
            return _NUMBERS[self.spec.kind]
        return Wanted(choices=tuple(payload for _, payload in self.choices)) if self.choices else _FREE

    def complete(self) -> re.Pattern[str] | None:
        """Words after which nothing more is to come."""
        if self.asks == LAST4:
            return re.compile(f"(尾号)?是?{_DIGIT}{{4}}")
        if self.spec is None:
            names: Sequence[str] = [title for title, _ in self.choices]
        elif self.spec.kind is FieldKind.CHOICE:
            names = [word for option, cues in self.spec.options.items() for word in (option, *cues)]
        elif self.spec.kind is FieldKind.DISTRICT:
            return re.compile("(在|是)?[一-鿿]{2,3}区(的)?")
        else:
            names = [title for title, _ in self.choices]
        return re.compile("|".join(map(re.escape, names))) if names else None

    def simpler(self) -> list[str]:
        """Asked again after a silence, in simpler words."""
        if self.asks == CONSENT:
            return [words.RECORDING_KEYS]
        if self.yes_no or self.asks in (CONFIRM, RESUME):
            return [words.HEARD_NOTHING, self.keys()]
        if self.spec is not None and self.spec.name != "description":
            return [words.HEARD_NOTHING, asked_aloud(self.spec, again=True)]
        if self.choices:
            return [words.HEARD_NOTHING, self.keys()]
        return [words.HEARD_NOTHING, self.spec.phone_again if self.spec else wording.WHAT_HAPPENED]

    def keys(self) -> str:
        """Which keys there are."""
        wanted = self.wanted()
        if wanted.choices:
            told = aloud.keys([title for title, _ in self.choices])
            return told if len(told) <= aloud.LONGEST else words.KEYS_FOR_SPEECH
        return words.KEYS_FOR_NUMBERS if wanted is not _FREE else words.KEYS_FOR_SPEECH


def asked_for_consent() -> Expecting:
    """Whether the call may be recorded."""
    return Expecting(CONSENT, (("同意", YES), ("不录", NO)))


def asked_to_resume() -> Expecting:
    """Whether to go on with what was cut off."""
    return Expecting(RESUME, (("接着说", YES), ("说新的", NO)))
