"""The draft as one turn sees it: what is known, what this turn adds, and what the dialog remembers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dialog.actions.aloud import Phone
from integrations.drafts import Draft, NewEntry
from integrations.language_model import LanguageModel
from intents.catalog import Catalog, Field, Topic
from intents.catalog.model import OTHER
from intents.found import Found

PROPOSED = ("merchant", "employer", "institution", "kindergarten", "developer", "place", "estate", "village")
"""Fields in the citizen's own words that a language model may propose."""

MISSES_BEFORE_A_PERSON = 2
"""Misunderstandings in a row after which a person is offered."""


@dataclass(slots=True)
class Memory:
    """What the dialog must remember between turns besides the facts; kept with the draft as JSON."""

    asked: str | None = None
    opening: str = ""
    seen: dict[str, Any] | None = None
    """What the models saw in the words that the description begins with."""

    topics_offered: list[str] = field(default_factory=list)
    runners_up: list[str] = field(default_factory=list)
    districts_offered: list[str] = field(default_factory=list)
    doubt: dict[str, Any] | None = None
    hearing: dict[str, Any] | None = None
    join: str | None = None
    join_asked: bool = False
    remarked: bool = False
    proof_mentioned: bool = False
    number_looked_up: bool = False
    told_instead: int = 0
    leaning: dict[str, float] = field(default_factory=dict)
    later: list[dict[str, Any]] = field(default_factory=list)
    proposed: dict[str, str] = field(default_factory=dict)
    misses: int = 0
    missed: int = 0
    unanswered: int = 0
    put_off: list[str] = field(default_factory=list)
    read_back: bool = False
    asking_which_to_change: bool = False
    ask_next: str | None = None
    status_number: str | None = None
    resumed: bool = False
    caller_offered: bool = False
    caller_refused: bool = False
    before_status: str | None = None
    last_replies: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Memory":
        """What `to_json` wrote; unknown keys of an older version are dropped."""
        names = cls.__dataclass_fields__
        return cls(**{key: value for key, value in (data or {}).items() if key in names})

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Notes:
    """One draft during one turn. Nothing is written until the turn is saved."""

    def __init__(
        self,
        catalog: Catalog,
        draft: Draft,
        turn: int,
        language_model: LanguageModel | None = None,
        speech: Mapping[str, Any] | None = None,
        phone: Phone | None = None,
        earlier: Callable[[], Draft | None] = lambda: None,
    ) -> None:
        self.catalog = catalog
        self.speech = speech
        self.phone = phone
        self.earlier = earlier
        """Reads the draft that this conversation filed before this one."""
        self._language_model = language_model
        self.draft = draft
        self.turn = turn
        self.memory = Memory.from_json(draft.dialog_state)
        self.entries: list[NewEntry] = []
        self.remarks: list[str] = []
        self._told: dict[str, NewEntry] = dict(draft.fields)

    def second_opinion(self, text: str) -> Sequence[str]:
        """Topics that a language model proposes, if one is configured; what it found besides waits for the citizen's choice."""
        if self._language_model is None:
            return ()
        topics = {topic.id: topic.short for topic in self.catalog.topics.values()}
        proposal = self._language_model.propose(text, topics, PROPOSED)
        self.memory.proposed = dict(proposal.fields)
        return proposal.topics

    @property
    def topic(self) -> Topic | None:
        """The topic decided so far."""
        topic_id = self.value("topic")
        return self.catalog.topics.get(topic_id) if topic_id else None

    @property
    def type(self) -> str | None:
        """The type of appeal understood so far."""
        kind: str | None = self.value("type")
        return kind

    def value(self, name: str) -> Any:
        """The latest value; None when unknown or never said."""
        return self._told[name].value if name in self._told else None

    def raw(self, name: str) -> str | None:
        """The citizen's own words for it."""
        return self._told[name].raw if name in self._told else None

    def turn_of(self, name: str) -> int:
        """The turn in which the latest value was said."""
        return self._told[name].turn if name in self._told else self.turn

    def settled(self, name: str) -> bool:
        """Whether there is nothing more to ask: said, skipped, or not known to the citizen."""
        if name == "contact_phone" and self.value("anonymous"):
            return True
        return name in self._told

    def has_content(self) -> bool:
        """Whether the citizen has told anything worth filing."""
        return bool(self.value("description")) or bool(self.value("topic"))

    def put(
        self,
        name: str,
        value: Any,
        raw: str | None,
        *,
        turn: int | None = None,
        span: tuple[int, int] | None = None,
        confirmed: bool = False,
        source: str = "citizen",
    ) -> None:
        """Adds an entry; an equal one is not repeated."""
        if name in self._told and self._told[name].value == value and not confirmed:
            return
        said_in = self.turn if turn is None else turn
        where = self._span(span, raw) if said_in == self.turn else _in_text(span)
        self._add(NewEntry(name, value, raw, said_in, where, source=source, confirmed=confirmed))

    def _add(self, entry: NewEntry) -> None:
        self.entries.append(entry)
        self._told[entry.field] = entry

    def _span(self, span: tuple[int, int] | None, raw: str | None) -> Mapping[str, Any] | None:
        """Where in the turn it was said; for a spoken turn also where in the sound: seconds of a recording."""
        if not self.speech:
            return _in_text(span)
        start, end = span or (0, len(raw or ""))
        words = self.speech["words"]
        ends = [*(word[0] for word in words[1:]), float("inf")][: len(words)]
        within = [word for word, until in zip(words, ends, strict=True) if word[0] < end and until > start] or words
        if not within:
            return {"start": start, "end": end, "audio": {"recording": self.speech["recording"]}}
        audio = {"recording": self.speech["recording"], "start": within[0][1], "end": within[-1][2]}
        return {"start": start, "end": end, "audio": audio}

    def put_found(self, name: str, found: Found, *, turn: int | None = None) -> None:
        """Adds what an extractor found."""
        self.put(name, found.value, found.raw, turn=turn, span=(found.start, found.end))

    def confirm_all(self) -> None:
        """The citizen said yes to the read-back: every value that was read is confirmed, whoever told it and wherever."""
        for told in list(self._told.values()):
            if told.value is not None:
                self._add(NewEntry(told.field, told.value, told.raw, told.turn, told.span, told.source, True, told.by))

    def fields(self) -> dict[str, Field]:
        """The fields of the topic, or those every topic has while it is undecided."""
        return dict((self.topic or self.catalog.topics[OTHER]).fields)

    def missing(self) -> list[str]:
        """Required fields still to be asked, in order; what was put off comes last."""
        topic = self.topic
        if topic is None:
            return []
        missing = [name for name in topic.required_for(self.type) if not self.settled(name)]
        return sorted(missing, key=lambda name: name in self.memory.put_off)


def _in_text(span: tuple[int, int] | None) -> Mapping[str, Any] | None:
    return {"start": span[0], "end": span[1]} if span else None
