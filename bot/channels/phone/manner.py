"""How this caller is spoken to: slower, louder and simpler for whoever asks for it, or has trouble to follow."""

import re

from bot.channels.phone.line_voice import SLOW, SLOWEST, USUAL_PACE
from bot.channels.phone.mouth import Mouth
from intents.extraction.acts import Act

LOUDER = 1.8
"""How much louder; twice asked is as loud as it gets."""

LOUDEST = 3.0

_LOUD = re.compile(r"大声|大点|声音|听不清|听不见|没听清|没听见")


class Manner:
    """One call's. It only ever gets slower: nobody who once asked has to ask again."""

    def __init__(self, mouth: Mouth) -> None:
        self._mouth = mouth
        self.simpler = False

    def ask(self, text: str, acts: tuple[Act, ...]) -> str | None:
        """What the caller wishes, done: "slower" or "louder"; None when they wish nothing of the kind, or only to hear it again."""
        kinds = {act.kind for act in acts}
        if not kinds & {"slower", "repeat"}:
            return None
        loud = _LOUD.search(text) is not None
        if loud:
            self._mouth.gain = min(self._mouth.gain * LOUDER, LOUDEST)
        if "slower" in kinds and not loud:
            self._slow(SLOWEST if self._mouth.pace < USUAL_PACE else SLOW)
        else:
            self._slow(SLOW)
        self.simpler = True
        return "louder" if loud else "slower" if "slower" in kinds else None

    def struggling(self) -> None:
        """They said nothing, or were not understood: slower from now on."""
        self._slow(SLOW)

    def _slow(self, pace: float) -> None:
        self._mouth.pace = min(self._mouth.pace, pace)
