"""Who speaks in training, and who is kept for judging. Labels need no aligner: the synthesiser says when each syllable begins.

espeak's own voices are some fifty; `make_voices` adds as many as are wanted, with throats, pitches and manners drawn by chance.
"""

import random
import shutil
from pathlib import Path

import espeakng_loader

from asr.espeak import RATE, SPOKEN_AS, Speaker, Style, Syllable

TRAINED = (
    "m1", "m2", "m3", "m4", "m6", "m7", "m8", "f1", "f2", "f4", "f5", "Alex", "Andy", "Lee", "Gene", "Gene2", "steph", "steph2",
    "ed", "edward", "edward2", "Alicia", "Michael", "Mike", "Mario", "belinda", "grandma", "grandpa", "david", "max", "john",
    "victor", "benjamin", "boris", "caleb", "gustave", "ian", "marcelo", "miguel", "robert", "sandro", "shelby", "travis", "zac",
)  # fmt: skip
"""Voices that the models are trained on."""

UNSEEN = ("f3", "Annie", "adam", "linda", "pedro", "quincy")
"""Voices that the models are judged on, and never trained on."""

MADE = tuple(f"made{n}" for n in range(160))
"""Voices of `make_voices`."""


def make_voices(folder: Path, seed: int = 4) -> Path:
    """Espeak's data with MADE added, in `folder`; what `Speaker` takes."""
    data = folder / "espeak-ng-data"
    variants = data / "voices" / "!v"
    if not (variants / MADE[-1]).exists():
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(str(espeakng_loader.get_data_path()), data)
        for family in (data / "lang").iterdir():
            # espeak keeps 350 voices at most: of its languages only Mandarin and English stay.
            if family.name not in ("sit", "gmw"):
                shutil.rmtree(family) if family.is_dir() else family.unlink()
        dice = random.Random(seed)
        for name in MADE:
            (variants / name).write_text(_voice(name, dice))
    return data


def _voice(name: str, dice: random.Random) -> str:
    """A variant file: every formant's frequency, height and width in per cent, and how it is spoken."""
    pitch = dice.randint(65, 200)
    length = dice.uniform(0.86, 1.2)
    lines = ["language variant", f"name {name}", f"pitch {pitch} {pitch + dice.randint(15, 130)}"]
    for formant in range(9):
        high = 60 if formant < 6 else 0
        values = (100 * length * dice.uniform(0.94, 1.07), dice.randint(high, 150), dice.randint(50, 150))
        lines.append(f"formant {formant} " + " ".join(str(round(v)) for v in values))
    if dice.random() < 0.5:
        lines.append(f"tone 600 {dice.randint(120, 255)} 1200 {dice.randint(80, 255)} 2000 {dice.randint(50, 255)}")
    if dice.random() < 0.3:
        lines.append(f"echo {dice.randint(30, 130)} {dice.randint(5, 20)}")
    if dice.random() < 0.4:
        lines.append("stressLength " + " ".join(str(dice.randint(0, 12)) for _ in range(8)))
    if dice.random() < 0.4:
        lines.append("stressAdd " + " ".join(str(dice.randint(0, 150)) for _ in range(8)))
    if dice.random() < 0.3:
        lines.append("breath " + " ".join(str(dice.randint(0, 6)) for _ in range(8)))
    lines += [f"roughness {dice.randint(0, 5)}", f"flutter {dice.randint(0, 8)}", f"voicing {dice.randint(40, 120)}"]
    lines += [f"consonants {dice.randint(60, 140)} {dice.randint(70, 140)}", f"intonation {dice.randint(1, 4)}"]
    return "\n".join(lines) + "\n"


__all__ = ["MADE", "RATE", "SPOKEN_AS", "TRAINED", "UNSEEN", "Speaker", "Style", "Syllable", "make_voices"]
