"""An operator in a real browser, and the house that they work in."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bot.house import House, build
from config.settings import Settings
from integrations.accounts import Accounts, Role
from integrations.audit import Audit
from tests.conftest import ROOT

ADMIN = "admin-password-of-tests"
OPERATOR = "operator-password-of-tests"
READY = re.compile(r"jiesu is ready: (http://\S+)")
PATIENCE = 60_000
"""Milliseconds: a slow machine is no failure."""


@dataclass
class Office:
    """The console without Rasa: a process of its own, and the same database from here."""

    url: str
    process: subprocess.Popen[str]
    house: House
    said: list[str]

    def hire(self, login: str, name: str, role: Role = Role.OPERATOR) -> None:
        """Somebody more, whose password the tests know."""
        audit = Audit(self.house.database, self.house.clock)
        Accounts(self.house.database, audit, self.house.clock).add(login, name, role, by="admin", password=OPERATOR)

    @property
    def audit(self) -> Audit:
        """The log."""
        return Audit(self.house.database, self.house.clock)


@contextmanager
def office_in(home: Path, **settings: str) -> Iterator[Office]:
    """A running console on a home of its own."""
    process = subprocess.Popen(
        [str(ROOT / ".venv/bin/python"), "-m", "tests.console_house", str(home)],
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PORT": "0", **settings},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    deadline = time.monotonic() + 120
    try:
        for line in process.stdout:
            said.append(line)
            if match := READY.search(line):
                house = build(Settings(home=home, _env_file=None))  # type: ignore[call-arg]
                yield Office(match.group(1), process, house, said)
                return
            assert time.monotonic() < deadline
        raise AssertionError(f"never ready: {said}")
    finally:
        process.kill()
        process.wait()


@contextmanager
def chromium_browser(path: str) -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, url: str, login: str = "admin", password: str = ADMIN, path: str = "") -> None:
    """Through the form, as a person does."""
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/operator{path}")
    page.locator("#username").fill(login)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)


def at_the_desk(page: Page) -> None:
    """The page has its socket: a key pressed now is heard."""
    page.wait_for_function("window.did_handshake === true", timeout=PATIENCE)


@contextmanager
def empty_desk(office: Office, browser: Browser) -> Iterator[Page]:
    """Zhang at a desk where nobody waits and nobody is held."""
    for entry in office.house.escalations.queue():
        office.house.escalations.leave(entry.conversation_id)
    for entry in office.house.escalations.held():
        office.house.escalations.close(entry.conversation_id, str(entry.operator))
    page = operator_page(browser, office.url, "zhang", OPERATOR)
    yield page
    page.context.close()


def operator_page(browser: Browser, url: str, login: str = "admin", password: str = ADMIN, path: str = "") -> Page:
    """A browser of their own, signed in, with the page that was asked for."""
    page = browser.new_context(viewport={"width": 1600, "height": 900}).new_page()
    sign_in(page, url, login, password, path)
    at_the_desk(page)
    return page
