"""The console's questions: one value, one note, one choice; Enter says yes, Esc says no."""

from collections.abc import Mapping

from nicegui import ui

from integrations.drafts import Draft
from intents.catalog import Catalog, FieldKind
from intents.catalog.model import TYPES
from intents.gazetteer.index import load_gazetteer

YES_OR_NO = ("有", "没有")


async def ask_value(catalog: Catalog, draft: Draft, name: str, now: str) -> str | None:
    """Another value for a field, as text; None when it stays. `now` is what stands there, as it may be shown."""
    topic = draft.value("topic")
    if name == "topic":
        return await _choose("类别", {topic_.id: topic_.short for topic_ in catalog.topics.values()}, topic)
    if name == "type":
        return await _choose("类型", {type_: type_ for type_ in TYPES}, draft.value("type"))
    spec = catalog.field(name, topic)
    if spec.kind is FieldKind.BOOLEAN:
        return await _choose(spec.label, {word: word for word in YES_OR_NO}, now)
    if spec.kind is FieldKind.CHOICE:
        return await _choose(spec.label, {option: option for option in spec.options}, now)
    if spec.kind is FieldKind.DISTRICT:
        return await _choose(spec.label, {known: known for known in load_gazetteer().districts}, draft.value(name))
    hint = f"例如：{spec.examples[0]}" if spec.examples else ""
    return await ask_text(spec.label, now, long=spec.kind is FieldKind.TEXT, hint=hint)


async def ask_text(label: str, value: str = "", *, long: bool = False, hint: str = "", yes: str = "改") -> str | None:
    """A text; None when it was cancelled."""
    with ui.dialog() as dialog, ui.card().classes("form"):
        ui.label(label).classes("title")
        field = ui.textarea(value=value) if long else ui.input(value=value)
        field.props(f'dense outlined aria-label="{label}"' + (f' hint="{hint}"' if hint else ""))
        _focus(dialog, field)
        enter = "(e) => { if (!e.isComposing && !e.shiftKey) { e.preventDefault(); emit(e.target.value); } }"
        field.on("keydown.enter", lambda e: dialog.submit(str(e.args)), js_handler=enter)
        _ends(dialog, yes, lambda: dialog.submit(str(field.value or "")))
    return await _answer(dialog)


async def _choose(label: str, options: Mapping[str, str], value: str | None) -> str | None:
    with ui.dialog() as dialog, ui.card().classes("form"):
        ui.label(label).classes("title")
        with ui.element("div").classes("choices").props(f'role=listbox aria-label="{label}"'):
            first = True
            for key, text in options.items():
                button = ui.button(text, on_click=lambda k=key: dialog.submit(k), color=None).classes("plain")
                if key == value:
                    button.classes("now")
                if first or key == value:
                    _focus(dialog, button)
                first = False
        _ends(dialog, None, None)
    return await _answer(dialog)


async def confirm(question: str, yes: str, *, note: str = "") -> str | None:
    """Whether to go on: the note (empty when there is none), or None. `note` is the label of its box."""
    if note:
        return await ask_text(question, hint=note, yes=yes)
    with ui.dialog() as dialog, ui.card().classes("form"):
        ui.label(question).classes("title")
        _ends(dialog, yes, lambda: dialog.submit(""), focus=True)
    return await _answer(dialog)


async def pick(label: str, options: Mapping[str, str]) -> str | None:
    """One of these; None when it was cancelled."""
    return await _choose(label, options, None)


def _ends(dialog: ui.dialog, yes: str | None, on_yes: object, *, focus: bool = False) -> None:
    with ui.element("div").classes("actions"):
        ui.button("取消", on_click=lambda: dialog.submit(None), color=None).classes("plain")
        if yes:
            button = ui.button(yes, on_click=on_yes, color=None).classes("go")  # type: ignore[arg-type]
            if focus:
                _focus(dialog, button)


def _focus(dialog: ui.dialog, element: ui.element) -> None:
    """The keyboard goes there when the dialog has opened; of several, to the one that was named last."""
    dialog.on("show", js_handler=f"() => getHtmlElement({element.id})?.focus()")


async def _answer(dialog: ui.dialog) -> str | None:
    given = await dialog
    dialog.delete()
    return given if given is None else str(given)
