"""A service request that another program posts becomes a ticket by the same way as a citizen's: a conversation, a draft, the desk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.desk import TicketDesk
from integrations.drafts import Drafts, NewEntry
from integrations.journal import Journal
from integrations.open311 import services
from integrations.ticket import Ticket
from intents.catalog import Catalog, Field, FieldKind, Topic
from intents.extraction.answers import read_answer
from intents.gazetteer import find_places

CHANNEL = "open311"
LONGEST = 20_000
_KEPT = ("lat", "long", "address_id", "media_url", "email", "device_id", "account_id")
"""Parameters that are kept with the ticket as they came."""


class BadRequest(ValueError):
    """A parameter is missing or wrong; the message names it, not its value."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Files what other programs post."""

    catalog: Catalog
    districts: tuple[str, ...]
    journal: Journal
    drafts: Drafts
    desk: TicketDesk
    clock: Callable[[], datetime]

    def file(
        self, topic: Topic, given: Mapping[str, str], attributes: Mapping[str, Sequence[str]], key: str | None
    ) -> Ticket:
        """Files it; the same idempotency `key` gives the same ticket. BadRequest."""
        entries = self._entries(topic, given, attributes)
        citizen = f"{CHANNEL}:{key}"[:80] if key else None
        earlier = self.journal.latest(CHANNEL, citizen) if citizen else None
        if earlier is not None and (known := self.desk.latest_of(earlier)) is not None:
            return known
        conversation = earlier or self.journal.create(CHANNEL, citizen).id
        draft = self.drafts.current(conversation) or self.drafts.open_new(conversation)
        self.drafts.append(draft.id, entries, {})
        filed = self.drafts.current(conversation)
        assert filed is not None
        return self.desk.file(filed, CHANNEL)

    def _entries(
        self, topic: Topic, given: Mapping[str, str], attributes: Mapping[str, Sequence[str]]
    ) -> list[NewEntry]:
        values: dict[str, tuple[Any, str]] = {"topic": (topic.id, topic.id), "type": ("投诉", "")}
        for name, said in attributes.items():
            field = topic.fields.get(name)
            if field is None or name in services.OWN_PARAMETERS or not said or not said[0].strip():
                continue
            values[name] = (self._value(field, said[0].strip()), said[0].strip())
        self._place(topic, given, values)
        for name in ("lat", "long"):
            if name in given and not _is_degree(given[name], 90 if name == "lat" else 180):
                raise BadRequest(name)
        if ("lat" in given) != ("long" in given):
            raise BadRequest("lat and long")
        values |= {name: (given[name][:500], given[name][:500]) for name in _KEPT if given.get(name)}
        phone = read_answer(given.get("phone", ""), FieldKind.PHONE, self.clock(), {})
        if phone is not None:
            values["contact_phone"] = (phone.value, given["phone"])
        else:
            values["anonymous"] = (True, "")
        name = f"{given.get('last_name', '')}{given.get('first_name', '')}".strip()
        if name:
            values["contact_name"] = (name[:80], name[:80])
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
        return said[:LONGEST]


def _is_degree(text: str, most: float) -> bool:
    try:
        return abs(float(text)) <= most
    except ValueError:
        return False
