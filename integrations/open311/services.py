"""The services that can be asked for, and their attributes: the catalog in GeoReport's words. Nothing is spelled a second time."""

from typing import Any

from intents.catalog import Catalog, Field, FieldKind, Topic

OWN_PARAMETERS = ("description", "contact_phone", "contact_name", "anonymous", "type", "topic")
"""Fields that GeoReport has parameters for."""

PLACED = (FieldKind.DISTRICT, FieldKind.PLACE, FieldKind.ESTATE, FieldKind.VILLAGE, FieldKind.STREET)
"""Kinds for which `address_string` stands as well."""

_TYPES = {
    FieldKind.CHOICE: "singlevaluelist",
    FieldKind.DISTRICT: "singlevaluelist",
    FieldKind.BOOLEAN: "singlevaluelist",
    FieldKind.AMOUNT: "number",
    FieldKind.COUNT: "number",
    FieldKind.YEAR: "number",
    FieldKind.DATE: "datetime",
    FieldKind.TEXT: "text",
}
YES, NO = "true", "false"


def group(catalog: Catalog, topic: Topic) -> str:
    """The theme of a topic; districts' own topics and `other` have none of their own."""
    return catalog.themes[topic.theme] if topic.theme is not None else "其他"


def service(catalog: Catalog, topic: Topic) -> dict[str, Any]:
    """One entry of the service list."""
    return {
        "service_code": topic.id,
        "service_name": topic.name,
        "description": topic.short,
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(dict.fromkeys((topic.short, group(catalog, topic)))),
        "group": group(catalog, topic),
    }


def attributes(topic: Topic, districts: tuple[str, ...]) -> list[dict[str, Any]]:
    """A service's attributes, in the order in which citizens are asked."""
    fields = [field for field in topic.fields.values() if field.name not in OWN_PARAMETERS]
    return [_attribute(field, order, districts) for order, field in enumerate(fields, 1)]


def definition(topic: Topic, districts: tuple[str, ...]) -> dict[str, Any]:
    """A service definition."""
    return {"service_code": topic.id, "attributes": attributes(topic, districts)}


def required(field: Field) -> bool:
    """Whether it must be given as an attribute: what an address says as well need not."""
    return field.required and field.kind not in PLACED


def options(field: Field, districts: tuple[str, ...]) -> dict[str, str]:
    """Key and name of each value of a list."""
    if field.kind is FieldKind.DISTRICT:
        return dict(zip(districts, districts, strict=True))
    if field.kind is FieldKind.BOOLEAN:
        return {YES: "有", NO: "没有"}
    return {value: value for value in field.options}


def datatype(field: Field) -> str:
    """GeoReport's type of a field."""
    return _TYPES.get(field.kind, "string")


def _attribute(field: Field, order: int, districts: tuple[str, ...]) -> dict[str, Any]:
    values = options(field, districts) if datatype(field) == "singlevaluelist" else {}
    return {
        "variable": True,
        "code": field.name,
        "datatype": datatype(field),
        "required": required(field),
        "datatype_description": f"例如：{field.examples[0]}" if field.examples else "",
        "order": order,
        "description": field.question,
        "values": [{"key": key, "name": name} for key, name in values.items()],
    }
