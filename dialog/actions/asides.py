"""Questions about the hotline itself, asked in the middle of something else."""

from functools import lru_cache
from importlib.resources import files

import yaml


@lru_cache(maxsize=1)
def _answers() -> dict[str, str]:
    entries = yaml.safe_load((files("intents.extraction") / "asides.yml").read_text(encoding="utf-8"))
    return {name: entry["answer"] for name, entry in entries.items()}


def answer_aside(name: str) -> str:
    """The standing answer to an aside; KeyError for one that has none."""
    return _answers()[name]
