"""The whole house in front of a city's own system: delivered once, told back, and nothing left running."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.e2e.conftest import Client, start, stop
from tests.fakes.city import KEY, city


def wait(until: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_ticket_reaches_the_city_and_its_news_come_back(tmp_path: Path, model: Path) -> None:
    (tmp_path / "models").symlink_to(model.parent)
    with city() as town:
        settings = {"JIESU_DESK": "open311", "JIESU_DESK_URL": f"{town.url}/v2", "JIESU_DESK_KEY": KEY}
        running = start(tmp_path, **settings, JIESU_DESK_POLL_SECONDS="0.5")
        try:
            town.failing = [503]
            client = Client(running.url)
            number = client.file()["number"]
            path = f"{client.path}"
            wait(lambda: '"external_id":"R1"' in client.http.get(path, headers=client.headers).text)
            dispatcher = next(
                p for p in psutil.Process(running.process.pid).children(recursive=True) if "dispatch" in p.cmdline()
            )
            os.kill(dispatcher.pid, signal.SIGKILL)
            town.change("R1", "CLOSED", "灯修好了")
            wait(lambda: "灯修好了" in client.http.get(path, headers=client.headers).text)
            ticket = client.http.get(path, headers=client.headers).json()["ticket"]
            assert (ticket["number"], ticket["external_id"], ticket["status"]) == (number, "R1", "resolved")
            assert len(town.requests) == 1
            assert "0 waiting" in running.cli("outbox", "list").stdout
        finally:
            children = psutil.Process(running.process.pid).children(recursive=True)
            stop(running)
        _, alive = psutil.wait_procs(children, timeout=15)
        assert not alive
