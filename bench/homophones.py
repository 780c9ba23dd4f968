"""Place names misheard on purpose: how many districts, streets and places are still read right, without and with the repair by sound."""

import random
from collections.abc import Sequence
from functools import lru_cache

from pypinyin import lazy_pinyin

from bench.evaluation import Case, cases
from intents.gazetteer import find_places
from intents.gazetteer.homophones import repair, sound
from intents.gazetteer.index import load_gazetteer

SEED = 12345
MISHEARD = 0.5
"""Chance of each character of a place name to be heard as another of the same sound; at least one is."""

FIELDS = ("district", "street", "place")


@lru_cache(maxsize=1)
def _alike() -> dict[str, list[str]]:
    """Sound → the common characters (GB 2312, level 1) that have it."""
    common = [bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)]
    alike: dict[str, list[str]] = {}
    for character in filter(None, common):
        alike.setdefault(sound(lazy_pinyin(character)[0]), []).append(character)
    return alike


def mishear(name: str, chance: random.Random) -> str:
    """The name with some characters heard as others."""
    chosen = {i for i in range(len(name)) if chance.random() < MISHEARD} or {chance.randrange(len(name))}
    return "".join(
        chance.choice(_alike().get(sound(lazy_pinyin(c)[0]), [c])) if i in chosen else c for i, c in enumerate(name)
    )


def noisy(of: Sequence[Case]) -> list[tuple[Case, str]]:
    """Each case in Beijing that names a known place, and its text with every such name misheard."""
    chance = random.Random(SEED)
    found = []
    for case in of:
        if not str(case.fields.get("district", "")):
            continue
        text = case.text
        for hit in list(load_gazetteer().hits(text)):
            text = text[: hit.start] + mishear(hit.name, chance) + text[hit.end :]
        if text != case.text:
            found.append((case, text))
    return found


def shares() -> dict[str, tuple[float, float, float]]:
    """Field → share read as in the clean text's own reading: clean, misheard, misheard and repaired."""
    pairs = noisy(cases())
    told: dict[str, tuple[float, float, float]] = {}
    for name in FIELDS:
        right = [0, 0, 0]
        wanted = [(case, text) for case, text in pairs if name in case.fields]
        for case, text in wanted:
            for column, heard in enumerate((case.text, text, repair(text).text)):
                got = getattr(find_places(heard), name)
                value = str(case.fields[name])
                right[column] += got is not None and (value in str(got.value) or str(got.value) in value)
        told[name] = tuple(count / max(len(wanted), 1) for count in right)  # type: ignore[assignment]
    return told


def main() -> None:
    """Prints the table."""
    print(f"\nplace names misheard ({MISHEARD:.0%} of their characters)   clean   misheard   repaired")
    for name, (clean, misheard, repaired) in shares().items():
        print(f"{name:48s} {clean:6.1%}   {misheard:6.1%}    {repaired:6.1%}")


if __name__ == "__main__":
    main()
