"""Beijing's places: districts, streets, and what people call them; and where a text says that something is."""

from intents.gazetteer.places import PlaceFinding, find_places

__all__ = ["PlaceFinding", "find_places"]
