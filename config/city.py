"""The city's own data files: routes, deadlines, district overlays (27+X). Values for the desk, read once."""

from importlib.resources import files
from typing import Any

import yaml


def read(name: str) -> Any:
    """One of this folder's YAML files."""
    return yaml.safe_load((files("config") / name).read_text(encoding="utf-8"))


def district_ledgers() -> dict[str, dict[str, str]]:
    """District → the ledgers that it keeps: topic → the field by which it is sorted."""
    folder = files("config") / "districts"
    overlays = (
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.iterdir() if path.name.endswith(".yml")
    )
    return {overlay["district"]: dict(overlay["ledgers"]) for overlay in overlays if overlay.get("ledgers")}


def district_overlays() -> dict[str, tuple[str, ...]]:
    """District → the topics that it has added to the city's 27."""
    folder = files("config") / "districts"
    overlays = (
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.iterdir() if path.name.endswith(".yml")
    )
    return {overlay["district"]: tuple(overlay["adds"]) for overlay in overlays}
