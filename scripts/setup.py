"""Makes the virtual environments, from complete lock files. Needs CPython 3.11 (or newer) and pip, nothing else.

    python3 scripts/setup.py app rasa      # what `make run` needs
    python3 scripts/setup.py app rasa dev  # and what the tests need
    python3 scripts/setup.py speech        # what training the demonstration's recognition models needs

An environment whose lock has not changed since it was made is left alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
BOOTSTRAP = ROOT / ".bootstrap"
UV_VERSION = "0.13.9"
RASA_PYTHONS = ((3, 11), (3, 10))
"""Rasa 3.6 has wheels of all its pins for these two."""


class SetupError(Exception):
    """A step failed; the message says what to do."""


def say(text: str) -> None:
    """One line of progress."""
    print(f"[setup] {text}", flush=True)


def run(command: list[str | Path], waiting_for: str, hint: str, env: dict[str, str] | None = None) -> None:
    """Runs one step, with its own output shown. SetupError with `hint` when it fails."""
    say(f"{waiting_for} …")
    started = time.monotonic()
    finished = subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False)
    if finished.returncode:
        raise SetupError(f"{waiting_for}: failed (exit status {finished.returncode}). {hint}")
    say(f"{waiting_for}: done in {time.monotonic() - started:.0f} s")


def python_for(versions: tuple[tuple[int, int], ...]) -> str:
    """An interpreter of one of these versions. SetupError names what to install."""
    if sys.version_info[:2] in versions:
        return sys.executable
    for major, minor in versions:
        found = shutil.which(f"python{major}.{minor}")
        if found and subprocess.run([found, "-c", "import venv"], check=False, capture_output=True).returncode == 0:
            return found
    names = " or ".join(f"{a}.{b}" for a, b in versions)
    raise SetupError(f"Python {names} was not found. Install it (Debian: apt-get install python3.11 python3.11-venv).")


def pip_setting(name: str) -> str:
    """What this machine's own pip is configured with (an index, links to local wheels, a certificate), or ''."""
    value = os.environ.get(f"PIP_{name.upper().replace('-', '_')}", "")
    if value:
        return value
    for scope in (":env:", "global", "user", "site", "install"):
        asked = subprocess.run(
            [sys.executable, "-m", "pip", "config", "get", f"{scope}.{name}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 0 and asked.stdout.strip():
            return asked.stdout.strip()
    return ""


def uv_environment() -> dict[str, str]:
    """uv does not read pip's settings: a machine behind a mirror has them in pip's."""
    env = dict(os.environ)
    for ours, theirs in (("UV_DEFAULT_INDEX", "index-url"), ("UV_FIND_LINKS", "find-links"), ("SSL_CERT_FILE", "cert")):
        if ours not in env and (value := pip_setting(theirs)):
            env[ours] = ",".join(value.split()) if ours == "UV_FIND_LINKS" else value
    env.setdefault("UV_HTTP_TIMEOUT", "180")
    env["UV_PYTHON_DOWNLOADS"] = "never"
    # The one package without a wheel that would otherwise want a C compiler; its Python half does the same.
    env["MULTIDICT_NO_EXTENSIONS"] = "1"
    return env


def uv() -> Path:
    """The installer, in an environment of its own."""
    binary = BOOTSTRAP / "bin" / "uv"
    stamp = BOOTSTRAP / "uv.version"
    if binary.exists() and stamp.exists() and stamp.read_text() == UV_VERSION:
        return binary
    run(
        [sys.executable, "-m", "venv", "--clear", BOOTSTRAP],
        "making the bootstrap environment",
        "Python's venv module is missing (Debian: apt-get install python3-venv).",
    )
    run(
        [
            BOOTSTRAP / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            f"uv=={UV_VERSION}",
        ],
        "waiting for pip to fetch the installer (uv, 20 MB)",
        "Check that `pip download uv` works on this machine.",
    )
    stamp.write_text(UV_VERSION)
    return binary


def torch_source() -> list[str]:
    """Where the CPU build of torch comes from: this machine's own wheels, where it has some; otherwise PyTorch's index."""
    return [] if pip_setting("find-links") else ["--torch-backend", "cpu"]


def whisper() -> None:
    """openai-whisper on top of the app's environment. Everything but the second hearing works without, so a failure is only said."""
    target = ROOT / ".venv"
    lock = LOCKS / "whisper.lock"
    stamp = target / "whisper.sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    try:
        run(
            [uv(), "pip", "install", "--no-deps", "--python", target / "bin" / "python", *torch_source(), "-r", lock],
            "waiting for Whisper's packages (torch for the CPU, about 200 MB)",
            "Whisper will not check what Vosk heard until this works; everything else does.",
            uv_environment(),
        )
    except SetupError as error:
        say(str(error))
        return
    stamp.write_text(wanted)


def make(folder: str, python: str, locks: list[str], waiting_for: str, *, project: bool, torch: bool = False) -> None:
    """One environment, exactly as its lock files say."""
    target = ROOT / folder
    wanted = hashlib.sha256(b"".join((LOCKS / lock).read_bytes() for lock in locks) + python.encode()).hexdigest()
    stamp = target / "lock.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    binary, env = uv(), uv_environment()
    if not (target / "bin" / "python").exists():
        run([binary, "venv", "--quiet", "--clear", "--python", python, target], f"making {folder}", "See above.", env)
    run(
        [
            binary,
            "pip",
            "sync",
            "--python",
            target / "bin" / "python",
            *(torch_source() if torch else ()),
            *(LOCKS / lock for lock in locks),
        ],
        waiting_for,
        "See above; if the network broke, run the same command again: it goes on where it stopped.",
        env,
    )
    if project:
        install_project(target)
    # A sync removes what its locks do not name: what was put on top has to be put there again.
    (target / "whisper.sha256").unlink(missing_ok=True)
    stamp.write_text(wanted)


def install_project(target: Path) -> None:
    """Puts the checkout on the environment's path, with the `jiesu` command. Nothing to build, so nothing to download."""
    site = next((target / "lib").glob("python3.*/site-packages"))
    (site / "jiesu.pth").write_text(f"{ROOT}\n")
    command = target / "bin" / "jiesu"
    command.write_text(f"#!{target}/bin/python\nfrom bot.cli import main\n\nmain()\n")
    command.chmod(0o755)


def main() -> None:
    """Makes what the command line names."""
    wanted = sys.argv[1:] or ["app", "rasa"]
    if sys.version_info < (3, 11):  # noqa: UP036  whoever has an older one is told so
        raise SetupError(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Try: make PYTHON=python3.11 run"
        )
    locks = ["app.lock", *(["dev.lock"] if "dev" in wanted else [])]
    kept = ROOT / ".venv" / "with-dev"
    if "app" in wanted:
        # `make run` after `make test` keeps the tests' packages instead of installing twice.
        locks = ["app.lock", "dev.lock"] if kept.exists() else locks
        make(".venv", sys.executable, locks, "waiting for the app's packages (about 100 MB)", project=True)
        if "dev.lock" in locks:
            kept.touch()
    if "whisper" in wanted:
        whisper()
    if "rasa" in wanted:
        make(
            ".rasa-venv",
            python_for(RASA_PYTHONS),
            ["rasa.lock"],
            "waiting for Rasa's packages (about 600 MB)",
            project=False,
        )
    if "speech" in wanted:
        make(
            ".speech-venv",
            sys.executable,
            ["speech.lock"],
            "waiting for the packages that train the demonstration's models (about 300 MB)",
            project=True,
            torch=True,
        )


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(f"[setup] {error}")
    except KeyboardInterrupt:
        sys.exit("[setup] stopped; run it again to go on")
