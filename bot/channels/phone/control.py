"""The control messages of Asterisk's WebSocket channel, as JSON (`f(json)`) and as the older plain text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_COMMAND = 127
"""Characters; Asterisk ignores a longer one."""

ANSWER, HANGUP, FLUSH, MARK = "ANSWER", "HANGUP", "FLUSH_MEDIA", "MARK_MEDIA"


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """One event: MEDIA_START, DTMF_END, MEDIA_XOFF, MEDIA_XON, MEDIA_MARK_PROCESSED, QUEUE_DRAINED, STATUS, ERROR, …"""

    event: str
    values: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    """Of the channel; JSON only."""
    plain: bool = False


def parse(text: str) -> Told | None:
    """An event in either form; None for what is neither."""
    text = text.strip()
    if text.startswith("{"):
        try:
            told = json.loads(text)
        except ValueError:
            return None
        if not isinstance(told, dict) or not isinstance(told.get("event"), str):
            return None
        variables = told.get("channel_variables")
        return Told(told["event"], _texts(told), _texts(variables) if isinstance(variables, dict) else {})
    name, _, rest = text.partition(" ")
    if not name.isascii() or not name.replace("_", "").isupper():
        return None
    values = {}
    for word in rest.split():
        key, colon, value = word.partition(":")
        # MEDIA_MARK_PROCESSED and MEDIA_BUFFERING_COMPLETED carry a bare id.
        values[key if colon else "correlation_id"] = value if colon else key
    return Told(name, values, plain=True)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(k).lstrip("_"): str(v) for k, v in values.items() if isinstance(v, str | int)}


def command(name: str, plain: bool, mark: str = "") -> str:
    """A command in the form that the call speaks."""
    if plain:
        return f"{name} {mark}".rstrip()
    return json.dumps({"command": name, **({"correlation_id": mark} if mark else {})}, separators=(",", ":"))
