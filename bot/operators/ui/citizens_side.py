"""The citizen's side of a ticket: what they were told and when, what they answered when they were asked back, in their own words."""

from collections.abc import Callable, Mapping, Sequence

from nicegui import ui

from bot.operators.ui.saying import stamp
from bot.operators.ui.transcript import recording_url
from integrations.timelines import Moment

WHO = {"bot": "热线", "citizen": "市民"}


def citizens_side(moments: Sequence[Moment], names: Mapping[str, str], text: Callable[[str], str]) -> None:
    """A list beside the unit's own; `text` hides what is not to be seen yet."""
    with ui.element("ol").classes("timeline"):
        for moment in moments:
            with ui.element("li"):
                ui.label(f"{stamp(moment.at)} · {WHO.get(moment.by, names.get(moment.by, moment.by))}").classes("meta")
                ui.label(moment.what).classes("what")
                if moment.words:
                    ui.label(text(moment.words)).classes("note")
                if moment.recording:
                    ui.audio(recording_url(moment.recording)).props("preload=none").classes("span")
