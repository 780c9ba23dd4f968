"""A warm process that forks one victim per line of its input; each victim does a part of the house's work, and dies where it is told.

A line: {"database", "city", "does", "draft", "point", "kind", "after"}. `does` names its parts: "file" (the app: files the draft, tells its
number), "deliver" (the dispatcher), "poll" (the dispatcher asks for changes), "tell" (the app announces them). `point` counts down the
chosen `kind` of moment ("before commit", "after commit", "at a statement", "before send", "after send"); `after` kills at a random moment
instead, so many seconds after the start. An answer: {"acknowledged", "killed"}.
"""

import json
import os
import signal
import sys
import threading
from typing import Any

import httpx
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, configure_mappers

from integrations.announcements import Announcements
from integrations.database import Database
from integrations.dispatcher import Dispatcher
from integrations.open311.calls import Calls
from integrations.open311.client import Open311Desk
from tests.contract.test_remote_desk import Clock
from tests.desks import NAMES, desks, the_citys
from tests.fakes.city import KEY

HTTP = httpx.Client(timeout=10, trust_env=False, verify=False)
"""Built once: a client costs a hundredth of a second, and has no connection before the fork."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(kind: str, point: int) -> None:
    """Makes the `point`th moment of this kind the last."""
    left = [point]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] <= 0:
            die()

    if kind == "before commit":
        event.listen(Session, "before_commit", count)
    elif kind == "after commit":
        event.listen(Session, "after_commit", count)
    elif kind == "at a statement":
        event.listen(Engine, "before_cursor_execute", count)
    else:
        send = httpx.Client.request

        def request(self: httpx.Client, *arguments: Any, **options: Any) -> httpx.Response:
            if kind == "before send":
                count()
            answer = send(self, *arguments, **options)
            if kind == "after send":
                count()
            return answer

        httpx.Client.request = request  # type: ignore[method-assign]


def victim(job: dict[str, Any], out: int) -> None:
    """Does its parts, or dies on the way."""
    if job.get("after") is not None:
        timer = threading.Timer(job["after"], die)
        timer.daemon = True
        timer.start()
    elif job.get("kind"):
        arm(job["kind"], job["point"])
    here = desks(Database(job["database"]), Clock())
    if "file" in job["does"]:
        number = here.desk.file(here.drafts.by_id(job["draft"]), "test").number
        os.write(out, number.encode())
    calls = Calls(f"{job['city']}/v2", KEY, http=HTTP)
    dispatcher = Dispatcher(here.outbox, here.desk, Open311Desk(calls), here.clock, 60)
    if "deliver" in job["does"]:
        dispatcher.deliver()
    if "poll" in job["does"]:
        dispatcher.poll()
    if "tell" in job["does"]:
        Announcements(here.database, NAMES, here.clock).deliver()


def warm() -> None:
    """What every victim would else load and build anew after the fork."""
    the_citys()
    configure_mappers()
    for url in ("sqlite://", "postgresql://127.0.0.1/none"):
        Database(url).engine.dispose()


def main() -> None:
    warm()
    for line in sys.stdin:
        job = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                victim(job, writing)
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            acknowledged = pipe.read().decode()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps({"acknowledged": acknowledged, "killed": killed}), flush=True)


if __name__ == "__main__":
    main()
