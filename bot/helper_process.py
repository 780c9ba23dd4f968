"""A command of ours as a process beside the app: started, watched, started again when it dies, ended with the app."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 8
RESTART_PAUSE = 1.0
LONGEST_PAUSE = 60.0


@asynccontextmanager
async def helping(command: str, home: Path, env: dict[str, str]) -> AsyncIterator[None]:
    """`jiesu COMMAND` runs for as long as the context is open. It reads our pipe, and so ends however we end."""
    watching = asyncio.create_task(_watch(command, home, env))
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def _watch(command: str, home: Path, env: dict[str, str]) -> None:
    pause = RESTART_PAUSE
    while True:
        process = await _start(command, home, env)
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            await _stop(process)
            raise
        log.warning("jiesu %s ended with status %s; starting it again", command, status)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _start(command: str, home: Path, env: dict[str, str]) -> asyncio.subprocess.Process:
    path = home / "logs" / f"{command}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as log_file:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            command,
            cwd=ROOT,
            env={**os.environ, **env},
            stdin=asyncio.subprocess.PIPE,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


async def _stop(process: asyncio.subprocess.Process) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
            return
        except TimeoutError:
            continue


def end_with_parent() -> None:
    """In the helper: ends it when whoever started it is gone, because the pipe on standard input ends then."""
    import threading

    def wait() -> None:
        with contextlib.suppress(OSError):
            while sys.stdin.buffer.read(4096):
                pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
