"""How well a text is understood: the evaluation sets, each figure, and the mistakes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from intents.catalog import Catalog
from intents.catalog.model import OTHER
from intents.classifier import Classifier
from intents.extraction.fields import FACTS
from intents.tagger import Tagger
from intents.understanding import SURE, Understanding, understand

DATA = Path(__file__).parent / "data"
SETS = ("evaluation", "realistic", "letters", "fresh", "rounds")
"""Short and spoken messages by one hand; letters, clerks' notes and messages to other cities' hotlines by another; by a third, who saw
not the training text, letters, transcribed calls, clerks' notes and short messages; by three more, who saw nothing of the project but
its list of topics, letters, clerks' notes and calls, and chat messages; by twelve like them, in rounds (docs/decisions/0022), the same."""

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NAMES = ("merchant", "employer", "institution")
AMOUNTS = ("amount_paid", "amount_owed", "amount_remaining")


@dataclass(frozen=True, slots=True)
class Case:
    """One text with what it says."""

    text: str
    topic: str
    type: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A case and what was understood of it."""

    case: Case
    heard: Understanding

    @property
    def right(self) -> bool:
        """Whether the first topic is the case's."""
        return self.heard.topics[0].label == self.case.topic


@dataclass(slots=True)
class Figures:
    """Shares between 0 and 1, by name, each with the number of cases it was counted on."""

    shares: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, name: str, hits: Iterable[bool]) -> None:
        """One more figure; none when there is nothing to count."""
        counted = list(hits)
        if counted:
            self.shares[name] = (sum(counted) / len(counted), len(counted))


def cases(name: str = SETS[0]) -> list[Case]:
    """One evaluation set."""
    rows = map(json.loads, (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [Case(row["text"], row["topic"], row["type"], row.get("fields", {})) for row in rows]


def answers(of: Sequence[Case], catalog: Catalog, classifier: Classifier, tagger: Tagger) -> list[Answer]:
    """Every case, understood."""
    return [Answer(case, understand(case.text, NOW, catalog, classifier, tagger)) for case in of]


def figures(all_answers: Sequence[Answer], catalog: Catalog) -> Figures:
    """Topic, type and fields. A field counts where the topic was right and has it."""
    found = Figures()
    fields_of = catalog.topics
    found.add("topic_first", (a.right for a in all_answers))
    found.add("topic_in_three", (a.case.topic in {g.label for g in a.heard.topics[:3]} for a in all_answers))
    found.add("other_found", (a.right for a in all_answers if a.case.topic == OTHER))
    found.add("sure", (a.heard.topics[0].confidence > SURE for a in all_answers))
    found.add("sure_and_right", (a.right for a in all_answers if a.heard.topics[0].confidence > SURE))
    found.add("type", (a.heard.type.label == a.case.type for a in all_answers))
    hits: dict[str, list[bool]] = defaultdict(list)
    for a in all_answers:
        for name, value in a.case.fields.items():
            got = a.heard.reading.fields.get(name)
            if a.right and (name in fields_of[a.case.topic].fields or name in FACTS):
                hits[name].append(_same(name, value, got.value if got else None))
    for name, told in sorted(hits.items()):
        found.add(f"field {name}", told)
    for name in NAMES:
        found.shares[f"F1 {name}"] = _f1(
            name, [a for a in all_answers if a.right and name in fields_of[a.case.topic].fields]
        )
    found.add("amounts", (hit for name in AMOUNTS for hit in hits.get(name, ())))
    return found


def _same(name: str, wanted: Any, got: Any) -> bool:
    if got is None:
        return False
    if name in (*NAMES, "place", "estate", "village", "platform", "brand", "kindergarten", "developer"):
        return str(wanted) in str(got) or str(got) in str(wanted)
    return str(wanted) == str(got)


def _f1(name: str, of: Sequence[Answer]) -> tuple[float, int]:
    right = wrong = missed = 0
    for a in of:
        wanted, got = a.case.fields.get(name), a.heard.reading.fields.get(name)
        if wanted is not None and got is not None and _same(name, wanted, got.value):
            right += 1
        else:
            wrong += got is not None
            missed += wanted is not None
    return 2 * right / max(2 * right + wrong + missed, 1), right + missed
