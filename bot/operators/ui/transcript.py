"""What was said in one conversation, and where in it a value comes from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from bot.operators.ui.saying import DIRECTIONS, clock
from integrations.drafts import Entry
from integrations.journal import Line
from integrations.masking import masked

AT_FIRST = 60
"""Lines shown when a conversation is opened; the earlier ones on demand."""


def recording_url(recording: str) -> str:
    """Where a recording is played from; NiceGUI puts the console's own prefix before it."""
    return f"/api/recordings/{recording}"


class Transcript:
    """One conversation's lines. Lines are only ever added; `describe` words a line of the system."""

    def __init__(self, describe: Callable[[Line], str], names: Mapping[str, str]) -> None:
        self._describe = describe
        self._names = names
        self._lines: list[Line] = []
        self._shown_from = 0
        self._bubbles: dict[int, ui.element] = {}
        self._lit: ui.element | None = None
        self._revealed = False
        self._box = ui.element("div").classes("transcript").props('role=log tabindex=0 aria-label="对话记录"')
        self._player: ui.audio | None = None
        self._player_place = ui.element("div").classes("player")

    @property
    def last(self) -> int:
        """The number of the newest line that is shown."""
        return self._lines[-1].seq if self._lines else 0

    def show(self, lines: Sequence[Line]) -> None:
        """Adds what is new."""
        new = [line for line in lines if line.seq > self.last]
        if not new:
            return
        first = not self._lines
        self._lines.extend(new)
        if first:
            self._shown_from = max(0, len(self._lines) - AT_FIRST)
            self._draw()
        else:
            with self._box:
                for line in new:
                    self._draw_line(line)
        self._to_the_end()

    def reveal(self) -> None:
        """Phone numbers are shown from now on."""
        self._revealed = True
        self._draw()

    def text(self, text: str) -> str:
        """A text as it may be shown now."""
        return text if self._revealed else masked(text)

    def prove(self, entry: Entry) -> None:
        """Shows the words that a value comes from, and plays them if they were spoken."""
        line = next((line for line in self._lines if line.direction == "citizen" and line.turn == entry.turn), None)
        if line is not None:
            if line.seq not in self._bubbles:
                self._shown_from = 0
                self._draw()
            self._light(line, _span_in(line.text, entry))
        audio = (entry.span or {}).get("audio")
        if audio:
            self.play(str(audio["recording"]), audio.get("start"), audio.get("end"))

    def play(self, recording: str, start: float | None = None, end: float | None = None) -> None:
        """Plays a recording, or seconds of it: the browser itself ends at the fragment's end."""
        part = f"#t={max(0.0, start - 0.15):.2f},{end + 0.15:.2f}" if start is not None and end is not None else ""
        self._player_place.clear()
        with self._player_place:
            self._player = ui.audio(recording_url(recording) + part, autoplay=True).props('aria-label="录音"')

    def _draw(self) -> None:
        self._box.clear()
        self._bubbles.clear()
        self._lit = None
        with self._box:
            if self._shown_from:
                ui.button(f"更早的{self._shown_from}句", on_click=self._show_all, color=None).classes("plain")
            for line in self._lines[self._shown_from :]:
                self._draw_line(line)

    def _show_all(self) -> None:
        self._shown_from = 0
        self._draw()

    def _draw_line(self, line: Line) -> None:
        with ui.element("div").classes(f"said {line.direction}"):
            if line.direction == "system":
                ui.label(f"{clock(line.at)} {self.text(self._describe(line))}")
                return
            who = str(line.payload.get("operator") or "")
            name = self._names.get(who, who) or DIRECTIONS.get(line.direction, line.direction)
            ui.label(f"{name} {clock(line.at)}").classes("meta")
            with ui.element("div").classes("bubble") as bubble:
                ui.label(self.text(line.text))
            self._bubbles[line.seq] = bubble
            recording = line.payload.get("recording")
            if recording:
                ui.button("听", icon="play_arrow", on_click=lambda: self.play(str(recording)), color=None).classes(
                    "plain"
                )

    def _light(self, line: Line, span: tuple[int, int] | None) -> None:
        """Marks a span of a line, or the whole line, and scrolls to it."""
        if self._lit is not None:
            self._lit.classes(remove="lit")
        bubble = self._bubbles[line.seq]
        bubble.classes("lit")
        self._lit = bubble
        bubble.clear()
        start, end = span or (0, len(line.text))
        with bubble:
            # The parts are cut from what is said; a phone in them is hidden all the same.
            for part, tag in ((line.text[:start], "span"), (line.text[start:end], "mark"), (line.text[end:], "span")):
                if part:
                    with ui.element(tag):
                        ui.label(self.text(part)).classes("inline")
        ui.run_javascript(f"getHtmlElement({bubble.id})?.scrollIntoView({{block: 'center', behavior: 'smooth'}})")

    def _to_the_end(self) -> None:
        ui.run_javascript(f"(e => e && (e.scrollTop = e.scrollHeight))(getHtmlElement({self._box.id}))")


def _span_in(text: str, entry: Entry) -> tuple[int, int] | None:
    """Where an entry's words stand in a line: by its span, or by looking for them."""
    span: Mapping[str, Any] = entry.span or {}
    start, end = span.get("start"), span.get("end")
    if start is not None and end is not None and 0 <= start < end <= len(text):
        return int(start), int(end)
    found = text.find(entry.raw) if entry.raw else -1
    return (found, found + len(entry.raw or "")) if found >= 0 else None
