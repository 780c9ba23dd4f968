"""Sentences to train on: the patterns of grammar.txt, and the clauses of texts that are given by path."""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from asr.training.lexicon import said_number, spoken

HERE = Path(__file__).parent
GRAMMAR = HERE / "grammar.txt"
EVALUATION = HERE / "evaluation.txt"
"""Sentences of any kind that are judged on."""

GOLDEN = HERE / "evaluation_golden.txt"
"""Sentences over the vocabulary of the golden conversations that are judged on."""

_PATTERN = re.compile(r"(\d*)> (.*)")
"""`> pattern`, or `12> pattern` for one that is used so much oftener."""

_SLOT = re.compile(r"\{(\w+)\}")
_DIGITS = "零幺二三四五六七八九"


class Grammar:
    """Makes sentences; `places` fill {place}."""

    def __init__(self, places: Sequence[str], seed: int) -> None:
        self._dice = random.Random(seed)
        self._lists: dict[str, list[str]] = {"place": list(places)}
        self._patterns: list[str] = []
        self._often: list[int] = []
        for line in GRAMMAR.read_text(encoding="utf-8").splitlines():
            if pattern := _PATTERN.match(line):
                self._patterns.append(pattern[2].strip())
                self._often.append(int(pattern[1] or 1))
            elif "=" in line and not line.startswith("#"):
                name, _, values = line.partition("=")
                self._lists[name.strip()] = [value.strip() for value in values.split("|")]

    def sentence(self) -> str:
        """One sentence; all patterns alike, so that every one is spoken."""
        return self._filled(self._dice.choice(self._patterns))

    def likely(self) -> str:
        """One sentence; patterns as often as citizens use them."""
        return self._filled(self._dice.choices(self._patterns, self._often)[0])

    def _filled(self, pattern: str) -> str:
        return _SLOT.sub(lambda slot: self._fill(slot.group(1)), pattern)

    def _fill(self, name: str) -> str:
        dice = self._dice
        if name == "mobile":
            return self._digits("1" + dice.choice("35789") + self._random(9))
        if name == "four":
            return self._digits(self._random(4))
        if name == "twelve":
            return self._digits(str(dice.randint(1, 9)) + self._random(11))
        if name == "small":
            return _counted(dice.randint(1, 99))
        if name == "money":
            return self._money()
        return dice.choice(self._lists[name])

    def _random(self, n: int) -> str:
        digits = ""
        while len(digits) < n:
            # People's numbers repeat themselves: 8888, 0011.
            again = digits and self._dice.random() < 0.25
            digits += digits[-1] if again else str(self._dice.randint(0, 9))
        return digits

    def _digits(self, digits: str) -> str:
        one = "幺" if self._dice.random() < 0.85 else "一"
        return "".join(one if d == "1" else _DIGITS[int(d)] for d in digits)

    def _money(self) -> str:
        dice = self._dice
        value = dice.randint(1, 99) * 10 ** dice.randint(0, 3) if dice.random() < 0.6 else dice.randint(10, 30_000)
        said = said_number(str(value)) if value < 1_000_000 else "一百万"
        said = re.sub(r"(?<![十百])二(?=[千万])", "两", said)
        return said + ("多" if dice.random() < 0.05 and value % 10 == 0 else "")


def _counted(n: int) -> str:
    return "两" if n == 2 else said_number(str(n))


def texts(paths: Sequence[Path]) -> Iterator[list[str]]:
    """The spoken clauses of each line; `type<TAB>text` lines lose their type."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                clauses = spoken(line.rpartition("\t")[2])
                if clauses:
                    yield clauses


def place_names(paths: Sequence[Path]) -> list[str]:
    """Every Chinese name of two characters and more in a gazetteer's files."""
    found: dict[str, None] = {}
    for path in paths:
        for name in re.findall(r"[一-鿿]{2,12}", path.read_text(encoding="utf-8")):
            found[name] = None
    return list(found)


def evaluation(path: Path = EVALUATION) -> list[str]:
    """The sentences that models are judged on."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [re.sub(r"[A-Za-z]", "", line.strip()) for line in lines if line.strip() and not line.startswith("#")]
