"""Topics and fields: what can be wrong, and what a street office must know to act on it.

The data is in `topics.yml`, `fields.yml` and `themes.yml` beside this file; the Rasa domain, the dialog's questions, the ticket desk
and the page all take topics and fields from here.
"""

from intents.catalog.model import Catalog, Field, FieldKind, Topic
from intents.catalog.reader import CatalogError, load_catalog

__all__ = ["Catalog", "CatalogError", "Field", "FieldKind", "Topic", "load_catalog"]
