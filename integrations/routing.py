"""Which unit leads a ticket, and which ones also get it (双重派单)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a ticket goes; `topic` may be the nearest one when the district does not have the finer, kept in `tags`."""

    topic: str
    lead_unit: str
    co_units: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routes:
    """The city's routing, as data: see `config/routes.yml`, `config/nearest.yml`, `config/districts/`."""

    default: str
    by_topic: Mapping[str, str]
    by_merchant_category: Mapping[str, str]
    nearest: Mapping[str, str]
    overlays: Mapping[str, Sequence[str]]

    @classmethod
    def from_data(
        cls, routes: Mapping[str, Any], overlays: Mapping[str, Sequence[str]], nearest: Mapping[str, str]
    ) -> "Routes":
        """From the parsed files."""
        return cls(routes["default"], routes["topics"], routes["merchant_category"], nearest, overlays)

    def route(self, topic: str, district: str | None, street: str | None, fields: Mapping[str, Any]) -> Routing:
        """The authority leads; the street (or the district, when no street is known) gets the ticket at the same time."""
        lead = self.by_topic.get(topic, self.default)
        if topic == "prepaid_refund":
            lead = self.by_merchant_category.get(fields.get("merchant_category") or "", lead)
        place = street or (f"{district}政府" if district else None)
        co_units = (place,) if place else ()
        if topic in self.nearest and topic not in self.overlays.get(district or "", ()):
            return Routing(self.nearest[topic], lead, co_units, (topic,))
        return Routing(topic, lead, co_units, ())
