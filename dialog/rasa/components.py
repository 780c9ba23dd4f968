"""The two components of the pipeline, by the project's own `intents`: topics, type and dialog acts; and what is told where in a text.

They run in Rasa's environment, which has numpy, scikit-learn and CRFsuite but none of the app's other packages.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_CONFIDENCE,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    METADATA,
    METADATA_INTENT,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from intents.classifier import Classifier, Guess
from intents.classifier.model import FILE_NAME
from intents.classifier.train import train
from intents.classifier.utterances import Utterance
from intents.extraction.acts import find_acts
from intents.intent import intent_of
from intents.tagger import Mark, Tagger
from intents.tagger import model as tagger_model
from intents.tagger import train as tagger_training

RANKED = 10
"""How many topics a parsed message carries: the dialog offers at most three."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TicketClassifier(GraphComponent, IntentClassifier):
    """Sets `intent`, `intent_ranking` (topics only), `appeal_type` and the likeliest topic's `kinds` of trouble of a message."""

    def __init__(self, storage: ModelStorage, resource: Resource, classifier: Classifier | None = None) -> None:
        self._storage = storage
        self._resource = resource
        self._classifier = classifier

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TicketClassifier:
        """A component still to be trained (Rasa's interface)."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the classifier on all examples and keeps it in the model archive."""
        self._classifier = train(
            [
                Utterance(
                    message.get(TEXT), message.get(INTENT), told["type"], () if told["marked"] else None, told["kind"]
                )
                for message in training_data.intent_examples
                if (told := message.get(METADATA)[METADATA_INTENT])
            ]
        )
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder / FILE_NAME)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TicketClassifier:
        """The component of a trained model (Rasa's interface)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Classifier.load(folder / FILE_NAME))

    def process(self, messages: list[Message]) -> list[Message]:
        """Understands each message in place."""
        if self._classifier is None:
            raise RuntimeError("TicketClassifier answers only after it was trained or loaded")
        for message in messages:
            text = message.get(TEXT) or ""
            topics = self._classifier.topics(text)
            message.set("intent", _as_rasa(intent_of(find_acts(text), topics)), add_to_output=True)
            message.set("intent_ranking", [_as_rasa(g) for g in topics[:RANKED]], add_to_output=True)
            kinds = self._classifier.kinds(text, topics[0].label)
            message.set("kinds", [_as_rasa(guess) for guess in kinds], add_to_output=True)
            message.set("appeal_type", _as_rasa(self._classifier.types(text)[0]), add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FieldTagger(GraphComponent, EntityExtractorMixin):
    """Sets `entities` of a message: the parts of its text that say a field, as its likeliest topic means them."""

    def __init__(self, storage: ModelStorage, resource: Resource, tagger: Tagger | None = None) -> None:
        self._storage = storage
        self._resource = resource
        self._tagger = tagger

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FieldTagger:
        """A component still to be trained (Rasa's interface)."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the tagger on the examples that somebody has marked and keeps it in the model archive."""
        self._tagger = tagger_training.train(
            [
                (message.get(TEXT), message.get(INTENT), [_as_mark(one) for one in message.get(ENTITIES) or ()])
                for message in training_data.intent_examples
                if message.get(METADATA)[METADATA_INTENT]["marked"]
            ]
        )
        with self._storage.write_to(self._resource) as folder:
            self._tagger.save(folder / tagger_model.FILE_NAME)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FieldTagger:
        """The component of a trained model (Rasa's interface)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Tagger.load(folder / tagger_model.FILE_NAME))

    def process(self, messages: list[Message]) -> list[Message]:
        """Marks each message in place."""
        if self._tagger is None:
            raise RuntimeError("FieldTagger answers only after it was trained or loaded")
        for message in messages:
            text, ranking = message.get(TEXT) or "", message.get("intent_ranking") or ()
            if ranking:
                marks = self._tagger.marks(text, ranking[0]["name"])
                message.set(ENTITIES, [_as_entity(text, mark) for mark in marks], add_to_output=True)
        return messages


def _as_mark(entity: dict[str, Any]) -> Mark:
    return Mark(entity[ENTITY_ATTRIBUTE_TYPE], entity[ENTITY_ATTRIBUTE_START], entity[ENTITY_ATTRIBUTE_END])


def _as_entity(text: str, mark: Mark) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: mark.name,
        ENTITY_ATTRIBUTE_START: mark.start,
        ENTITY_ATTRIBUTE_END: mark.end,
        ENTITY_ATTRIBUTE_VALUE: text[mark.start : mark.end],
        ENTITY_ATTRIBUTE_CONFIDENCE: mark.confidence,
    }


def _as_rasa(guess: Guess) -> dict[str, Any]:
    return {"name": guess.label, "confidence": guess.confidence}
