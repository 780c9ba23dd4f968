"""How our topics and fields are called at another city's server: by a file, or by their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.open311.forms import records
from integrations.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Mapping311:
    """`services` maps a topic to the remote's service_code, `fields` a field to the remote's attribute, `values` a field's values.

    As a YAML file: {"services": {topic: code}, "default": code, "fields": {field: attribute}, "values": {field: {ours: theirs}}}.
    """

    services: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | None) -> "Mapping311":
        """From the parsed file. ValueError for a key that is none."""
        known = {"services", "default", "fields", "values"}
        if data and set(data) - known:
            raise ValueError(f"unknown keys: {', '.join(sorted(set(data) - known))}")
        return cls(**dict(data or {}))

    def service(self, ticket: Ticket, offered: Sequence[Mapping[str, Any]]) -> str | None:
        """The remote's service for a ticket: by the file, by our id, by our name, or the default; None when there is none."""
        codes = {str(service["service_code"]) for service in offered}
        by_name = {str(service.get("service_name")): str(service["service_code"]) for service in offered}
        for code in (self.services.get(ticket.topic), ticket.topic, by_name.get(ticket.topic_name), self.default):
            if code and code in codes:
                return code
        return next((code for code in ("other", by_name.get("其他")) if code and code in codes), None)

    def attributes(self, ticket: Ticket, defined: Sequence[Mapping[str, Any]]) -> dict[str, str | list[str]]:
        """The remote's attributes that our fields fill, as form parameters. A value that its list does not have is left out: the description has it."""
        by_code = {str(attribute["code"]): attribute for attribute in defined}
        filled: dict[str, str | list[str]] = {}
        for name, told in ticket.fields.items():
            value = told.get("value")
            attribute = by_code.get(self.fields.get(name, name))
            if value is None or attribute is None:
                continue
            said = self.values.get(name, {}).get(str(value), _written(value))
            kind, parameter = attribute.get("datatype"), f"attribute[{attribute['code']}]"
            if kind not in ("singlevaluelist", "multivaluelist"):
                filled[parameter] = said
                continue
            values = records(attribute.get("values"))
            keys = {str(one.get("key")): str(one.get("key")) for one in values}
            keys |= {str(one.get("name")): str(one.get("key")) for one in values}
            if said in keys:
                filled |= {f"{parameter}[]": [keys[said]]} if kind == "multivaluelist" else {parameter: keys[said]}
        return filled


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
