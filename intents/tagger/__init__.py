"""Which words of a text are the place, the shop, the sum paid: a linear-chain conditional random field over characters.

Trained by CRFsuite (`train.py`, in Rasa's environment), answered by numpy alone (`model.py`), so the same model file serves Rasa's environment and the app's.
The rules of `intents/gazetteer` and `intents/extraction` know what a name looks like; this knows where in a story one stands that looks like none.
"""

from intents.tagger.marks import Mark
from intents.tagger.model import Tagger

__all__ = ["Mark", "Tagger"]
