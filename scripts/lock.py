"""Resolves requirements/*.in into complete lock files, with the installer of `scripts/setup.py`."""

from __future__ import annotations

import re
import subprocess

from setup import LOCKS, uv, uv_environment

CUDA = re.compile(r"(nvidia|cuda|triton)[\w-]*==")
"""What torch wants on a machine with a GPU; the CPU build, which is all that is used here, does without."""

APP = ("--universal", "--python-version", "3.11")
RASA = ("--python-version", "3.10", "--override", "requirements/rasa-overrides.txt")


def lock(name: str, *options: str) -> None:
    """One file, resolved anew."""
    target = LOCKS / f"{name}.lock"
    command = [uv(), "pip", "compile", "-q", "--no-header", *options, f"requirements/{name}.in", "-o", target]
    subprocess.run([str(part) for part in command], cwd=LOCKS.parent, env=uv_environment(), check=True)
    kept: list[str] = []
    skipping = False
    for line in target.read_text(encoding="utf-8").splitlines():
        skipping = bool(CUDA.match(line)) if not line.startswith(" ") else skipping
        if not skipping:
            kept.append(line)
    target.write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in ("app", "dev", "whisper", "speech"):
        lock(name, *APP)
    lock("rasa", *RASA)
