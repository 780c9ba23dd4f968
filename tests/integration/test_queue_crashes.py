"""A process that works in the queue is killed at any moment: nothing is half done, and the next process goes on."""

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from integrations.database import Database, upgrade
from integrations.escalation import SHOWN
from integrations.escalations import Escalations
from integrations.journal import Journal
from tests.conftest import ROOT
from tests.postgres import new_database
from tests.seats import until

KILLS = 8
CITIZENS = 12

WORKER = """
import random, sys
from datetime import UTC, datetime, timedelta
from integrations.database import Database
from integrations.escalation import EscalationError
from integrations.escalations import Escalations
dice = random.Random(int(sys.argv[2]))
queue = Escalations(Database(sys.argv[1]), lambda: datetime.now(UTC))
citizens = sys.argv[3:]
print("ready", flush=True)
while True:
    citizen = dice.choice(citizens)
    try:
        dice.choice([
            lambda: queue.ask(citizen, dice.choice(["wish", "danger"])),
            lambda: queue.take(citizen, "li", tell="坐席已接入"),
            lambda: queue.give_back(citizen, "li"),
            lambda: queue.close(citizen, "li", tell="再见"),
            lambda: queue.leave(citizen),
            lambda: queue.callback(citizen, "13800001234"),
            lambda: queue.transfer(citizen, "li", None),
            lambda: queue.overdue(timedelta(0), lambda _: "久等了"),
        ])()
    except EscalationError:
        pass
    print("step", flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/crash.db"
    return new_database(request.getfixturevalue("postgres_url"))


def settled(database: Database) -> None:
    """Waits until PostgreSQL has ended what the dead process had begun: it may still be committing."""
    if database.engine.dialect.name != "postgresql":
        return
    busy = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND state <> 'idle'"
    )

    def quiet() -> bool:
        with database.engine.connect() as connection:
            return not connection.execute(busy).scalar()

    until(quiet, "the dead process's transaction")


def test_no_kill_leaves_a_conversation_between_two_states(url: str) -> None:
    database = Database(url)
    upgrade(database)

    def clock() -> datetime:
        return datetime.now(UTC)

    journal, queue = Journal(database, clock), Escalations(database, clock)
    citizens = [journal.create("test").id for _ in range(CITIZENS)]
    dice = random.Random(20261126)
    for kill in range(KILLS):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, url, str(kill), *citizens], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
        for _ in range(dice.randint(10, 40)):
            worker.stdout.readline()
        time.sleep(dice.uniform(0, 0.02))
        worker.kill()
        assert worker.wait(20) == -signal.SIGKILL
        settled(database)
        for citizen in citizens:
            place, lines = queue.place(citizen), journal.since(citizen, 0)
            events = [line.payload["event"] for line in lines if line.direction == "system"]
            last = [event for event in events if event != "urgent"][-1:]
            state = journal.state(citizen)
            if place is None:
                assert state in ("bot", "closed")
                assert not last or last[0] in ("left", "given_back", "closed")
                assert (state == "closed") == (last == ["closed"])
            else:
                assert state == SHOWN[place.state]
                said = {
                    "waiting": ("asked", "transferred"),
                    "callback": ("callback", "overdue"),
                    "held": ("taken",),
                }
                assert last[0] in said[place.state]
            told = [line.text for line in lines if line.unasked]
            assert told.count("坐席已接入") == events.count("taken"), "told of what did not happen, or not told"
            assert told.count("再见") == events.count("closed")
    database.engine.dispose()
