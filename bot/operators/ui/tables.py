"""A plain table: for lists that are read, not worked through by the thousand."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui


@contextmanager
def plain_table(*heads: str) -> Iterator[None]:
    """A table with these heads; the rows are made inside the block."""
    with ui.element("table").classes("plain"):
        with ui.element("thead"), ui.element("tr"):
            for head in heads:
                with ui.element("th"):
                    ui.label(head)
        with ui.element("tbody"):
            yield


def row(*texts: str) -> None:
    """A row of texts."""
    with ui.element("tr"):
        for text in texts:
            with ui.element("td"):
                ui.label(text)
