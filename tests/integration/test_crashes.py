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

from integrations.announcements import Announcements
from integrations.database import Database, upgrade
from integrations.dispatcher import Dispatcher
from integrations.open311.calls import Calls
from integrations.open311.client import Open311Desk
from integrations.status import Status
from integrations.tables import TicketRow, UtteranceRow
from tests.conftest import ROOT
from tests.contract.test_remote_desk import Clock
from tests.desks import NAMES, desks
from tests.fakes.city import KEY, city
from tests.postgres import new_database

KINDS = ("before commit", "after commit", "at a statement", "before send", "after send")
PARTS = ("file", "file deliver", "deliver poll", "file deliver poll tell", "poll tell")
"""What a victim does: the app's part, the dispatcher's, or all of it in one process."""

CHOSEN, AT_RANDOM = 100, 40


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


@pytest.mark.timeout(900)
def test_no_kill_loses_or_doubles_a_ticket(url: str, worker: subprocess.Popen[str]) -> None:
    dice, clock = random.Random(20261124), Clock()
    database = Database(url)
    upgrade(database)
    here = desks(database, clock)
    promised: set[str] = set()
    killed: Counter[str] = Counter()
    with city() as town:
        job = {"database": url, "city": town.url}
        for n in range(CHOSEN + AT_RANDOM):
            draft, does = here.draft().id, PARTS[n // 5 % 5]
            where: dict[str, Any] = {"kind": KINDS[n % 5], "point": 1 + n // 25 % 4}
            if where["kind"].endswith("send") and does in ("file", "poll tell"):
                # Nothing is sent by those.
                does = "file deliver poll tell"
            if where["kind"] == "at a statement":
                where["point"] = dice.randint(1, 25)
            if n >= CHOSEN:
                where = {"after": dice.uniform(0, 0.08)}
            if n % 10 == 9:
                town.failing.append(dice.choice([503, "lost", "hang up"]))
            if n % 4 == 3 and town.requests:
                # Somebody in the city is done with one.
                open_there = [r["service_request_id"] for r in town.requests if r["status"] == "open"]
                town.change(dice.choice(open_there or ["R1"]), "CLOSED", f"第{n}件办好了")
            told = run(worker, draft=draft, does=does, **job, **where)
            killed[where.get("kind", "random")] += told["killed"]
            if told["acknowledged"]:
                promised.add(told["acknowledged"])
            elif n % 3 == 0:
                # The citizen's program sends the same again: the same draft is filed once.
                promised.add(run(worker, draft=draft, does="file", **job)["acknowledged"])
        town.failing.clear()
        dispatcher = Dispatcher(here.outbox, here.desk, Open311Desk(Calls(f"{town.url}/v2", KEY)), clock, 60)
        for _ in range(60):
            clock.ahead += timedelta(minutes=20)
            dispatcher.deliver()
            if not here.outbox.waiting():
                break
        dispatcher.poll()
        while Announcements(database, NAMES, clock).deliver():
            pass
        assert here.outbox.waiting() == 0
        assert not here.outbox.dead()
        with database.reading() as session:
            tickets = set(session.scalars(select(TicketRow.number)))
            drafts = session.scalar(select(func.count(TicketRow.draft_id.distinct())))
            news = [
                line.payload["ticket"] for line in session.scalars(select(UtteranceRow).where(UtteranceRow.unasked))
            ]
        assert promised <= tickets, "a number that was told is no ticket"
        assert drafts == len(tickets), "a draft was filed twice"
        arrived = Counter(request["description"].rpartition(" ")[2].rstrip("〕") for request in town.requests)
        assert set(arrived) == tickets, "a ticket never arrived"
        assert max(arrived.values()) == 1, "a ticket arrived twice"
        done = {r["service_request_id"] for r in town.requests if r["status"] == "closed"}
        for number in tickets:
            ticket = here.desk.get(number)
            assert ticket.external_id
            ends = [step for step in ticket.history if step.status == Status.RESOLVED]
            assert len(ends) >= (ticket.external_id in done), "a change never came home"
            assert len({step.note for step in ends}) == len(ends), "a change came home twice"
            assert news.count(number) == len(ends), "its citizen was not told of each once"
    # The kills happened, before and after every border; how many random ones hit depends on the machine.
    for kind in KINDS:
        assert killed[kind] >= 8, killed
    assert len(done) >= 10
    database.engine.dispose()
