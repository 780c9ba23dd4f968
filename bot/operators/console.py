"""Puts the console onto the web application: guard, login, files, pages."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from nicegui import app as nicegui_app
from nicegui import core, ui

from bot.operators import lost
from bot.operators.files import files_router
from bot.operators.guard import BASE, Guard
from bot.operators.login import login_router
from bot.operators.office import Office
from bot.operators.report_files import report_files
from bot.operators.ui import pages
from bot.operators.ui.shell import TITLE, Shell

WEB = files("bot.operators") / "web"
RECONNECT_SECONDS = 20.0
"""How long a page's state is kept for a browser that has lost the line."""

COLOURS = {
    "primary": "#1a5fa8",
    "secondary": "#55616d",
    "accent": "#7a4fa3",
    "positive": "#2c7a3f",
    "negative": "#b3261e",
    "info": "#1a5fa8",
    "warning": "#a35c00",
    "dark": "#1b2127",
    "dark_page": "#12161a",
}


class OnlyItsKind(logging.Filter):
    """Takes the words out of what NiceGUI logs of an exception: a citizen's may be among them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always passes; what is left is the kind of the exception."""
        error = record.exc_info[1] if record.exc_info else record.msg
        if isinstance(error, BaseException):
            record.msg, record.args = f"a page of the console failed: {type(error).__name__}", ()
            record.exc_info = record.exc_text = None
        return True


def _broken() -> None:
    ui.label(lost.BROKEN).style("padding: 3rem; text-align: center")


def install(app: FastAPI, office: Office) -> Shell:
    """Adds everything under /operator. NiceGUI is one a process, so a second house in the same process takes it over."""
    app.include_router(login_router(office.accounts, office.sessions, office.throttle, office.audit))
    app.include_router(files_router(office))
    app.include_router(report_files(office.reports, office.audit))
    app.mount(f"{BASE}/static", StaticFiles(directory=str(WEB)), name="operator-static")
    shell = Shell(office)
    pages.install(shell)
    nicegui_app.on_page_exception(_broken)
    lost.install(nicegui_app)
    nicegui_log = logging.getLogger("nicegui")
    if not any(isinstance(known, OnlyItsKind) for known in nicegui_log.filters):
        nicegui_log.addFilter(OnlyItsKind())
    nicegui_app.colors(**COLOURS)
    # Only what has not been built yet takes another middleware.
    core.app.middleware_stack = None
    core.app.user_middleware.clear()
    ui.run_with(
        app,
        mount_path=BASE,
        title=TITLE,
        language="zh-CN",
        dark=None,
        tailwind=False,
        reconnect_timeout=RECONNECT_SECONDS,
        gzip_middleware_factory=None,
        show_welcome_message=False,
        # Nothing is bound to attributes: no loop has to look for changes.
        binding_refresh_interval=None,
    )
    app.add_middleware(Guard, sessions=office.sessions)
    return shell


@asynccontextmanager
async def living(app: FastAPI, office: Office) -> AsyncIterator[None]:
    """NiceGUI's own start and end (uvicorn's lifespan is off), and the floor's reader."""
    async with app.router.lifespan_context(app), office.floor.open():
        yield
