"""The house as a user starts it, and the Rasa that it talks to, so that both can be asked side by side."""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.rasa_process import ROOT, RasaProcess, ensure_model, free_port
from dialog.client import RasaDialog
from dialog.rasa.endpoints import endpoints

PYTHON = ROOT / ".rasa-venv/bin/python"
READY = re.compile(r"jiesu is ready: (http://\S+)")


@dataclass(frozen=True, slots=True)
class Running:
    """Where the house and its Rasa listen."""

    house: str
    rasa: str


@asynccontextmanager
async def running() -> AsyncIterator[Running]:
    """Rasa with the present model, and `jiesu run` on a new SQLite database."""
    model = await ensure_model(ROOT / "var", PYTHON, print)
    with tempfile.TemporaryDirectory(prefix="jiesu-bench-") as folder:
        home = Path(folder)
        actions = free_port()
        tracker = f"sqlite:///{home / 'rasa.db'}"
        rasa = RasaProcess(PYTHON, model, home, endpoints(f"http://127.0.0.1:{actions}/webhook", tracker), free_port())
        dialog = RasaDialog(rasa.url, timeout=60)
        await rasa.start(dialog)
        env = {
            **os.environ,
            "JIESU_HOME": str(home),
            "PORT": str(free_port()),
            "JIESU_RASA_URL": rasa.url,
            "JIESU_ACTIONS_PORT": str(actions),
        }
        house = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE
        )
        try:
            yield Running(await _address(house), rasa.url)
        finally:
            house.terminate()
            await house.wait()
            await rasa.stop()
            await dialog.close()


async def _address(house: asyncio.subprocess.Process) -> str:
    assert house.stdout is not None
    async for line in house.stdout:
        if match := READY.search(line.decode()):
            return match.group(1)
    raise RuntimeError("the house did not start")
