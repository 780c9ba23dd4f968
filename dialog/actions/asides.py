"""Questions about the hotline itself, asked in the middle of something else."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import yaml


@lru_cache(maxsize=1)
def _asides() -> Mapping[str, Mapping[str, str]]:
    asides: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (files("intents.extraction") / "asides.yml").read_text(encoding="utf-8")
    )
    return asides


def answer_aside(name: str) -> str:
    """The standing answer to an aside; KeyError for one that has none."""
    return _asides()[name]["answer"]


def aside_answers() -> tuple[str, ...]:
    """Every standing answer."""
    return tuple(entry["answer"] for entry in _asides().values())


def aside_aloud(answer: str) -> str | None:
    """How a standing answer is said on the telephone, where that is otherwise."""
    return next((entry.get("phone") for entry in _asides().values() if entry["answer"] == answer), None)
