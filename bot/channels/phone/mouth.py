"""What one call is told: pieces one after the other; stopped at once, and taken up again where it was."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.channels.phone.echo import rms
from bot.channels.phone.line_voice import USUAL_PACE, LineVoice, Sound
from bot.channels.phone.transport import CallTransport

log = logging.getLogger(__name__)

BETWEEN = 0.2
"""Seconds of silence after each piece; longer the slower it is spoken."""

BACK = 0.4
"""Seconds that an interrupted sentence goes back at most, to begin again at a quiet place."""

LATELY = 0.5
"""Seconds for which our own voice may still come back as an echo."""

_SLICE = 0.02


@dataclass(slots=True)
class _Piece:
    text: str
    sound: Sound
    begins: int
    levels: list[float]


class Mouth:
    """One call's. `pace` and `gain` may change between pieces."""

    def __init__(self, call: CallTransport, voice: LineVoice) -> None:
        self._call = call
        self._voice = voice
        self.pace = USUAL_PACE
        self.gain = 1.0
        self._texts: list[str] = []
        self._pieces: list[_Piece] = []
        self._turn = 0
        self._task: asyncio.Task[None] | None = None
        self._done = True
        self._rest: list[tuple[str, Sound | None]] = []
        self._clock = asyncio.get_running_loop().time
        self._last = (0, 0.0)
        self.on_sound: Callable[[], None] | None = None
        """Called once, when the first sound of what is said next goes to the line."""

    @property
    def busy(self) -> bool:
        """Whether something is being said."""
        return not self._done

    @property
    def paused(self) -> bool:
        """Whether a sentence was interrupted and can be taken up again."""
        return bool(self._rest)

    @property
    def asking(self) -> bool:
        """Whether the last piece, where a question stands, is being said or was said."""
        if self._rest:
            return len(self._rest) == 1
        begun = [piece for piece in self._pieces if piece.begins <= self._call.position]
        return self._done or len(begun) == len(self._texts)

    def say(self, texts: Sequence[str]) -> None:
        """Says these pieces, instead of whatever is being said."""
        self.stop()
        if texts:
            self._begin([(text, None) for text in texts])

    def stop(self) -> None:
        """Silent at once; the rest is forgotten."""
        self._halt()
        self._rest = []

    def pause(self) -> None:
        """Silent at once; `resume` goes on where it was."""
        if self._done:
            return
        position = self._halt()
        begun = [n for n, piece in enumerate(self._pieces) if piece.begins <= position]
        at = begun[-1] if begun else 0
        rest: list[tuple[str, Sound | None]] = [(text, None) for text in self._texts[at:]]
        for n, piece in enumerate(self._pieces[at:]):
            rest[n] = (piece.text, piece.sound)
        if begun:
            piece = self._pieces[at]
            left = piece.sound[_quiet_before(piece.sound, position - piece.begins, self._call.rate) :]
            rest[0] = (piece.text, left)
        self._rest = rest

    def resume(self) -> None:
        """Goes on with what `pause` cut off."""
        rest, self._rest = self._rest, []
        if rest:
            self._begin(rest)

    def played(self, mark: str) -> bool:
        """A mark was reached: whether everything has now been said."""
        if mark != str(self._turn) or self._done:
            return False
        self._done = True
        return True

    def loudness(self) -> float:
        """How loud our own voice was lately, from 0 to 1: what an echo of it is measured against."""
        position, now = self._call.position, self._clock()
        if position != self._last[0]:
            self._last = (position, now)
        elif now - self._last[1] > LATELY:
            return 0.0
        since = position - int(LATELY * self._call.rate)
        step = int(_SLICE * self._call.rate)
        loudest = 0.0
        for piece in reversed(self._pieces):
            first, last = (since - piece.begins) // step, (position - piece.begins) // step
            if last < 0:
                continue
            loudest = max([loudest, *piece.levels[max(first, 0) : last + 1]])
            if first >= 0:
                break
        return loudest

    def _halt(self) -> int:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._turn += 1
        self._done = True
        return self._call.clear()

    def _begin(self, pieces: Sequence[tuple[str, Sound | None]]) -> None:
        self._texts = [text for text, _ in pieces]
        self._pieces = []
        self._done = False
        self._task = asyncio.create_task(self._say(pieces, self._turn))

    async def _say(self, pieces: Sequence[tuple[str, Sound | None]], turn: int) -> None:
        try:
            for text, ready in pieces:
                # The first piece is heard while the others are still made.
                sound = ready if ready is not None else await self._made(text)
                begins = self._call.play(sound.astype("<i2").tobytes())
                if self.on_sound is not None:
                    on_sound, self.on_sound = self.on_sound, None
                    on_sound()
                self._pieces.append(_Piece(text, sound, begins, _levels(sound, self._call.rate)))
        except Exception as error:
            # What cannot be said is not waited for: the talk goes on. The error's text may hold the caller's words.
            log.error("call %s: speaking failed: %s", self._call.call_id, type(error).__name__)
        self._call.mark(str(turn))

    async def _made(self, text: str) -> Sound:
        return self._finished(await self._voice.speak(text, self._call.rate, self.pace))

    def _finished(self, sound: Sound) -> Sound:
        if self.gain != 1.0:
            sound = np.clip(sound.astype(np.float32) * self.gain, -32000, 32000).astype(np.int16)
        return np.concatenate([sound, np.zeros(int(BETWEEN / self.pace**2 * self._call.rate), np.int16)])


def _levels(sound: Sound, rate: int) -> list[float]:
    step = int(_SLICE * rate)
    return [rms(sound[i : i + step]) for i in range(0, len(sound), step)]


def _quiet_before(sound: Sound, at: int, rate: int) -> int:
    """The quietest place within BACK seconds before `at`."""
    step = int(_SLICE * rate)
    first = max(0, at - int(BACK * rate))
    places = range(first, max(at, first + 1), step)
    return min(places, key=lambda i: (rms(sound[i : i + step]), i))
