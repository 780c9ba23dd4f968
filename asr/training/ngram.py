"""A language model over characters: interpolated Kneser-Ney, pruned, in back-off form."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

START, END = "<s>", "</s>"
DISCOUNT = 0.7

History = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """`arcs[history][character]` is a log probability, `backoff[history]` the log weight of going on with the shorter history."""

    arcs: Mapping[History, Mapping[str, float]]
    backoff: Mapping[History, float]


def train(
    sentences: Iterable[tuple[str, float]], order: int, least: Mapping[int, float], characters: Iterable[str]
) -> Model:
    """From weighted sentences. n-grams of `order` n whose occurrences weigh less than `least[n]` are left to the back-off.

    Every one of `characters` is possible anywhere, however seldom.
    """
    counts: list[dict[History, Counter[str]]] = [defaultdict(Counter) for _ in range(order + 1)]
    for text, weight in sentences:
        line = (START, *text, END)
        for i in range(1, len(line)):
            for n in range(1, order + 1):
                if i - n + 1 < 0:
                    break
                counts[n][line[i - n + 1 : i]][line[i]] += weight
    occurred = [{history: dict(followers) for history, followers in one.items()} for one in counts]
    for n in range(order - 1, 0, -1):
        # Kneser-Ney: a shorter history counts in how many longer ones a character was seen, not how often.
        continuing: dict[History, Counter[str]] = defaultdict(Counter)
        for history, followers in counts[n + 1].items():
            for character in followers:
                continuing[history[1:]][character] += 1
        for history, followers in counts[n].items():
            if history and history[0] == START:
                continue
            counts[n][history] = continuing.get(history, followers)
    arcs: dict[History, dict[str, float]] = {}
    backoff: dict[History, float] = {}
    lowest = counts[1][()]
    for character in characters:
        lowest[character] += 0.2
    total = sum(lowest.values())
    probability: dict[History, dict[str, float]] = {(): {c: v / total for c, v in lowest.items()}}
    arcs[()] = {c: math.log(p) for c, p in probability[()].items()}
    for n in range(2, order + 1):
        for history, followers in counts[n].items():
            if n > 2 and history[1:] not in probability:
                continue
            weight = sum(followers.values())
            kept = {c: v for c, v in followers.items() if occurred[n][history][c] >= least.get(n, 0)}
            if not kept or (n > 2 and history not in _possible(history, probability)):
                continue
            left = 1.0 - sum(max(v - DISCOUNT, 0.0) for v in kept.values()) / weight
            found = {}
            for character, value in kept.items():
                found[character] = max(value - DISCOUNT, 0.0) / weight + left * _lower(
                    character, history[1:], probability, backoff
                )
            probability[history] = found
            # What is not kept shares what the kept ones leave of both distributions.
            seen = sum(_lower(c, history[1:], probability, backoff) for c in found)
            rest = max(1.0 - sum(found.values()), 1e-4)
            backoff[history] = math.log(rest / max(1.0 - seen, 1e-4))
            arcs[history] = {c: math.log(max(p, 1e-12)) for c, p in found.items()}
    return Model(arcs, backoff)


def _possible(history: History, probability: Mapping[History, Mapping[str, float]]) -> tuple[History, ...]:
    """A history can only be reached when its last character is an arc of the history before it."""
    before = history[:-1]
    reachable = before in probability and (history[-1] in probability[before] or before == ())
    return (history,) if reachable or before == (START,) else ()


def _lower(
    character: str,
    history: History,
    probability: Mapping[History, Mapping[str, float]],
    backoff: Mapping[History, float],
) -> float:
    weight = 1.0
    while True:
        found = probability.get(history)
        if found is not None and character in found:
            return weight * found[character]
        if not history:
            return 1e-9
        weight *= math.exp(backoff.get(history, 0.0))
        history = history[1:]


def perplexity(model: Model, sentences: Iterable[str]) -> float:
    """A character's perplexity, ends included."""
    total, n = 0.0, 0
    order = max(len(h) for h in model.arcs) + 1
    for text in sentences:
        line = (START, *text, END)
        for i in range(1, len(line)):
            history: History = line[max(0, i - order + 1) : i]
            cost = 0.0
            while history and line[i] not in model.arcs.get(history, {}):
                cost += model.backoff.get(history, 0.0)
                history = history[1:]
            total += cost + model.arcs.get(history, {}).get(line[i], math.log(1e-7))
            n += 1
    return math.exp(-total / max(n, 1))
