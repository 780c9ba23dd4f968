"""Fetching models: resumed, checked, from a file; nothing half-installed."""

import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from asr.models import Model, ModelError, check, fetch, known

DATA = bytes(range(256)) * 4000


@pytest.fixture
def source() -> Iterator[tuple[str, list[str]]]:
    """A server that breaks off its first answer in the middle; its address and the ranges it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            given = self.headers.get("Range", "")
            asked.append(given)
            start = int(given.removeprefix("bytes=").rstrip("-")) if given else 0
            body = DATA[start:]
            self.send_response(206 if given else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if len(asked) == 1 else body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/model.pt", asked
    server.shutdown()
    server.server_close()


def whisper(url: str, sha256: str | None = None) -> Model:
    return Model("test", "whisper", "", url, sha256 or hashlib.sha256(DATA).hexdigest())


def test_a_download_that_broke_goes_on_where_it_stopped(source: tuple[str, list[str]], tmp_path: Path) -> None:
    url, asked = source
    with pytest.raises(ModelError, match="goes on"):
        fetch(whisper(url), tmp_path)
    assert check(whisper(url), tmp_path) == "not installed"
    seen: list[int] = []
    path = fetch(whisper(url), tmp_path, lambda have, _: seen.append(have))
    assert path.read_bytes() == DATA
    assert asked == ["", f"bytes={len(DATA) // 2}-"]
    assert seen[-1] == len(DATA)
    assert check(whisper(url), tmp_path) is None


def test_a_wrong_checksum_installs_nothing(source: tuple[str, list[str]], tmp_path: Path) -> None:
    model = whisper(source[0], "0" * 64)
    with pytest.raises(ModelError):
        fetch(model, tmp_path)
    with pytest.raises(ModelError, match="checksum"):
        fetch(model, tmp_path)
    assert not list(tmp_path.iterdir())


def archive(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return path


VOSK = Model("vosk-test", "vosk", "", "http://127.0.0.1:9/none.zip")


def test_a_model_brought_by_hand_is_installed_without_a_network(tmp_path: Path) -> None:
    packed = archive(tmp_path / "m.zip", "vosk-test/am/final.mdl", "vosk-test/conf/mfcc.conf")
    path = fetch(VOSK, tmp_path / "models", from_file=packed)
    assert (path / "am" / "final.mdl").is_file()
    assert check(VOSK, tmp_path / "models") is None
    (path / "conf" / "mfcc.conf").unlink()
    assert "conf/mfcc.conf" in (check(VOSK, tmp_path / "models") or "")


@pytest.mark.parametrize("names", [("../outside",), ("/etc/passwd",), ("readme",)])
def test_an_archive_that_is_none_of_ours_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(ModelError):
        fetch(VOSK, tmp_path / "models", from_file=archive(tmp_path / "m.zip", *names))
    assert not (tmp_path / "outside").exists()
    with pytest.raises(ModelError):
        fetch(VOSK, tmp_path / "models")


@pytest.fixture
def vosk_source(tmp_path: Path) -> Iterator[tuple[Model, dict[str, bytes]]]:
    """A server with a Vosk model and the list that names its checksum, as alphacephei.com has them; and what it serves."""
    packed = archive(tmp_path / "served.zip", "vosk-test/am/final.mdl", "vosk-test/conf/mfcc.conf").read_bytes()
    listed = [
        {"name": "other", "md5": "0"},
        {"name": "vosk-test", "md5": hashlib.md5(packed).hexdigest(), "lang": "cn"},
    ]
    served = {"/vosk-test.zip": packed, "/model-list.json": json.dumps(listed).encode()}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            body = served.get(self.path)
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
            if body is None or start >= len(body):
                self.send_error(404 if body is None else 416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            self.wfile.write(body[start:])

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    yield Model("vosk-test", "vosk", "", f"{base}/vosk-test.zip", listed=f"{base}/model-list.json"), served
    server.shutdown()
    server.server_close()


def test_a_vosk_model_is_held_against_the_checksum_that_its_source_publishes(
    vosk_source: tuple[Model, dict[str, bytes]], tmp_path: Path
) -> None:
    model, _ = vosk_source
    path = fetch(model, tmp_path / "models")
    assert check(model, tmp_path / "models") is None
    (path / "am" / "final.mdl").write_bytes(b"rotten")
    assert "am/final.mdl" in (check(model, tmp_path / "models") or "")


def test_a_vosk_model_that_was_tampered_with_on_the_way_is_not_installed(
    vosk_source: tuple[Model, dict[str, bytes]], tmp_path: Path
) -> None:
    model, served = vosk_source
    served["/vosk-test.zip"] = archive(tmp_path / "m.zip", "vosk-test/am/final.mdl", "vosk-test/bad").read_bytes()
    with pytest.raises(ModelError, match="checksum"):
        fetch(model, tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


def test_where_the_list_cannot_be_read_the_download_is_kept_and_gone_on_with(
    vosk_source: tuple[Model, dict[str, bytes]], tmp_path: Path
) -> None:
    model, served = vosk_source
    listed = served.pop("/model-list.json")
    with pytest.raises(ModelError, match="goes on"):
        fetch(model, tmp_path / "models")
    served["/model-list.json"] = listed
    assert fetch(model, tmp_path / "models").is_dir()


def test_a_zip_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    packed = archive(tmp_path / "m.zip", "vosk-test/am/final.mdl", "vosk-test/conf/mfcc.conf")
    packed.write_bytes(packed.read_bytes()[:-30])
    with pytest.raises(ModelError, match="whole"):
        fetch(VOSK, tmp_path / "models", from_file=packed)


def test_the_models_that_are_promised_are_known() -> None:
    names = set(known())
    assert names >= {
        "vosk-model-small-cn-0.22",
        "vosk-model-cn-0.22",
        "tiny",
        "base",
        "small",
        "medium",
        "large-v3",
        "large-v3-turbo",
    }
    for model in known().values():
        assert model.url.startswith("https://")
        if model.engine == "whisper":
            assert model.sha256 is not None and model.sha256 in model.url
        else:
            assert model.listed is not None and model.listed.startswith("https://alphacephei.com/")
