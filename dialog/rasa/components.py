"""The one component of the pipeline: topics, type and dialog acts by the project's own `intents`.

Runs in Rasa's environment, which has numpy and scikit-learn but none of the app's other packages.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from intents.classifier import Classifier, Guess
from intents.classifier.model import FILE_NAME
from intents.classifier.train import train
from intents.classifier.utterances import Utterance
from intents.extraction.acts import find_acts
from intents.intent import intent_of

RANKED = 10
"""How many topics a parsed message carries: the dialog offers at most three."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TicketClassifier(GraphComponent, IntentClassifier):
    """Sets `intent`, `intent_ranking` (topics only) and `appeal_type` of a message."""

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
                Utterance(message.get(TEXT), message.get(INTENT), message.get(METADATA)[METADATA_INTENT]["type"])
                for message in training_data.intent_examples
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
            message.set("appeal_type", _as_rasa(self._classifier.types(text)[0]), add_to_output=True)
        return messages


def _as_rasa(guess: Guess) -> dict[str, Any]:
    return {"name": guess.label, "confidence": guess.confidence}
