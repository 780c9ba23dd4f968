"""What the tests want from the system: a browser, a PostgreSQL. Installs them as root on Debian, names them otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

WANTED = {
    "chromium": ("the page in a real browser", lambda: shutil.which("chromium")),
    "postgresql": (
        "the ticket desk on a real PostgreSQL",
        lambda: any(Path("/usr/lib/postgresql").glob("*/bin/postgres")),
    ),
}


def say(text: str) -> None:
    """One line of progress."""
    print(f"[setup] {text}", flush=True)


def main() -> None:
    """Installs or names what is missing; tests skip, saying so, for what stays missing."""
    missing = [package for package, (_, there) in WANTED.items() if not there()]
    if not missing:
        return
    for package in missing:
        say(f"missing for the tests: {package} ({WANTED[package][0]})")
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(f"to run those tests too: sudo apt-get install --no-install-recommends {' '.join(missing)}")
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    say(f"waiting for apt-get to install {' '.join(missing)} …")
    steps = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing])
    for step in steps:
        finished = subprocess.run(step, env=env, stdout=subprocess.DEVNULL, check=False)
        if finished.returncode:
            say(f"{' '.join(step)} failed (exit status {finished.returncode}); the tests that need it will skip")
            return


if __name__ == "__main__":
    main()
