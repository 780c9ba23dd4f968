"""Light, dark, or as the system has it; remembered by the browser."""

from nicegui import ui
from starlette.requests import Request

from bot.operators.guard import BASE

COOKIE = "jiesu_dark"
VALUES = {"1": True, "0": False}
NAMES = {None: "随系统", True: "深色", False: "浅色"}
NEXT: dict[bool | None, bool | None] = {None: True, True: False, False: None}


def dark_of(request: Request) -> bool | None:
    """What this browser chose; None for the system's choice."""
    return VALUES.get(request.cookies.get(COOKIE, ""))


def switch(mode: ui.dark_mode) -> str:
    """The next of the three; its Chinese name."""
    mode.value = NEXT[mode.value]
    kept = {True: "1", False: "0", None: ""}[mode.value]
    ui.run_javascript(f"document.cookie='{COOKIE}={kept};path={BASE};max-age=31536000;samesite=lax'")
    return NAMES[mode.value]
