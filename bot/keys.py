"""Keys that are made when none is configured: once, at the first start, in a file that only its owner reads."""

import os
import secrets
from pathlib import Path

from config.settings import Settings


def kept_key(path: Path) -> str:
    """The key in a file; a new one when there is none. Two processes that start at once agree."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    return path.read_text().strip()


def open311_key_file(settings: Settings) -> Path:
    """Where the key lies that is made when none is configured."""
    return settings.home / "open311.key"


def open311_keys(settings: Settings) -> frozenset[str]:
    """The keys that may file through Open311."""
    configured = frozenset(key.strip() for key in settings.open311_keys.split(",") if key.strip())
    return configured or frozenset({kept_key(open311_key_file(settings))})
