"""`jiesu run` as a whole: it starts, survives its parts, and ends everything it started."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil

from tests.conftest import ROOT
from tests.e2e.conftest import Client, environment, start, stop


def test_sigterm_ends_everything_that_was_started(empty_home: Path) -> None:
    running = start(empty_home)
    children = psutil.Process(running.process.pid).children(recursive=True)
    assert children, "Rasa runs as a process of its own"
    assert stop(running) == 0
    assert "Fatal Python error" not in (empty_home / "logs" / "rasa.log").read_text(encoding="utf-8", errors="replace")
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive


def test_rasa_does_not_outlive_a_killed_app(empty_home: Path) -> None:
    running = start(empty_home)
    children = psutil.Process(running.process.pid).children(recursive=True)
    running.process.kill()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


def test_a_busy_port_is_said_in_one_line_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        finished = subprocess.run(
            [str(ROOT / ".venv/bin/jiesu"), "run"],
            env=environment(tmp_path, port),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert finished.returncode == 1
    assert len(finished.stdout.strip().splitlines()) == 1
    assert str(port) in finished.stdout


def test_a_dead_rasa_is_started_again_and_the_draft_is_still_there(empty_home: Path) -> None:
    running = start(empty_home)
    try:
        client = Client(running.url)
        before = client.say("朝阳区青年路的路灯不亮")["draft"]
        rasa = next(
            p
            for p in psutil.Process(running.process.pid).children(recursive=True)
            if "dialog.rasa.serve" in p.cmdline()
        )
        os.kill(rasa.pid, signal.SIGKILL)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            told = client.say("13800001234")
            if told["asking"] == "confirm":
                break
            assert "卡了" in told["replies"][0]["text"]
        assert told["asking"] == "confirm"
        assert told["draft"]["fields"]["place"] == before["fields"]["place"]
        assert client.say("对，提交")["ticket"]["fields"]["contact_phone"]["value"] == "13800001234"
    finally:
        stop(running)


def test_what_was_said_survives_a_restart_of_the_whole_house(empty_home: Path) -> None:
    running = start(empty_home)
    client = Client(running.url)
    client.say("朝阳区青年路的路灯不亮")
    running.process.kill()
    running.process.wait()
    again = start(empty_home)
    try:
        client.http.base_url = again.url
        assert client.say("13800001234")["asking"] == "confirm"
        assert client.say("对，提交")["ticket"]["district"] == "朝阳区"
    finally:
        stop(again)


def test_the_whole_house_runs_on_postgresql_as_compose_has_it(empty_home: Path, postgres_url: str) -> None:
    """Journal, drafts, tickets and Rasa's tracker, all in the one database; nothing falls back to SQLite."""
    running = start(empty_home, JIESU_DATABASE_URL=postgres_url)
    try:
        client = Client(running.url)
        ticket = client.file()
        assert ticket["district"] == "朝阳区"
        again = client.say("我的工单办得怎么样了")
        assert again["ticket"]["number"] == ticket["number"]
        assert not list(empty_home.glob("*.db"))
    finally:
        stop(running)


def test_the_steps_of_the_rasa_image_work_in_rasas_environment(tmp_path: Path) -> None:
    """What `docker/rasa.Dockerfile` runs, but for the training: the project is written and the endpoints are printed."""
    python = ROOT / ".rasa-venv/bin/python"
    env = {
        "PYTHONPATH": str(ROOT),
        "JIESU_ACTIONS_URL": "http://app:5055/webhook",
        "JIESU_DATABASE_URL": "postgresql://a:b@db/c",
    }
    for command in (["-m", "dialog.rasa.project", str(tmp_path / "project")], ["-m", "dialog.rasa.endpoints"]):
        done = subprocess.run([str(python), *command], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "project" / "data" / "nlu.yml").is_file()
    assert "http://app:5055/webhook" in done.stdout
    assert "postgresql" in done.stdout
