"""A Bot API server over HTTP: what python-telegram-bot meets at api.telegram.org, with failures as asked."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "123456:TEST-token_of_the_tests"


class BotApi:
    """Its state. `failing` maps a method to what its next calls do: a status, ("429", seconds), or "hang up"."""

    def __init__(self) -> None:
        self.url = ""
        self.updates: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.sent: list[dict[str, Any]] = []
        self.edited: list[dict[str, str]] = []
        self.files: dict[str, bytes] = {}
        self.failing: dict[str, list[Any]] = {}
        self.blocked = False
        self.numbers = itertools.count(1000)
        self.lock = threading.Condition()

    def push(self, *updates: dict[str, Any]) -> None:
        """Updates, as citizens cause them."""
        with self.lock:
            self.updates += updates
            self.lock.notify_all()

    def update(self, chat: int = 7, **what: Any) -> dict[str, Any]:
        """One update: update(message={"text": …})."""
        number = next(self.numbers)
        user = {"id": chat, "is_bot": False, "first_name": "市民"}
        for kind, body in what.items():
            if kind in ("message", "edited_message"):
                whole = {
                    "message_id": number, "date": int(time.time()), "chat": {"id": chat, "type": "private"}, "from": user, **body,
                }  # fmt: skip
            else:
                whole = {"id": str(number), "from": user, "chat_instance": "1", **body}
            return {"update_id": number, kind: whole}
        raise ValueError

    def say(self, text: str, chat: int = 7) -> dict[str, Any]:
        """A citizen writes; the update."""
        entities = (
            [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
            if text.startswith("/")
            else []
        )
        made = self.update(chat, message={"text": text, "entities": entities})
        self.push(made)
        return made

    def texts(self, chat: int = 7) -> list[str]:
        """What the bot has said in a chat."""
        return [message["text"] for message in self.sent if message["chat"]["id"] == chat]

    def press(self, title: str, chat: int = 7) -> None:
        """A citizen presses the newest button with this title."""
        for message in reversed(self.sent):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in itertools.chain.from_iterable(rows):
                if button["text"] == title and message["chat"]["id"] == chat:
                    self.push(self.update(chat, callback_query={"data": button["callback_data"], "message": message}))
                    return
        raise AssertionError(f"no button {title}")

    def wait(self, until: Callable[[], bool], seconds: float = 20) -> None:
        """Waits for something to be true."""
        deadline = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < deadline, ("never", [m["text"] for m in self.sent])
            time.sleep(0.02)


class _Handler(BaseHTTPRequestHandler):
    api: BotApi
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _ok(self, result: Any) -> None:
        self._send(200, json.dumps({"ok": True, "result": result}).encode())

    def _no(self, status: int, why: str, **parameters: Any) -> None:
        told = {"ok": False, "error_code": status, "description": why, "parameters": parameters}
        self._send(status, json.dumps(told).encode())

    def _fails(self, method: str) -> bool:
        left = self.api.failing.get(method)
        if not left:
            return False
        failure = left.pop(0)
        if failure == "hang up":
            self.close_connection = True
            self.connection.close()
        elif isinstance(failure, tuple):
            self._no(429, "Too Many Requests", retry_after=failure[1])
        else:
            self._no(failure, "Internal Server Error")
        return True

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self._fails("download"):
            return
        self._send(200, self.api.files[path.rpartition("/")[2]])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        given = {k: v[0] for k, v in parse_qs(body, keep_blank_values=True).items()}
        head, _, method = self.path.strip("/").partition("/")
        if head != f"bot{TOKEN}":
            return self._no(401, "Unauthorized")
        with self.api.lock:
            self.api.calls.append((method, given))
        if self._fails(method):
            return None
        return getattr(self, f"_{method}", lambda _: self._ok(True))(given)  # type: ignore[no-any-return]

    def _getMe(self, _: dict[str, str]) -> None:
        self._ok({"id": 1, "is_bot": True, "first_name": "接诉", "username": "jiesu_bot"})

    def _getUpdates(self, given: dict[str, str]) -> None:
        offset = int(given.get("offset", 0))
        with self.api.lock:
            self.api.updates = [u for u in self.api.updates if u["update_id"] >= offset]
            if not self.api.updates:
                self.api.lock.wait(0.5)
            found = list(self.api.updates)
        self._ok(found)

    def _sendMessage(self, given: dict[str, str]) -> None:
        if self.api.blocked:
            return self._no(403, "Forbidden: bot was blocked by the user")
        if len(given["text"]) > 4096:
            return self._no(400, "Bad Request: message is too long")
        message: dict[str, Any] = {
            "message_id": next(self.api.numbers), "date": int(time.time()), "text": given["text"],
            "chat": {"id": int(given["chat_id"]), "type": "private"},
        }  # fmt: skip
        if given.get("reply_markup"):
            message["reply_markup"] = json.loads(given["reply_markup"])
        with self.api.lock:
            self.api.sent.append(message)
        return self._ok(message)

    def _editMessageText(self, given: dict[str, str]) -> None:
        self.api.edited.append(given)
        self._ok(True)

    def _getFile(self, given: dict[str, str]) -> None:
        name = given["file_id"]
        if name not in self.api.files or len(self.api.files[name]) > 20 * 1024 * 1024:
            return self._no(400, "Bad Request: file is too big")
        return self._ok({"file_id": name, "file_unique_id": name, "file_path": f"files/{name}"})


@contextmanager
def bot_api() -> Iterator[BotApi]:
    """A running one."""
    state = BotApi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": state}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
