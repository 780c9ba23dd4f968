"""What the tagger marked, set beside what the rules found: each sees what the other does not.

The rules know names by their shape and by the gazetteer, and reckon sums; the tagger sees from the sentence that something is one.
The limits were chosen on texts that neither was made with (docs/decisions/0023).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from intents.catalog.model import KIND_FIELDS, Topic
from intents.classifier import Guess
from intents.extraction.names import common
from intents.extraction.numbers import find_numbers, whole
from intents.found import Found
from intents.gazetteer.nameless import nameless
from intents.tagger.marks import SPOT, SUMS, Mark

NAMES = ("merchant", "employer", "institution")

SURE = 0.9
"""From here on a mark outranks the name or the sum that a rule found."""

ELSEWHERE_SURE, ELSEWHERE_LIKELY = 0.8, 0.5
"""How sure a mark must be to be the place where the rules found another one: of some weight, of hardly any."""

WEIGHTY, LIGHT = 0.8, 0.6
"""How sure the rules may be of that other place at most."""

AGREEING = 0.3
"""What the rules' cue counts for beside the share that the whole story gives a kind of trouble."""

SAID_SHORTLY, SHORT = 0.6, 40
"""What it counts for in a text of so many characters at most, which says little besides."""

LIKELY_KIND = 0.4
"""The share from which on a kind that no cue names is taken as told; below, it is asked for."""

A_STORY = 12
"""Characters of a text below which no kind is taken from it as a whole: 路灯 alone tells none."""

_EDGES = " ，。,、；;：:？?！!\n"
_TROUBLE = re.compile(r"(?<=[一-鿿0-9]{2})(?:垃圾|路灯|噪音|噪声|积水|漏水|电梯)$")
"""What is wrong there, and no part of where: 望京西园四区三号楼|垃圾."""

_SOME = re.compile(r"[一那这某]家|后头|楼下")
"""一家康养中心 is some home, and no name."""


def place_beside(text: str, marks: Sequence[Mark], found: Found | None) -> Found | None:
    """The place: the rules' and the mark made one where they overlap, otherwise the surer."""
    mark = _surest(text, marks, SPOT)
    if mark is None:
        return found
    if found is None:
        return None if nameless(mark.value) else mark
    if mark.start < found.end and found.start < mark.end:
        start, end = min(mark.start, found.start), max(mark.end, found.end)
        if (start, end) == (found.start, found.end):
            return found
        # The rules may have left out a filler in their span; only what the mark adds is added.
        value = f"{text[start : found.start]}{found.value}{text[found.end : end]}"
        return replace(found, value=value, raw=text[start:end], start=start, end=end)
    if nameless(mark.value):
        # 天桥南里的 … 3号楼1单元门口: the one is in the other.
        inside = mark.confidence >= ELSEWHERE_SURE and found.end <= mark.start
        return replace(found, value=f"{found.value}{mark.value}") if inside else found
    outdone = (found.confidence <= WEIGHTY and mark.confidence >= ELSEWHERE_SURE) or (
        found.confidence <= LIGHT and mark.confidence >= ELSEWHERE_LIKELY
    )
    return mark if outdone else found


def facts_beside(text: str, marks: Sequence[Mark], fields: Mapping[str, Found]) -> Iterator[tuple[str, Found]]:
    """Names and sums that the marks add or put right."""
    for name in NAMES:
        told = _surest(text, marks, name)
        if told is not None and (name not in fields or told.confidence >= SURE):
            yield name, told
    for name in SUMS:
        told = _surest(text, marks, name)
        number = next((n for n in find_numbers(text) if told and n.start < told.end and told.start < n.end), None)
        if told is None or number is None:
            continue
        held = fields.get(name)
        if held is not None and (told.confidence < SURE or held.confidence == 1 or _reckoned(text, held)):
            continue
        if any(one in fields and fields[one].start < number.end and number.start < fields[one].end for one in SUMS):
            # The rules have read this very number, as what was paid, is owed or left.
            continue
        yield name, replace(told, value=whole(number.value), start=number.start, end=number.end)


def kind_beside(text: str, kinds: Sequence[Guess], topic: Topic, fields: Mapping[str, Found]) -> dict[str, Found]:
    """The kind of trouble: the rules' cue and the story as a whole together, or what the whole story says surely enough."""
    name = next((one for one in KIND_FIELDS if one in topic.fields), None)
    if name is None or not kinds:
        return {}
    held = fields.get(name)
    cue = SAID_SHORTLY if len(text) <= SHORT else AGREEING
    best = max(kinds, key=lambda guess: guess.confidence + cue * (held is not None and held.value == guess.label))
    if best.label not in topic.fields[name].options or (held is not None and held.value == best.label):
        return {}
    if held is None and (best.confidence < LIKELY_KIND or len(text.strip()) < A_STORY):
        return {}
    return {name: Found(best.label, text, 0, len(text), best.confidence)}


def _surest(text: str, marks: Sequence[Mark], name: str) -> Found | None:
    """The surest mark of a name, as a value; None where it holds less than two characters."""
    named = sorted((mark for mark in marks if mark.name == name), key=lambda mark: -mark.confidence)
    for mark in named:
        words = text[mark.start : mark.end]
        start = mark.start + len(words) - len(words.lstrip(_EDGES))
        words = words.strip(_EDGES)
        words = _TROUBLE.sub("", words) if name == SPOT else words
        if len(words) > 1 and not (name in NAMES and (common(words) or _SOME.match(words))):
            return Found(words, words, start, start + len(words), mark.confidence)
    return None


def _reckoned(text: str, found: Found) -> bool:
    """Whether a sum is told in no single number: so much a month times months, paid less used."""
    return all(number.value != found.value for number in find_numbers(text[found.start : found.end]))
