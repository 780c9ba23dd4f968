"""A service request that another program posts becomes a ticket by the same way as a citizen's: a conversation, a draft, the desk."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.desk import TicketDesk
from integrations.drafts import Drafts, NewEntry
from integrations.journal import Journal
from integrations.open311 import services
from integrations.open311.forms import moment
from integrations.ticket import Ticket
from integrations.zone import BEIJING
from intents.catalog import Catalog, Field, FieldKind, Topic
from intents.extraction.answers import read_answer
from intents.gazetteer import find_places

CHANNEL = "open311"
LONGEST = 20_000
LEAST_DIGITS = 7
"""Of a telephone number."""

_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_KEPT = ("lat", "long", "address_id", "media_url", "email", "device_id", "account_id")
"""Parameters that are kept with the ticket as they came."""


class BadRequest(ValueError):
    """A parameter is missing or wrong; the message names it, not its value."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Files what other programs post."""

    catalog: Catalog
    districts: tuple[str, ...]
    streets: frozenset[str]
    journal: Journal
    drafts: Drafts
    desk: TicketDesk
    clock: Callable[[], datetime]

    def file(
        self, topic: Topic, given: Mapping[str, str], attributes: Mapping[str, Sequence[str]], key: str | None
    ) -> Ticket:
        """Files it; the same idempotency `key` gives the same ticket. BadRequest."""
        entries = self._entries(topic, given, attributes)
        citizen = f"{CHANNEL}:{key}" if key else None
        conversation = self.journal.create(CHANNEL, citizen, id=_one_id(citizen) if citizen else None).id
        if citizen and (known := self.desk.latest_of(conversation)) is not None:
            return known
        # One draft for a key, whoever is first: two programs that send it at once file one ticket.
        draft = self.drafts.open_new(conversation, id=_one_id(f"{citizen}:draft") if citizen else None)
        self.drafts.append(draft.id, entries, {})
        return self.desk.file(self.drafts.by_id(draft.id), CHANNEL)

    def _entries(
        self, topic: Topic, given: Mapping[str, str], attributes: Mapping[str, Sequence[str]]
    ) -> list[NewEntry]:
        values: dict[str, tuple[Any, str]] = {"topic": (topic.id, topic.id), "type": ("投诉", "")}
        for name, told in attributes.items():
            field, said = topic.fields.get(name), list(dict.fromkeys(one.strip() for one in told if one.strip()))
            if field is None or name in services.OWN_PARAMETERS or not said:
                continue
            if len(said) > 1 and services.datatype(field) not in ("string", "text"):
                raise BadRequest(f"attribute[{name}] (one value)")
            words = "；".join(said)
            value = self._value(field, words)
            if value is not None:
                values[name] = (value, words)
        self._place(topic, given, values)
        for name in ("lat", "long"):
            if name in given and not _is_degree(given[name], 90 if name == "lat" else 180):
                raise BadRequest(name)
        if ("lat" in given) != ("long" in given):
            raise BadRequest("lat and long")
        values |= {name: (given[name][:500], given[name][:500]) for name in _KEPT if given.get(name)}
        values |= self._contact(given)
        if given.get("description"):
            values["description"] = (given["description"][:LONGEST], given["description"][:LONGEST])
        missing = [
            f.name
            for f in topic.fields.values()
            if services.required(f) and f.name not in (*values, *services.OWN_PARAMETERS)
        ]
        if missing:
            raise BadRequest(", ".join(f"attribute[{name}]" for name in missing))
        if not given.get("description"):
            values["description"] = (topic.name, "")
        return [
            NewEntry(name, value, raw, 0, source="citizen", confirmed=True) for name, (value, raw) in values.items()
        ]

    def _contact(self, given: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
        """Who reports it; anonymous when nobody says."""
        found: dict[str, tuple[Any, str]] = {}
        said = given.get("phone", "").strip()
        phone = read_answer(said, FieldKind.PHONE, self.clock(), {})
        digits = "".join(c for c in said if c.isascii() and c.isdigit())
        if phone is not None:
            found["contact_phone"] = (phone.value, said)
        elif len(digits) >= LEAST_DIGITS:
            # A number of no kind that is known here is a number still.
            found["contact_phone"] = (digits[:20], said[:80])
        name = f"{given.get('last_name', '')}{given.get('first_name', '')}".strip()
        if name:
            found["contact_name"] = (name[:80], name[:80])
        if not found and not given.get("email"):
            found["anonymous"] = (True, "")
        return found

    def _place(self, topic: Topic, given: Mapping[str, str], values: dict[str, tuple[Any, str]]) -> None:
        """The address as place, district and street. BadRequest where the service needs a location and none is given."""
        address = given.get("address_string", "").strip()[:200]
        where = [f for f in topic.fields.values() if f.kind in services.PLACED]
        if address:
            found = find_places(address, asked="place")
            for name in ("district", "street"):
                part = getattr(found, name)
                if part is not None and name in topic.fields:
                    values.setdefault(name, (part.value, part.raw))
            for field in where:
                if field.kind not in (FieldKind.DISTRICT, FieldKind.STREET) and (
                    field.required or field.name == "place"
                ):
                    values.setdefault(field.name, (address, address))
        located = address or given.get("address_id") or given.get("lat") or any(f.name in values for f in where)
        if not located and any(f.required for f in where):
            raise BadRequest("address_string, address_id, or lat and long")

    def _value(self, field: Field, said: str) -> Any:
        kind = services.datatype(field)
        if kind == "singlevaluelist":
            options = services.options(field, self.districts)
            if said not in options:
                raise BadRequest(f"attribute[{field.name}]")
            return said == services.YES if field.kind is FieldKind.BOOLEAN else said
        if kind == "number":
            try:
                number = float(said)
            except ValueError:
                raise BadRequest(f"attribute[{field.name}]") from None
            if not -1e12 < number < 1e12:
                raise BadRequest(f"attribute[{field.name}]")
            return int(number) if number == int(number) else number
        if kind == "datetime":
            return self._day(field, said)
        if field.kind is FieldKind.STREET and said not in self.streets:
            # What is no street may be a house, or a name: the address has room for it, what the public reads has none.
            return None
        return said[:LONGEST]

    def _day(self, field: Field, said: str) -> str:
        """A day, month or year as the catalog keeps it: from W3C's forms, or as a citizen says it."""
        if _DAY.fullmatch(said):
            return said
        try:
            return moment(said).astimezone(BEIJING).date().isoformat()
        except (ValueError, OverflowError):
            found = read_answer(said, field.kind, self.clock(), {})
        if found is None or not isinstance(found.value, str):
            raise BadRequest(f"attribute[{field.name}]")
        return found.value


def _one_id(name: str) -> str:
    """The same id for the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def _is_degree(text: str, most: float) -> bool:
    try:
        return abs(float(text)) <= most
    except ValueError:
        return False
