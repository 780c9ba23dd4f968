"""Rasa as a process of ours: trained when stale, started, watched, started again when it dies."""

import asyncio
import hashlib
import logging
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from dialog.client import RasaDialog
from dialog.rasa import project

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
"""How long a start may take on a slow machine before it counts as failed."""

STOP_SECONDS = 8
RESTART_PAUSE = 1.0
"""Seconds before a dead Rasa is started again; grows up to LONGEST_PAUSE while it keeps dying."""

LONGEST_PAUSE = 30.0
TRAINED_FROM = ("intents/nlu", "intents/catalog", "intents/classifier", "intents/tagger", "dialog/rasa")
"""Folders whose content makes the model; what else `intents` holds is read when it runs, not kept in the archive."""


class RasaError(Exception):
    """Rasa could not be trained or started; the message says where to look."""


def fingerprint() -> str:
    """Changes when anything changes that the model is made from."""
    digest = hashlib.sha256()
    for folder in TRAINED_FROM:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in (".py", ".yml", ".txt", ".jsonl"):
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def environment() -> dict[str, str]:
    """What Rasa's process sees: the checkout on its path, quiet libraries, no telemetry."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SANIC_REGISTER": "false",
    }


def model_path(home: Path) -> Path:
    """Where the model of the present sources lies, or will lie."""
    return home / "models" / f"dialog-{fingerprint()}.tar.gz"


async def ensure_model(home: Path, python: Path, say: Callable[[str], None]) -> Path:
    """The trained model; trains it first when the sources have changed. RasaError says where the log is, or what is not there."""
    if not python.exists():
        raise RasaError(f"Rasa's environment is missing: there is no {python.absolute()}; `make setup` makes it")
    path = model_path(home)
    if path.exists():
        return path
    say("training the dialog (about two minutes; once per change of its sources) …")
    path.parent.mkdir(parents=True, exist_ok=True)
    workshop = home / "dialog-training"
    folder = project.write_project(workshop)
    log_path = home / "logs" / "training.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("wb") as log_file:
        trainer = await asyncio.create_subprocess_exec(
            *map(str, (python.absolute(), "-m", "dialog.rasa.training", folder, path.parent, path.name)),
            cwd=ROOT,
            env=environment(),
            stdout=log_file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        status = await trainer.wait()
    except asyncio.CancelledError:
        trainer.kill()
        raise
    if status or not path.exists():
        raise RasaError(f"training failed; the reason is at the end of {log_path}")
    shutil.rmtree(workshop, ignore_errors=True)
    for old in path.parent.glob("dialog-*.tar.gz"):
        if old != path:
            old.unlink()
    return path


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RasaProcess:
    """One Rasa server on loopback. Ends with this process, however that ends: it reads our pipe."""

    def __init__(self, python: Path, model: Path, home: Path, endpoints: str, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._python = python.absolute()
        self._model = model
        self._log_path = home / "logs" / "rasa.log"
        self._endpoints = home / "rasa-endpoints.yml"
        self._endpoints_text = endpoints
        self._port = port
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, dialog: RasaDialog) -> None:
        """Starts it and waits until it answers. RasaError when it does not."""
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        self._endpoints.write_text(self._endpoints_text, encoding="utf-8")
        with self._log_path.open("ab") as log_file:
            self._process = await asyncio.create_subprocess_exec(
                *map(
                    str,
                    (self._python, "-m", "dialog.rasa.serve", self._model, self._endpoints, "127.0.0.1", self._port),
                ),
                cwd=ROOT,
                env={**environment(), "JIESU_STOP_WITH_PARENT": "1"},
                stdin=asyncio.subprocess.PIPE,
                stdout=log_file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while not await dialog.ready():
            if self._process.returncode is not None:
                raise RasaError(f"Rasa ended while starting; the reason is at the end of {self._log_path}")
            if asyncio.get_running_loop().time() > deadline:
                raise RasaError(f"Rasa did not answer within {START_SECONDS} s; see {self._log_path}")
            await asyncio.sleep(0.2)

    async def watch(self, dialog: RasaDialog) -> None:
        """Runs until cancelled: whenever Rasa dies it is started again."""
        pause = RESTART_PAUSE
        while True:
            assert self._process is not None
            status = await self._process.wait()
            log.warning("rasa ended with status %s; starting it again", status)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            try:
                await self.start(dialog)
                pause = RESTART_PAUSE
            except RasaError as error:
                log.error("%s", error)

    async def stop(self) -> None:
        """Ends it, gently first."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
                return
            except ProcessLookupError:
                return
            except TimeoutError:
                continue

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process else None
