"""A ticket, as the desk keeps it and outsiders see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.zone import BEIJING


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a ticket's history."""

    at: datetime
    status: str
    by: str
    note: str

    def as_json(self) -> dict[str, Any]:
        """The contract's history entry."""
        return {"at": iso(self.at), "status": self.status, "by": self.by, "note": self.note}


@dataclass(frozen=True, slots=True, repr=False)
class Ticket:
    """A filed complaint. `fields` maps a name to {"value", "raw", "turn", "span", "confirmed"}."""

    number: str
    type: str
    topic: str
    topic_name: str
    tags: Sequence[str]
    district: str | None
    street: str | None
    fields: Mapping[str, Mapping[str, Any]]
    phone: str | None
    channel: str
    status: str
    lead_unit: str
    co_units: Sequence[str]
    created_at: datetime
    due_at: datetime
    history: Sequence[Step]
    conversation_id: str
    files: Sequence[Mapping[str, Any]] = ()
    finer_name: str | None = None
    """What a district's own topic is called, where the ticket is filed under the nearest of the city's and keeps it as a tag."""
    external_id: str | None = None

    def __repr__(self) -> str:
        """Without personal data: a ticket in a log must not tell whose it is."""
        return f"Ticket({self.number}, {self.topic}, {self.status})"

    def value(self, name: str) -> Any:
        """A field's value, or None."""
        return self.fields.get(name, {}).get("value")

    def as_json(self) -> dict[str, Any]:
        """The contract's Ticket, for its citizen and for operators."""
        anonymous = bool(self.value("anonymous"))
        hidden = ("anonymous", "confirm", "topic", "type")
        return {
            **self._common(),
            "district": self.district,
            "street": self.street,
            "place": self.value("place") or self.value("estate") or self.value("village"),
            "description": self.value("description"),
            "fields": {name: dict(field) for name, field in self.fields.items() if name not in hidden},
            "contact": {
                "phone": None if anonymous else self.phone,
                "name": None if anonymous else self.value("contact_name"),
                "anonymous": anonymous,
            },
            "channel": self.channel,
            "co_units": list(self.co_units),
            "tags": list(self.tags),
            "external_id": self.external_id,
            "files": [dict(file) for file in self.files],
        }

    def public_json(self) -> dict[str, Any]:
        """What a status look-up shows: nothing about the person, the place or the words."""
        return self._common()

    def _common(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "type": self.type,
            "topic": self.topic,
            "topic_name": self.topic_name,
            "status": self.status,
            "lead_unit": self.lead_unit,
            "created_at": iso(self.created_at),
            "due_at": iso(self.due_at),
            "history": [step.as_json() for step in self.history],
        }


def iso(moment: datetime) -> str:
    """ISO 8601 with Beijing's offset, to the second."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
