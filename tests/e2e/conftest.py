"""The real processes, started as a user starts them."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.e2e.console import chromium_browser

READY = re.compile(r"jiesu is ready: (http://\S+)")


@dataclass
class Running:
    """A `jiesu run`: its page's address, its process, its home."""

    url: str
    process: subprocess.Popen[str]
    home: Path

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another `jiesu` command on the same home."""
        return subprocess.run(
            [str(ROOT / ".venv/bin/jiesu"), *words],
            env=environment(self.home),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )


def environment(home: Path, port: int = 0) -> dict[str, str]:
    """A user's environment, with a home and a port of the tests."""
    return {
        **os.environ,
        "JIESU_HOME": str(home),
        "PORT": str(port),
        "JIESU_AUDIOSOCKET": "127.0.0.1:0",
        "PYTHONUNBUFFERED": "1",
    }


def start(home: Path, port: int = 0, **settings: str) -> Running:
    """Starts the house and waits for its line."""
    process = subprocess.Popen(
        [str(ROOT / ".venv/bin/jiesu"), "run"],
        env={**environment(home, port), **settings},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    deadline = time.monotonic() + 300
    for line in process.stdout:
        lines.append(line)
        if match := READY.search(line):
            return Running(match.group(1), process, home)
        if time.monotonic() > deadline:
            break
    process.kill()
    raise AssertionError(f"never ready: {lines}")


def stop(running: Running) -> int:
    """SIGTERM, and the exit status."""
    running.process.send_signal(signal.SIGTERM)
    return running.process.wait(30)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Running]:
    """A running house."""
    home = tmp_path_factory.mktemp("run")
    (home / "models").symlink_to(model.parent)
    made = start(home)
    try:
        yield made
    finally:
        stop(made)


class Client:
    """A program that speaks the conversation API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        opened = self.http.post("/api/v1/conversations")
        assert opened.status_code == 201, opened.text
        self.opened: dict[str, Any] = opened.json()
        self.path = f"/api/v1/conversations/{self.opened['conversation_id']}"
        self.headers = {"Authorization": f"Bearer {self.opened['token']}"}

    def post(self, text: str, client_message_id: str | None = None) -> httpx.Response:
        """Sends one message."""
        body = {"text": text, "client_message_id": client_message_id}
        return self.http.post(f"{self.path}/messages", json=body, headers=self.headers)

    def say(self, text: str, client_message_id: str | None = None) -> dict[str, Any]:
        """Sends one message that must succeed."""
        response = self.post(text, client_message_id)
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told

    def file(self) -> dict[str, Any]:
        """A whole complaint, filed."""
        self.say("朝阳区青年路的路灯不亮")
        self.say("13800001234")
        ticket: dict[str, Any] = self.say("对，提交")["ticket"]
        assert ticket
        return ticket


@pytest.fixture
def client(running: Running) -> Client:
    """A citizen's program, in a conversation of its own."""
    return Client(running.url)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's browser; the tests that need it skip visibly where it is not."""
    found = shutil.which("chromium")
    if not found:
        pytest.skip("no chromium (apt-get install chromium)")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for the tests of one file."""
    with chromium_browser(chromium) as made:
        yield made


@pytest.fixture
def empty_home(tmp_path: Path, model: Path) -> Path:
    """A JIESU_HOME with nothing but the trained model."""
    (tmp_path / "models").symlink_to(model.parent)
    return tmp_path


__all__ = ["Client", "Running", "environment", "start", "stop"]
