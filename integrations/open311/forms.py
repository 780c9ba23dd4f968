"""One answer, two forms: plain dictionaries and lists as JSON, and the same as GeoReport's XML; and back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from integrations.zone import BEIJING

CONTENT_TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
}
"""What an element of a list is called in XML."""


class Malformed(ValueError):
    """It is neither this JSON nor this XML."""


def written(root: str, value: Any, form: str) -> bytes:
    """An answer; `root` names it in XML. Lists keep their element with one member or none."""
    if form == "json":
        return json.dumps(value, ensure_ascii=False).encode()
    element = _element(root, value)
    body: bytes = ElementTree.tostring(element, encoding="utf-8")
    return body if body.startswith(b"<?xml") else b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _element(name: str, value: Any) -> ElementTree.Element:
    made = ElementTree.Element(name)
    if isinstance(value, Mapping):
        made.extend(_element(key, inner) for key, inner in value.items())
    elif isinstance(value, list):
        made.extend(_element(ITEMS[name], inner) for inner in value)
    elif isinstance(value, bool):
        made.text = "true" if value else "false"
    elif value is not None:
        # Control characters are in no XML, whoever typed them.
        made.text = "".join(c for c in str(value) if c >= " " or c in "\t\n")
    return made


def read(data: bytes, form: str) -> Any:
    """A server's answer as dictionaries, lists and strings. Malformed. A list of XML elements is a list with any number of members."""
    try:
        if form == "json":
            return json.loads(data)
        if b"<!DOCTYPE" in data[:2000] or b"<!ENTITY" in data:
            raise Malformed("a document type in XML")
        return _value(ElementTree.fromstring(data))
    except (ValueError, ElementTree.ParseError) as error:
        raise Malformed(type(error).__name__) from None


def _value(element: ElementTree.Element) -> Any:
    inner = list(element)
    tags = [_plain(one) for one in inner]
    # Some servers name their lists otherwise: members of one name make a list as well.
    if _plain(element) in ITEMS or len(tags) > len(set(tags)):
        return [_value(one) for one in inner]
    if inner:
        return {tag: _value(one) for tag, one in zip(tags, inner, strict=True)}
    return (element.text or "").strip() or None


def _plain(element: ElementTree.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def records(answer: Any) -> list[Mapping[str, Any]]:
    """The records of an answer, however many wrappers a server puts around the list, or around each of its members."""
    while isinstance(answer, Mapping):
        lists = [inner for inner in answer.values() if isinstance(inner, list)]
        alone = next(iter(answer.values())) if len(answer) == 1 else None
        if isinstance(alone, Mapping):
            answer = alone
        elif len(lists) == 1 and not _is_record(answer):
            answer = lists[0]
        elif alone is None and len(answer) == 1 and not _is_record(answer):
            answer = []
        else:
            answer = [answer]
    if not isinstance(answer, list):
        return []
    found = (one for one in answer if isinstance(one, Mapping))
    return [next(iter(one.values())) if _wrapped(one) else one for one in found]


def _wrapped(one: Mapping[str, Any]) -> bool:
    return len(one) == 1 and isinstance(next(iter(one.values())), Mapping)


def _is_record(answer: Mapping[str, Any]) -> bool:
    return bool({"service_request_id", "token", "service_code", "update_id", "code", "attributes"} & set(answer))


def w3c(moment: datetime) -> str:
    """2026-11-24T10:00:00+08:00."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def moment(text: str) -> datetime:
    """A W3C date-time or date; without an offset it is the hotline's time. ValueError."""
    # A plus sign that a client did not encode arrives as a space.
    text = text.strip()
    if len(text) > 20 and text[-6] == " ":
        text = f"{text[:-6]}+{text[-5:]}"
    read_as = datetime.fromisoformat(text)
    aware = read_as if read_as.tzinfo else read_as.replace(tzinfo=BEIJING)
    if not 1971 <= aware.year <= 9000:
        raise ValueError("year")
    return aware.astimezone(UTC) + timedelta(0)
