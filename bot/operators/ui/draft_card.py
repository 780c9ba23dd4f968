"""The ticket in the making: every field with its value, whose words it is, and what stood there before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nicegui import ui

from bot.operators.desk import Case
from bot.operators.ui.saying import SOURCES, clock
from integrations.doubts import SETTLED, Doubt
from integrations.drafts import Draft, Entry
from integrations.masking import masked
from integrations.numbers import grouped
from integrations.status import CHINESE, Status
from intents.catalog import Catalog, Field
from intents.catalog.model import OTHER
from intents.show import show

HEAD = {"topic": "类别", "type": "类型"}
HIDDEN = ("confirm", "anonymous")


@dataclass(frozen=True, slots=True)
class Hands:
    """What the card asks of its conversation: to prove an entry, to edit a field, to settle a doubt, to play a span."""

    prove: Callable[[Entry], None]
    edit: Callable[[str], Any]
    settle: Callable[[Doubt, str], Any]
    play: Callable[[str, float | None, float | None], None]


class DraftCard:
    """One conversation's draft, drawn anew when something in it has changed."""

    def __init__(self, catalog: Catalog, names: Mapping[str, str], hands: Hands) -> None:
        self._catalog = catalog
        self._names = names
        self._hands = hands
        self._shown: object = None
        self._box = ui.element("div").classes("draft")

    def show(self, case: Case, files: Sequence[tuple[str, str]], mine: bool, revealed: bool) -> None:
        """Shows a case; `files` are (id, media type)."""
        doubts = tuple((doubt.id, doubt.state) for doubt in case.doubts)
        ticket = case.ticket
        state = (
            case.draft.id if case.draft else None,
            len(case.draft.entries) if case.draft else 0,
            case.draft.state if case.draft else None,
            doubts,
            tuple(files),
            mine,
            revealed,
            (ticket.number, ticket.status) if ticket else None,
        )
        if state == self._shown:
            return
        self._shown = state
        self._box.clear()
        with self._box:
            if ticket:
                with ui.element("div").classes("filed"):
                    ui.link(f"工单 {grouped(ticket.number)}", f"/tickets/{ticket.number}")
                    ui.label(f"{CHINESE[Status(ticket.status)]} · {ticket.lead_unit}").classes("soft")
            if case.draft is None:
                ui.label("市民还没有说是什么事。").classes("empty")
                return
            editable = mine and case.draft.state == "open"
            self._doubts(case, editable, revealed)
            self._fields(case.draft, editable, revealed)
            if files:
                with ui.element("div").classes("files"):
                    for number, (file_id, media_type) in enumerate(files, start=1):
                        name = f"{'照片' if media_type.startswith('image/') else '文件'}{number}"
                        ui.link(name, f"/api/files/{file_id}", new_tab=True)

    def _doubts(self, case: Case, editable: bool, revealed: bool) -> None:
        for doubt in case.doubts:
            if doubt.state == SETTLED:
                continue
            spec = self._field(doubt.field, case.draft)
            with ui.element("div").classes("doubt").props("role=note"):
                ui.label(f"“{spec.label if spec else HEAD.get(doubt.field, doubt.field)}”两次听写不一样：")
                for heard in (doubt.first, doubt.second):
                    value = self._value(doubt.field, heard.get("value"), case.draft)
                    value = value if revealed else masked(value)
                    if editable:
                        ui.button(
                            value,
                            on_click=lambda h=heard, d=doubt: self._hands.settle(d, str(h.get("value"))),
                            color=None,
                        ).classes("plain")
                    else:
                        ui.label(value)
                audio = doubt.audio
                ui.button(
                    icon="volume_up",
                    on_click=lambda a=audio: self._hands.play(str(a["recording"]), a.get("start"), a.get("end")),
                    color=None,
                ).classes("plain").props('aria-label="听这一段"')

    def _fields(self, draft: Draft, editable: bool, revealed: bool) -> None:
        topic = self._catalog.topics.get(draft.value("topic") or OTHER, self._catalog.topics[OTHER])
        known = draft.fields
        required = topic.required_for(draft.value("type"))
        told = [name for name in known if name not in (*HEAD, *HIDDEN)]
        order = [
            *HEAD,
            *(n for n in topic.fields if n in told or n in required),
            *(n for n in told if n not in topic.fields),
        ]
        rest = [name for name in topic.fields if name not in order]
        with ui.element("div").classes("fields"):
            for name in order:
                self._row(draft, name, name in required, editable, revealed)
        if rest and editable:
            with (
                ui.expansion(f"还可以填{len(rest)}项").classes("rest").props("dense"),
                ui.element("div").classes("fields"),
            ):
                for name in rest:
                    self._row(draft, name, False, editable, revealed)

    def _row(self, draft: Draft, name: str, required: bool, editable: bool, revealed: bool) -> None:
        spec = self._field(name, draft)
        label = HEAD.get(name) or (spec.label if spec else name)
        entries = [entry for entry in draft.entries if entry.field == name]
        latest = entries[-1] if entries else None

        def said(value: object) -> str:
            text = self._value(name, value, draft)
            return text if revealed else masked(text)

        with ui.element("div").classes("field" + (" missing" if required and latest is None else "")):
            ui.label(label).classes("label")
            with ui.element("div").classes("what"):
                value = said(latest.value) if latest else "未填"
                if editable:
                    ui.button(value, on_click=lambda: self._hands.edit(name), color=None).classes("value").props(
                        f'no-caps aria-label="修改{label}"'
                    )
                else:
                    ui.label(value).classes("value")
                if latest:
                    self._source(latest, revealed)
                for older, newer in _changes(entries):
                    with ui.element("div").classes("older"):
                        with ui.element("s"):
                            ui.label(said(older.value))
                        ui.label(f"→ {said(newer.value)}，{self._who(newer)}")

    def _source(self, entry: Entry, revealed: bool) -> None:
        if entry.source != "citizen":
            ui.label(self._who(entry)).classes("source")
            return
        spoken = bool((entry.span or {}).get("audio"))
        raw = entry.raw or ""
        words = raw if revealed else masked(raw)
        shown = f"“{words[:18]}{'…' if len(words) > 18 else ''}”" if words else "市民说的"
        ui.button(
            shown, icon="volume_up" if spoken else "format_quote", on_click=lambda: self._hands.prove(entry), color=None
        ).classes("source link").props(f'no-caps aria-label="原话：{"听" if spoken else "看"}第{entry.turn}轮"')

    def _who(self, entry: Entry) -> str:
        who = self._names.get(entry.by or "", entry.by or "") if entry.source == "operator" else ""
        return f"{who or SOURCES.get(entry.source, entry.source)} {clock(entry.at) if entry.at else ''}".strip()

    def _field(self, name: str, draft: Draft | None) -> Field | None:
        if name in HEAD:
            return None
        try:
            return self._catalog.field(name, draft.value("topic") if draft else None)
        except KeyError:
            return None

    def _value(self, name: str, value: object, draft: Draft | None) -> str:
        if name == "topic":
            return self._catalog.topics[str(value)].short if value in self._catalog.topics else "未定"
        spec = self._field(name, draft)
        return show(value, spec.kind) if spec else str(value if value is not None else "未填")


def _changes(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Pairs of entries whose value differs: what was there, and what came in its place."""
    return [(older, newer) for older, newer in pairwise(entries) if older.value != newer.value]
