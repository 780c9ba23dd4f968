"""The training utterances: one file a topic in `intents/nlu/`, one `type<TAB>text` a line; and in `intents/nlu/marked/`, with their fields, one JSON object a line.

Types, where the line between them is thin: 求助 when something is broken or somebody is in need and nobody is blamed; 举报 when others break a
rule and the citizen is not the one who was wronged; 投诉 when somebody did not do what they owe.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intents.catalog import load_catalog
from intents.catalog.model import KIND_FIELDS
from intents.extraction.choices import find_choice
from intents.tagger.marks import Mark, marks_of

FOLDER = Path(__file__).parent.parent / "nlu"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a citizen might say, with its topic and type; `marks` is None where nobody has marked what it tells, `kind` the kind of trouble where told."""

    text: str
    topic: str
    type: str
    marks: tuple[Mark, ...] | None = None
    kind: str | None = None


def read_utterances(folder: Path = FOLDER) -> Iterator[Utterance]:
    """All training utterances. ValueError names the file and line of one that is malformed."""
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            type_, tab, text = line.partition("\t")
            if not tab or not text.strip():
                raise ValueError(f"{path.name}:{number}: a line is 'type<TAB>text'")
            yield Utterance(text.strip(), path.stem, type_, kind=_cued(text, path.stem))
    for path in sorted(folder.glob("marked/*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                told = json.loads(line)
                text, fields = told["text"].replace("\n", " "), told["fields"]
                kind = next((fields[name] for name in KIND_FIELDS if name in fields), None)
                yield Utterance(text, told["topic"], told["type"], marks_of(text, fields), kind)
            except (ValueError, KeyError, AttributeError):
                raise ValueError(f"{path.name}:{number}: a line is {{topic, type, text, fields}}") from None


def _cued(text: str, topic: str) -> str | None:
    """The kind of trouble that a cue of the catalog names: short texts say it in so many words, and nobody has noted it down."""
    spec = load_catalog().topics.get(topic)
    names = [name for name in KIND_FIELDS if spec is not None and name in spec.fields]
    found = find_choice(text, spec.fields[names[0]].options) if spec is not None and names else None
    return None if found is None else str(found.value)
