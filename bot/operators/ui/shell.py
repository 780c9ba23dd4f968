"""What every page of the console has: who may see it, the bar on top, dark mode, the shortcuts, the end of a session.

A page hangs itself here; its function gets the person who looks at it:

    def install(shell: Shell) -> None:
        @shell.page("/reports", "报表", role=Role.SUPERVISOR, icon="bar_chart")
        async def reports(me: Me) -> None:
            ui.label("…")

It is then at /operator/reports, and in the bar of everybody whose role covers it. Parameters of the path and the query work as in FastAPI.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from nicegui import ui
from nicegui.events import KeyEventArguments
from starlette.requests import Request

from bot.operators.guard import BASE
from bot.operators.office import Office
from bot.operators.ui.account_menu import account_menu
from bot.operators.ui.dark import dark_of
from integrations.accounts import Person, Role

TITLE = "接诉坐席台"
SECONDS_BETWEEN_LOOKS = 2.0
"""How often an open page looks whether its session still lives."""

PageFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Me:
    """The person who looks at a page."""

    person: Person
    key: str
    """The name of their session."""

    @property
    def login(self) -> str:
        """What the audit log and the draft's entries call them."""
        return self.person.login

    def may(self, role: Role) -> bool:
        """Whether they may do what this role may."""
        return self.person.role.covers(role)


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the bar."""

    path: str
    title: str
    role: Role
    icon: str


class Shell:
    """The frame of all pages."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.places: list[Place] = []
        self.shortcuts: list[tuple[str, str]] = [("?", "显示快捷键"), ("g 1…9", "打开上面第几个页面")]

    def page(
        self, path: str, title: str, *, role: Role = Role.OPERATOR, icon: str = "", listed: bool = True
    ) -> Callable[[PageFunction], PageFunction]:
        """Makes a page of an async function whose first parameter is `Me`; `listed` puts it into the bar."""
        if listed:
            self.places.append(Place(path, title, role, icon))

        def decorate(build: PageFunction) -> PageFunction:
            async def framed(request: Request, **given: Any) -> None:
                signed_in = request.state.signed_in
                me = Me(signed_in.person, signed_in.key)
                dark = dark_of(request)
                with self._frame(me, path, dark):
                    if me.may(role):
                        await build(me, **given)
                    else:
                        ui.context.client.status_code = 403
                        ui.label("您的角色不能看这一页。").classes("empty")

            own = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
            rest = list(inspect.signature(build).parameters.values())[1:]
            framed.__signature__ = inspect.Signature([own, *rest])  # type: ignore[attr-defined]
            framed.__name__ = build.__name__
            ui.page(path, title=f"{title} · {TITLE}", language="zh-CN", dark=None)(framed)
            return build

        return decorate

    def _frame(self, me: Me, path: str, dark: bool | None) -> ui.element:
        """Builds the bar; returns the place for the page's own content."""
        client = ui.context.client
        ui.add_head_html(f'<link rel="stylesheet" href="{BASE}/static/console.css">')
        mode = ui.dark_mode(dark)
        shown = [place for place in self.places if me.may(place.role)]
        help_ = self._help()
        with ui.element("header").classes("bar"):
            ui.link("接诉", "/").classes("brand")
            with ui.element("nav").props('aria-label="页面"'):
                for place in shown:
                    link = ui.link("", place.path).classes("here" if place.path == path else "")
                    with link:
                        if place.icon:
                            ui.icon(place.icon).props("aria-hidden=true")
                        ui.label(place.title)
            ui.element("div").classes("grow")
            ui.button(icon="keyboard", on_click=help_.open, color=None).classes("plain quiet").props(
                'aria-label="快捷键"'
            )
            account_menu(self.office, me.person, mode)
        self._keys(help_, shown)
        content = ui.element("main").classes("page")

        async def look() -> None:
            if await to_thread.run_sync(self.office.sessions.by_key, me.key) is None:
                client.open("/login")

        ui.timer(SECONDS_BETWEEN_LOOKS, look)
        return content

    def _help(self) -> ui.dialog:
        with ui.dialog() as dialog, ui.card().classes("help"):
            ui.label("快捷键").classes("title")
            with ui.element("dl"):
                for keys, what in self.shortcuts:
                    with ui.element("dt"):
                        for key in keys.split(" "):
                            with ui.element("kbd"):
                                ui.label(key)
                    with ui.element("dd"):
                        ui.label(what)
        return dialog

    def _keys(self, help_: ui.dialog, shown: list[Place]) -> None:
        going = False

        def on_key(event: KeyEventArguments) -> None:
            nonlocal going
            if not event.action.keydown or event.action.repeat or event.modifiers.ctrl or event.modifiers.meta:
                return
            name = str(event.key.name)
            if name == "?":
                help_.open()
            elif going and name.isdigit() and 0 < int(name) <= len(shown):
                ui.navigate.to(shown[int(name) - 1].path)
            going = name == "g"

        ui.keyboard(on_key, repeating=False)
