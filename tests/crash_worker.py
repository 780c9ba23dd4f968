"""A warm process that forks one victim per line of its input; each victim files a draft and delivers what is due, and dies where it is told.

A line: {"database", "city", "draft", "point", "kind", "after"}. `point` counts down the chosen `kind` of moment ("before commit", "after commit",
"before send", "after send"); `after` kills at a random moment instead, so many seconds after the start. An answer: {"acknowledged", "killed"}.
"""

import json
import os
import signal
import sys
import threading
from typing import Any

import httpx
from sqlalchemy import event
from sqlalchemy.orm import Session

from integrations.database import Database
from integrations.dispatcher import Dispatcher
from integrations.open311.calls import Calls
from integrations.open311.client import Open311Desk
from tests.contract.test_remote_desk import Clock
from tests.desks import desks
from tests.fakes.city import KEY


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
    """Files, says so, delivers; or dies on the way."""
    if job.get("after") is not None:
        timer = threading.Timer(job["after"], die)
        timer.daemon = True
        timer.start()
    else:
        arm(job["kind"], job["point"])
    here = desks(Database(job["database"]), Clock())
    if job.get("draft"):
        draft = here.drafts.by_id(job["draft"])
        number = here.desk.file(draft, "test").number
        os.write(out, number.encode())
    Dispatcher(here.outbox, here.desk, Open311Desk(Calls(f"{job['city']}/v2", KEY)), here.clock, 60).deliver()


def main() -> None:
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
