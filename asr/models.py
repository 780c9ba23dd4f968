"""The recognition models that can be fetched: official sources, checksums, downloads that go on where they broke, files brought by hand."""

import hashlib
import json
import os
import shutil
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml

CHUNK = 1 << 18
TIMEOUT = 60
Progress = Callable[[int, int | None], None]
"""Bytes so far, and in all if the source says."""

VOSK_FILES = (("am/final.mdl", "final.mdl"), ("conf/mfcc.conf", "mfcc.conf"))
"""What a Vosk model has, in one place or the other."""

MANIFEST = ".jiesu-checksums.json"
"""Every file of an installed Vosk model with its SHA-256: what `check` holds it against."""


class ModelError(Exception):
    """It could not be fetched or is not whole; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model: where it comes from, and by which checksum it is known: its own, or the one in its source's list at `listed`."""

    name: str
    engine: Literal["vosk", "whisper"]
    about: str
    url: str
    sha256: str | None = None
    listed: str | None = None

    def path(self, folder: Path) -> Path:
        """Where it lies, or will lie."""
        return folder / (self.name if self.engine == "vosk" else f"whisper-{self.name}.pt")


def known() -> Mapping[str, Model]:
    """All models by name."""
    data = yaml.safe_load((files("asr") / "models.yml").read_text(encoding="utf-8"))
    return {name: Model(name=name, **entry) for name, entry in data.items()}


def fetch(model: Model, folder: Path, progress: Progress = lambda *_: None, from_file: Path | None = None) -> Path:
    """Installs a model: downloads it (going on where a download broke), or takes `from_file`. ModelError."""
    folder.mkdir(parents=True, exist_ok=True)
    target = model.path(folder)
    if from_file is not None:
        if not from_file.is_file():
            raise ModelError(f"there is no file {from_file}")
        got = from_file
    else:
        got = folder / f"{target.name}.part"
        download(model.url, got, progress)
    if not _genuine(model, got, offline=from_file is not None):
        if from_file is None:
            got.unlink()
        raise ModelError(f"{model.name}: the checksum is wrong; fetch it again")
    if model.engine == "vosk":
        _unpack(got, target)
    elif from_file is not None:
        copy = target.with_suffix(".copy")
        shutil.copyfile(got, copy)
        copy.rename(target)
    else:
        got.rename(target)
    if from_file is None:
        got.unlink(missing_ok=True)
    return target


def _genuine(model: Model, got: Path, *, offline: bool) -> bool:
    """Whether a file is what its source published. A Vosk model's checksum is in a list at the source: without a network it is not asked."""
    if model.sha256 is not None:
        return checksum(got) == model.sha256
    if model.listed is None or offline:
        return True
    try:
        with urllib.request.urlopen(model.listed, timeout=TIMEOUT) as response:
            published = {str(entry["name"]): str(entry["md5"]) for entry in json.load(response)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{model.listed} cannot be read ({type(error).__name__}); what came is kept, the same command goes on"
        ) from None
    return checksum(got, "md5") == published.get(model.name)


def download(url: str, target: Path, progress: Progress) -> None:
    """Into a file; what is there already is gone on with. ModelError when the source cannot be reached or stops in the middle."""
    have = target.stat().st_size if target.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            if response.status != 206:
                have = 0
            length = response.headers.get("Content-Length")
            whole = have + int(length) if length else None
            with target.open("ab" if have else "wb") as file:
                while chunk := response.read(CHUNK):
                    file.write(chunk)
                    have += len(chunk)
                    progress(have, whole)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:
            # All of it was there.
            return
        raise ModelError(f"{url} answers {error.code}") from None
    except OSError as error:
        raise ModelError(
            f"{url} cannot be reached ({type(error).__name__}); what came is kept, the same command goes on"
        ) from None
    if whole is not None and have < whole:
        raise ModelError(f"{url} stopped in the middle; what came is kept, the same command goes on")


def check(model: Model, folder: Path) -> str | None:
    """What is wrong with an installed model; None when nothing is."""
    path = model.path(folder)
    if not path.exists():
        return "not installed"
    if model.engine == "whisper":
        return None if model.sha256 in (None, checksum(path)) else "the checksum is wrong"
    missing = [names[0] for names in VOSK_FILES if not any((path / name).exists() for name in names)]
    if missing:
        return f"incomplete: {', '.join(missing)}"
    if not (path / MANIFEST).is_file():
        return None
    kept: dict[str, str] = json.loads((path / MANIFEST).read_text())
    changed = [name for name, sum_ in kept.items() if not (path / name).is_file() or checksum(path / name) != sum_]
    return f"changed since it was installed: {', '.join(changed)}" if changed else None


def checksum(path: Path, kind: Literal["sha256", "md5"] = "sha256") -> str:
    """Of a file, as hexadecimal digits."""
    digest = hashlib.new(kind, usedforsecurity=kind != "md5")
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _unpack(archive: Path, target: Path) -> None:
    """A zip with one folder, put in its place in one step. ModelError for one that reaches outside or holds no model."""
    with tempfile.TemporaryDirectory(dir=target.parent) as inside:
        try:
            with zipfile.ZipFile(archive) as packed:
                for name in packed.namelist():
                    if name.startswith("/") or ".." in Path(name).parts:
                        raise ModelError(f"{archive.name} reaches outside its folder")
                packed.extractall(inside)
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise ModelError(f"{archive.name} is no zip file, or not whole") from None
        folders = [p for p in (Path(inside), *Path(inside).iterdir()) if p.is_dir()]
        root = next((f for f in folders if any((f / n).exists() for n in VOSK_FILES[0])), None)
        if root is None:
            raise ModelError(f"{archive.name} holds no Vosk model")
        inside_it = sorted(path for path in root.rglob("*") if path.is_file())
        sums = {str(path.relative_to(root)): checksum(path) for path in inside_it}
        (root / MANIFEST).write_text(json.dumps(sums, indent=1))
        old = target.with_name(f".{target.name}.{os.getpid()}")
        if target.exists():
            target.rename(old)
        shutil.move(str(root), target)
        shutil.rmtree(old, ignore_errors=True)
