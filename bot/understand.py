"""`jiesu understand`: the dialog's understanding of first messages, as JSON lines."""

import json
import sys
import tarfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, TextIO

from bot.house import now
from bot.rasa_process import RasaError, ensure_model
from config.settings import Settings
from intents.catalog import Catalog, load_catalog
from intents.classifier import Classifier
from intents.classifier import model as classifier_model
from intents.tagger import Tagger
from intents.tagger import model as tagger_model
from intents.understanding import understand


async def understand_lines(settings: Settings, lines: Iterable[str], out: TextIO) -> int:
    """Answers each line; a bad one gets an error object and the rest goes on."""
    try:
        model = await ensure_model(settings.home, settings.rasa_python, lambda text: print(text, file=sys.stderr))
    except RasaError as error:
        print(f"jiesu: {error}", file=sys.stderr)
        return 1
    catalog, models = load_catalog(), (classifier_of(model), tagger_of(model))
    for line in lines:
        if line.strip():
            print(json.dumps(answer(line, catalog, *models), ensure_ascii=False), file=out, flush=True)
    return 0


def classifier_of(model: Path) -> Classifier:
    """The classifier inside a Rasa model archive: the very one that the dialog uses."""
    return Classifier.load(_member(model, classifier_model.FILE_NAME))


def tagger_of(model: Path) -> Tagger:
    """The tagger inside a Rasa model archive."""
    return Tagger.load(_member(model, tagger_model.FILE_NAME))


def _member(model: Path, name: str) -> BytesIO:
    with tarfile.open(model) as archive:
        member = next(m for m in archive if m.name.endswith(f"/{name}"))
        extracted = archive.extractfile(member)
        assert extracted is not None
        return BytesIO(extracted.read())


def answer(line: str, catalog: Catalog, classifier: Classifier, tagger: Tagger) -> dict[str, Any]:
    """The contract's object for one line."""
    identity = None
    try:
        asked = json.loads(line)
        identity, text = asked.get("id"), asked["text"]
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, TypeError, KeyError, AttributeError):
        return {"id": identity, "error": 'a line is a JSON object {"id": …, "text": "…"}'}
    heard = understand(text, now(), catalog, classifier, tagger)
    return {
        "id": identity,
        "type": heard.type.label,
        "topic": heard.topics[0].label,
        "confidence": round(heard.topics[0].confidence, 4),
        "alternatives": [{"topic": g.label, "confidence": round(g.confidence, 4)} for g in heard.topics[1:4]],
        "fields": {name: found.value for name, found in heard.reading.fields.items()},
    }
