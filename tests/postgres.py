"""A PostgreSQL of the tests' own, on a port and in a folder of its own; nothing outside that folder is touched."""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from bot.rasa_process import free_port


def binaries() -> Path | None:
    """Where initdb and postgres are, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _as_user(command: list[str]) -> list[str]:
    # The server refuses to run as root.
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@contextmanager
def postgres() -> Iterator[str]:
    """A running server's SQLAlchemy URL."""
    where = binaries()
    assert where is not None
    folder = Path(tempfile.mkdtemp(prefix="jiesu-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    init = [str(where / "initdb"), "-D", str(data), "-U", "jiesu", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(_as_user(init), check=True, capture_output=True, cwd=folder)
    port = free_port()
    serve = [
        str(where / "postgres"),
        "-D",
        str(data),
        "-k",
        str(folder),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-c",
        "fsync=off",
    ]
    server = subprocess.Popen(_as_user(serve), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ready = [str(where / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-U", "jiesu", "-d", "postgres"]
        for _ in range(300):
            if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.1)
        yield f"postgresql://jiesu@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def new_database(url: str) -> str:
    """An empty database on a running server; its URL."""
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{url.rpartition('/')[0]}/{name}"
