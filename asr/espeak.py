"""Mandarin spoken by espeak-ng through its C library, with the moment at which each syllable begins.

espeak's pinyin voice is used (`cmn-latn-pinyin`): its Hanzi voice spells many characters in English. One espeak a process, one thread.
"""

import ctypes
from dataclasses import dataclass
from pathlib import Path

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

VOICE = "cmn-latn-pinyin"
RATE = 22_050
_SYNCHRONOUS, _PHONEME_EVENTS = 2, 1
_WORD, _PHONEME = 1, 7
_CHARS, _UTF8, _IPA = 1, 1, 2
_SPEED, _PITCH, _RANGE = 1, 3, 4
SPOKEN_AS = {
    "lve": "lue", "nve": "nue", "lüe": "lue", "nüe": "nue", "lü": "lv", "nü": "nv", "lo": "luo", "yo": "you", "ê": "ei",
    "jiong": "jun", "qiong": "qun", "xiong": "xun", "m": "mu", "n": "en", "ng": "eng", "hm": "heng", "hng": "heng",
}  # fmt: skip
"""Syllables that the voice would spell as English letters, and what comes nearest."""


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Id),
    ]  # fmt: skip


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Style:
    """How it is spoken: espeak's variant, words a minute, pitch and its range (0 to 99)."""

    variant: str
    speed: int
    pitch: int
    range: int


@dataclass(frozen=True, slots=True)
class Syllable:
    """Where a syllable lies, in samples at 22050 Hz: its start, where its final begins, its end."""

    start: int
    final: int
    end: int


class Speaker:
    """One espeak in this process. Not for threads. `data`: espeak's data folder, its own by default."""

    def __init__(self, data: Path | None = None) -> None:
        self._library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
        folder = str(data or espeakng_loader.get_data_path()).encode()
        if self._library.espeak_Initialize(_SYNCHRONOUS, 0, folder, _PHONEME_EVENTS) != RATE:
            raise RuntimeError("espeak-ng did not start")
        self._sound: list[NDArray[np.int16]] = []
        self._events: list[tuple[int, int, int, bytes]] = []
        # Kept: the library calls it for as long as this object lives.
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        i = 0
        while (event := events[i]).type:
            name = event.id.string if event.type == _PHONEME else b""
            self._events.append((event.type, event.text_position, event.sample, name))
            i += 1
        if count and samples:
            self._sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def sound(self, said: str, style: Style) -> NDArray[np.int16]:
        """Samples at 22050 Hz of pinyin with punctuation."""
        self._say(said, style)
        return np.concatenate(self._sound) if self._sound else np.zeros(0, np.int16)

    def phones(self, said: str) -> list[str]:
        """The clauses of pinyin with punctuation in the international phonetic alphabet, as Piper's voices were trained on them."""
        self._library.espeak_SetVoiceByName(VOICE.encode())
        to_phonemes = self._library.espeak_TextToPhonemes
        to_phonemes.restype = ctypes.c_char_p
        kept = ctypes.create_string_buffer(said.encode())
        left, clauses = ctypes.cast(kept, ctypes.c_void_p), []
        while left.value:
            clauses.append((to_phonemes(ctypes.byref(left), _UTF8, _IPA) or b"").decode())
        return [clause for clause in clauses if clause]

    def speak(self, pinyin: list[str], style: Style) -> tuple[NDArray[np.int16], list[Syllable]]:
        """Samples at 22050 Hz, and each syllable's place. `pinyin` is numbered: ["ni3", "hao3"]."""
        sound = self.sound(" ".join(spelled(syllable) for syllable in pinyin), style)
        return sound, self._syllables(len(pinyin), len(sound))

    def _say(self, said: str, style: Style) -> None:
        self._sound.clear()
        self._events.clear()
        self._library.espeak_SetVoiceByName(f"{VOICE}+{style.variant}".encode())
        for parameter, value in ((_SPEED, style.speed), (_PITCH, style.pitch), (_RANGE, style.range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        data = said.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, _CHARS, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()

    def _syllables(self, wanted: int, length: int) -> list[Syllable]:
        words = [i for i, event in enumerate(self._events) if event[0] == _WORD]
        if len(words) != wanted or any(name in (b"(en)", b"(cmn)") for *_, name in self._events):
            return []
        found = []
        for n, first in enumerate(words):
            last = words[n + 1] if n + 1 < len(words) else len(self._events)
            inside = [event for event in self._events[first + 1 : last] if event[0] == _PHONEME]
            spoken = [event for event in inside if not event[3].startswith(b"_")]
            if not spoken:
                return []
            end = next((event[2] for event in inside if event[3].startswith(b"_")), length)
            final = spoken[1][2] if len(spoken) > 1 else spoken[0][2]
            found.append(Syllable(spoken[0][2], final, end))
        return found


def spelled(syllable: str) -> str:
    """A numbered syllable as espeak can say it."""
    base, tone = syllable[:-1], syllable[-1]
    return SPOKEN_AS.get(base, base) + tone
