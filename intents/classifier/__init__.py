"""Which topic and which type of appeal a text is: a calibrated linear model over character n-grams.

Trained by scikit-learn (`train.py`), answered by numpy alone (`model.py`), so the same model file serves Rasa's environment and the app's.
"""

from intents.classifier.model import Classifier, Guess

__all__ = ["Classifier", "Guess"]
