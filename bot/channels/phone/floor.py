"""Who has the floor in one call: when the bot falls silent, and when a sentence goes on that was interrupted by nothing."""

import asyncio

from bot.channels.phone.mouth import Mouth
from bot.channels.phone.turn_taking import (
    RESUMES_AFTER,
    SETTLES_AFTER,
    SOUND_TAKES_THE_FLOOR,
    is_settled,
    only_listens,
    takes_the_floor,
)


class Floor:
    """`yes_no`, wherever it is given: a yes or no would answer what was asked."""

    def __init__(self, mouth: Mouth) -> None:
        self._mouth = mouth
        self._now = asyncio.get_running_loop().time
        self._noise = False
        self._partial, self._since = "", 0.0
        self.resumes_at: float | None = None
        """When the interrupted sentence goes on; None while somebody really speaks."""

    def voice(self, text: str, seconds: float, *, yes_no: bool) -> None:
        """Somebody speaks, for so long, with these words so far."""
        taken = takes_the_floor(text, asked=yes_no and self._mouth.asking)
        if text != self._partial:
            self._partial, self._since = text, self._now()
        if self._mouth.busy:
            if taken and (is_settled(text) or self._now() - self._since >= SETTLES_AFTER):
                self._mouth.pause()
            elif not text and seconds >= SOUND_TAKES_THE_FLOOR and not self._noise:
                self._mouth.pause()
                self.resumes_at = self._now() + RESUMES_AFTER
        elif taken:
            self.resumes_at = None

    def meant(self, text: str, *, yes_no: bool) -> bool:
        """An utterance is over: whether it was meant for the bot. What was not lets the interrupted sentence go on."""
        self._noise = False
        if not self._mouth.busy and not self._mouth.paused:
            return True
        if text and takes_the_floor(text, asked=yes_no and self._mouth.asking):
            return True
        if self._mouth.paused and only_listens(text):
            self.goes_on()
        elif self._mouth.paused and self.resumes_at is None:
            self.resumes_at = self._now() + RESUMES_AFTER
        return False

    def goes_on(self) -> None:
        """The interrupted sentence goes on; the noise that interrupted it does not do so again."""
        self.resumes_at = None
        self._noise = True
        self._mouth.resume()

    def taken(self) -> None:
        """The caller has it: what was being said is forgotten."""
        self.resumes_at = None
        self._mouth.stop()
