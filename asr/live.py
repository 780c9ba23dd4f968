"""One utterance while it is spoken: resampling, voice activity, the engine, the end. What nobody says, no engine hears."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from asr.activity import FRAME, GOES_ON, STARTS, Activity
from asr.endpointing import Endpointing
from asr.errors import NoSpeech, TooLong
from asr.resample import Resampler
from asr.transcriber import RATE, Transcriber, transcript
from asr.transcript import Transcript

LONGEST = 120.0
"""Seconds of one utterance."""

LEAD = 10
"""Frames before the first speech that the engine hears as well: the beginning of a word is soft."""

TRAIL = 12
"""Frames after the last speech that the engine still hears."""

BATCH = 4
"""Frames that are fed to the engine at once."""

QUIET = 10**-3.2
"""Loudness (root mean square) below which a frame is silence without asking the network."""

SKIPPED = 2
"""While somebody speaks the network is asked about every third frame."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a piece of sound brought: "partial" with the words so far, or "end" when the speaker has finished."""

    kind: Literal["partial", "end"]
    text: str


class LiveUtterance:
    """Fed by one thread at a time with 16 bit sound of one rate."""

    def __init__(
        self, transcriber: Transcriber, rate: int, channels: int = 1, endpointing: Endpointing | None = None
    ) -> None:
        self._name = transcriber.name
        self._stream = transcriber.stream()
        self._resampler = Resampler(rate, channels)
        self._sample = 2 * channels
        self._cut = b""
        self._activity = Activity()
        self._ends = endpointing or Endpointing()
        self._kept: list[Samples] = []
        self._length = 0
        self._rest = np.zeros(0, np.float32)
        self._lead: deque[Samples] = deque(maxlen=LEAD)
        self._batch: list[Samples] = []
        self._gaps: list[tuple[float, float]] = []
        self._fed = 0
        self._frames = 0
        self._speaking = False
        self._silent_frames = 10**6
        self._since_asked = SKIPPED
        self._text = ""
        self._spoke = False
        self._ended = False
        self._spoken_frames = 0
        self._odd = 0

    @property
    def text(self) -> str:
        """The words so far."""
        return self._text

    @property
    def speaking(self) -> bool:
        """Whether somebody speaks just now."""
        return self._silent_frames == 0

    @property
    def seconds(self) -> float:
        """How much sound is kept of this utterance."""
        return self._length / RATE

    @property
    def silence(self) -> float:
        """Seconds since somebody last spoke; 0 when nobody has."""
        return self._silent_frames * FRAME / RATE if self._spoke else 0.0

    @property
    def spoken_seconds(self) -> float:
        """How long somebody has spoken in all."""
        return self._spoken_frames * FRAME / RATE

    @property
    def spoke(self) -> bool:
        """Whether anybody has spoken yet."""
        return self._spoke

    def samples(self) -> Samples:
        """All sound so far, mono at 16 kHz: what is kept as the recording."""
        return np.concatenate(self._kept) if self._kept else np.zeros(0, np.float32)

    def forget_silence(self, keep: float = 0.5) -> float:
        """While nobody has spoken, drops all sound but the last `keep` seconds; the seconds dropped. Waiting then costs nothing."""
        if self._spoke:
            return 0.0
        dropped = 0
        while self._kept and self._length - len(self._kept[0]) >= keep * RATE:
            gone = len(self._kept.pop(0))
            self._length -= gone
            dropped += gone
        self._frames -= dropped // FRAME
        self._odd += dropped % FRAME
        self._frames -= self._odd // FRAME
        self._odd %= FRAME
        return dropped / RATE

    def feed(self, pcm16: bytes) -> list[Heard]:
        """A piece of sound; what it brought. A sample that is cut in two waits for its other half. TooLong."""
        data = self._cut + pcm16
        whole = len(data) // self._sample * self._sample
        self._cut = data[whole:]
        sound = np.frombuffer(data[:whole], dtype="<i2")
        return self._take(self._resampler.feed(sound))

    def finish(self) -> Transcript:
        """The end, as the speaker's finger or their silence says: the transcript. NoSpeech, EngineFailed."""
        self._take(self._resampler.feed(np.zeros(0, np.int16), last=True))
        if len(self._rest):
            self._frame(np.pad(self._rest, (0, FRAME - len(self._rest))))
            self._rest = np.zeros(0, np.float32)
        self._flush()
        if not self._spoke:
            raise NoSpeech
        words = [word.shifted(self._gap_before(word.start)) for word in self._stream.words()]
        return transcript(words, self._name, 0.0, self._length / RATE)

    def _take(self, samples: Samples) -> list[Heard]:
        if not len(samples):
            return []
        self._kept.append(samples)
        self._length += len(samples)
        if self._length > LONGEST * RATE:
            raise TooLong
        sound = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(sound) // FRAME * FRAME
        self._rest = sound[whole:]
        heard: list[Heard] = []
        for i in range(0, whole, FRAME):
            heard += self._frame(sound[i : i + FRAME])
        return heard

    def _frame(self, frame: Samples) -> list[Heard]:
        self._frames += 1
        speaking = self._speaks(frame)
        self._silent_frames = 0 if speaking else self._silent_frames + 1
        self._spoken_frames += speaking
        heard: list[Heard] = []
        if speaking and not self._spoke:
            self._spoke = True
        if self._silent_frames <= TRAIL:
            if not self._batch and self._lead:
                self._skip()
            self._batch += [*self._lead, frame]
            self._lead.clear()
            if len(self._batch) >= BATCH and (text := self._flush()) is not None:
                self._text = text
                heard.append(Heard("partial", text))
        else:
            if self._batch and (text := self._flush()) is not None:
                self._text = text
                heard.append(Heard("partial", text))
            self._lead.append(frame)
        if self._ends.step(speaking, FRAME / RATE, self._text) and not self._ended:
            self._ended = True
            heard.append(Heard("end", self._text))
        return heard

    def _speaks(self, frame: Samples) -> bool:
        if float(np.dot(frame, frame)) < QUIET * QUIET * FRAME:
            self._since_asked = SKIPPED
            self._speaking = False
            return False
        if self._speaking and self._since_asked < SKIPPED:
            self._since_asked += 1
            return True
        self._since_asked = 0
        probability = self._activity.probability(frame)
        self._speaking = probability >= (GOES_ON if self._speaking else STARTS)
        return self._speaking

    def _skip(self) -> None:
        """Notes how much sound the engine has not heard so far: its times begin where it was fed."""
        now = (self._frames - 1 - len(self._lead)) * FRAME / RATE
        self._gaps.append((self._fed / RATE, now - self._fed / RATE))

    def _gap_before(self, fed_seconds: float) -> float:
        return next((gap for at, gap in reversed(self._gaps) if at <= fed_seconds + 0.01), 0.0)

    def _flush(self) -> str | None:
        if not self._batch:
            return None
        sound = np.concatenate(self._batch)
        self._batch = []
        self._fed += len(sound)
        return self._stream.feed(sound)
