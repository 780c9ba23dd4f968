"""What a citizen sent, made fit to be understood; what cannot be understood is answered here, kindly."""

import re
import unicodedata
from dataclasses import dataclass

from dialog.actions import wording

LONGEST_UNDERSTOOD = 4000
"""Characters of one message that the dialog reads; the journal keeps all of it."""

LONGEST_ACCEPTED = 20_000
"""Characters of one message that a channel takes at all."""

LATIN_SENTENCE = 4
"""Words without a single Chinese character from which a message is a sentence in another language, not a name or a number."""

_CHINESE = re.compile(r"[㐀-䶿一-鿿]")
_MEANINGFUL = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Utterance:
    """`text` is what the dialog hears; `answer`, when set, is said instead of asking the dialog; `cut` tells of a cut."""

    text: str
    answer: str | None = None
    cut: bool = False


def clean(text: str) -> Utterance:
    """Removes what is not text (control characters, invisible marks) and answers what nobody could understand."""
    visible = "".join(
        c
        for c in unicodedata.normalize("NFC", text)
        if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
    ).strip()
    if not visible:
        return Utterance("", wording.EMPTY)
    if not _MEANINGFUL.search(visible):
        return Utterance(visible, wording.ONLY_SYMBOLS)
    if not _CHINESE.search(visible) and len(re.findall(r"[A-Za-z]+", visible)) >= LATIN_SENTENCE:
        return Utterance(visible, wording.ONLY_CHINESE)
    return Utterance(visible[:LONGEST_UNDERSTOOD], cut=len(visible) > LONGEST_UNDERSTOOD)
