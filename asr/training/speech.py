"""Who speaks in training, and who is kept for judging. Labels need no aligner: the synthesiser says when each syllable begins."""

from asr.espeak import RATE, SPOKEN_AS, Speaker, Style, Syllable

TRAINED = (
    "m1", "m2", "m3", "m4", "m6", "m7", "m8", "f1", "f2", "f4", "f5", "Alex", "Andy", "Lee", "Gene", "Gene2", "steph", "steph2",
    "ed", "edward", "edward2", "Alicia", "Michael", "Mike", "Mario", "belinda", "grandma", "grandpa", "david", "max", "john",
    "victor", "benjamin", "boris", "caleb", "gustave", "ian", "marcelo", "miguel", "robert", "sandro", "shelby", "travis", "zac",
)  # fmt: skip
"""Voices that the models are trained on."""

UNSEEN = ("f3", "Annie", "adam", "linda", "pedro", "quincy")
"""Voices that the models are judged on, and never trained on."""

__all__ = ["RATE", "SPOKEN_AS", "TRAINED", "UNSEEN", "Speaker", "Style", "Syllable"]
