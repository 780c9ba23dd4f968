"""Processes are killed at chosen and at random moments, a few hundred of them: nothing acknowledged is lost, nothing is filed twice."""

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from integrations.database import Database, upgrade
from integrations.dispatcher import Dispatcher
from integrations.open311.calls import Calls
from integrations.open311.client import Open311Desk
from integrations.tables import TicketRow
from tests.conftest import ROOT
from tests.contract.test_remote_desk import Clock
from tests.desks import desks
from tests.fakes.city import KEY, city
from tests.postgres import new_database

KINDS = ("before commit", "after commit", "before send", "after send")
CHOSEN, AT_RANDOM = 100, 50


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/crash.db"
    return new_database(request.getfixturevalue("postgres_url"))


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash_worker"], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    yield process
    assert process.stdin is not None
    process.stdin.close()
    process.wait(20)


def run(worker: subprocess.Popen[str], **job: Any) -> dict[str, Any]:
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write(json.dumps(job) + "\n")
    worker.stdin.flush()
    answer: dict[str, Any] = json.loads(worker.stdout.readline())
    return answer


def test_no_kill_loses_or_doubles_a_ticket(url: str, worker: subprocess.Popen[str]) -> None:
    dice, clock = random.Random(20261124), Clock()
    database = Database(url)
    upgrade(database)
    here = desks(database, clock)
    promised: set[str] = set()
    killed: Counter[str] = Counter()
    with city() as town:
        for n in range(CHOSEN + AT_RANDOM):
            draft = here.draft().id
            where: dict[str, Any] = {"kind": KINDS[n % 4], "point": 1 + (n // 4) % 4}
            if n >= CHOSEN:
                where = {"after": dice.uniform(0, 0.08)}
            if n % 10 == 9:
                town.failing.append(dice.choice([503, "lost", "hang up"]))
            job = {"database": url, "city": town.url, **where}
            told = run(worker, draft=draft, **job)
            killed[where.get("kind", "random")] += told["killed"]
            if told["acknowledged"]:
                promised.add(told["acknowledged"])
            elif n % 3 == 0:
                # The citizen's program sends the same again: the same draft is filed once.
                again = run(worker, draft=draft, database=url, city=town.url, kind="before send", point=10**6)
                promised.add(again["acknowledged"])
        town.failing.clear()
        dispatcher = Dispatcher(here.outbox, here.desk, Open311Desk(Calls(f"{town.url}/v2", KEY)), clock, 60)
        for _ in range(60):
            clock.ahead += timedelta(minutes=20)
            dispatcher.deliver()
            if not here.outbox.waiting():
                break
        assert here.outbox.waiting() == 0
        assert not here.outbox.dead()
        with database.reading() as session:
            tickets = set(session.scalars(select(TicketRow.number)))
            drafts = session.scalar(select(func.count(TicketRow.draft_id.distinct())))
        assert promised <= tickets, "a number that was told is no ticket"
        assert drafts == len(tickets), "a draft was filed twice"
        arrived = Counter(request["description"].rpartition(" ")[2].rstrip("〕") for request in town.requests)
        assert set(arrived) == tickets, "a ticket never arrived"
        assert max(arrived.values()) == 1, "a ticket arrived twice"
        for number in tickets:
            assert here.desk.get(number).external_id
    # The kills happened, before and after every border; how many random ones hit depends on the machine.
    for kind in KINDS:
        assert killed[kind] >= 8, killed
    database.engine.dispose()
