"""Another city's ticket system, small but real: GeoReport v2 in both forms, or a signed webhook, over a socket; and it can fail as asked."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integrations.open311.forms import ITEMS, moment, w3c, written
from integrations.webhook_desk import BadHook, verify
from integrations.zone import BEIJING

KEY = "city-key"


def now() -> datetime:
    return datetime.now(BEIJING)


@dataclass
class Dialect:
    """How a city departs from the letter of GeoReport. Each of these is done by a server that is in use."""

    largest_page: int = 1000
    pages: bool = True
    newest_first: bool = False
    wrapped: str = ""
    """JSON: "list" puts the list into an object, "members" each of its members too."""
    namespace: str = ""
    numbers: bool = False
    """JSON: ids are numbers."""
    without: tuple[str, ...] = ()
    """Elements that it leaves out."""
    updates: str = "offered"
    """offered, or what else stands there: refused (404), page (200 with HTML), broken (500)."""
    errors_with_200: bool = False


class City:
    """Its state. `failing` holds what the next posts do: a status, "hang up" (before it takes the request), "lost" (after), "page" or "moved"."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.tokens: dict[str, str | None] = {}
        self.noted: list[dict[str, str]] = []
        self.failing: list[int | str] = []
        self.gives_tokens = False
        self.dialect = Dialect()
        self.url = ""
        self.asked: list[dict[str, str]] = []
        self.lock = threading.Lock()

    def take(self, form: dict[str, str]) -> dict[str, Any]:
        filed = {
            "service_request_id": f"R{len(self.requests) + 1}",
            "status": "open",
            "status_notes": None,
            "service_code": form["service_code"],
            "description": form.get("description"),
            "requested_datetime": w3c(now()),
            "updated_datetime": w3c(now()),
            "address": form.get("address_string"),
            "posted": form,
        }
        with self.lock:
            self.requests.append(filed)
        if self.gives_tokens:
            token = uuid.uuid4().hex
            self.tokens[token] = None
            filed["token"] = token
            return {"token": token}
        return {"service_request_id": filed["service_request_id"], "service_notice": None}

    def give_ids(self) -> None:
        """The ids behind the tokens come."""
        for filed in self.requests:
            if filed.get("token"):
                self.tokens[filed["token"]] = filed["service_request_id"]

    def change(self, request_id: str, status: str, note: str) -> None:
        """Somebody in the city moves a request on."""
        filed = next(r for r in self.requests if r["service_request_id"] == request_id)
        filed |= {
            "status": "closed" if status == "CLOSED" else "open",
            "status_notes": note,
            "updated_datetime": w3c(now()),
        }
        self.updates.append(
            {
                "update_id": str(len(self.updates) + 1),
                "service_request_id": request_id,
                "status": status,
                "updated_datetime": w3c(now()),
                "description": note,
            }
        )


PAGE = "<html><head><title>维护中</title></head><body><p>稍后再来</p></body></html>".encode()
SERVICES = [
    {"service_code": "light", "service_name": "路灯问题", "description": None, "metadata": True, "type": "realtime", "keywords": None, "group": "街道"},
    {"service_code": "other", "service_name": "其他", "description": None, "metadata": False, "type": "realtime", "keywords": None, "group": None},
]  # fmt: skip
DEFINITION = {
    "service_code": "light",
    "attributes": [
        {"variable": True, "code": "issue_kind", "datatype": "singlevaluelist", "required": True, "order": 1, "description": "什么问题",
         "datatype_description": "", "values": [{"key": "off", "name": "不亮"}, {"key": "broken", "name": "损坏"}]},
        {"variable": True, "code": "pole_number", "datatype": "string", "required": False, "order": 2, "description": "杆号",
         "datatype_description": "", "values": []},
    ],
}  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    city: City
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def _send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _tell(self, root: str, value: Any, form: str, status: int = 200) -> None:
        dialect = self.city.dialect
        status = 200 if dialect.errors_with_200 else status
        if isinstance(value, list):
            value = [{k: v for k, v in one.items() if k not in dialect.without} for one in value]
        if form == "json":
            if dialect.numbers and isinstance(value, list):
                value = [
                    {k: int(v[1:]) if k == "service_request_id" and v else v for k, v in one.items()} for one in value
                ]
            if dialect.wrapped == "members":
                value = [{ITEMS[root]: one} for one in value] if isinstance(value, list) else value
            body = json.dumps({root: value} if dialect.wrapped else value, ensure_ascii=False).encode()
            return self._send(status, body)
        body = written(root, value, form)
        if dialect.namespace:
            body = body.replace(f"<{root}".encode(), f'<{root} xmlns="{dialect.namespace}"'.encode(), 1)
            body = body.replace(b"><", b">\n    <")
        return self._send(status, body, "text/xml")

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        name, _, form = path.removeprefix("/v2/").rpartition(".")
        city = self.city
        city.asked.append({"what": name, **query})
        if name == "services":
            return self._tell("services", SERVICES, form)
        if name == "services/light":
            return self._tell("service_definition", DEFINITION, form)
        if name.startswith("tokens/"):
            token = name.removeprefix("tokens/")
            found = [{"service_request_id": city.tokens.get(token), "token": token}]
            return self._tell("service_requests", found, form)
        if name == "requests":
            return self._tell("service_requests", self._page(city.requests, "requested_datetime", query), form)
        if name == "servicerequestupdates" and city.dialect.updates == "page":
            return self._send(200, PAGE, "text/html")
        if name == "servicerequestupdates" and city.dialect.updates == "broken":
            return self._send(500, PAGE, "text/html")
        if name == "servicerequestupdates" and city.dialect.updates == "offered":
            return self._tell("service_request_updates", self._page(city.updates, "updated_datetime", query), form)
        return self._tell("errors", [{"code": 404, "description": "nothing here"}], form, 404)

    def _page(self, rows: list[dict[str, Any]], dated: str, query: dict[str, str]) -> list[dict[str, Any]]:
        dialect = self.city.dialect
        start = moment(query.get("start_date", "2001-01-01"))
        end = moment(query["end_date"]) if "end_date" in query else start + timedelta(days=90)
        found = [row for row in rows if start <= moment(row[dated]) <= end]
        found = found[::-1] if dialect.newest_first else found
        size, page = min(int(query.get("page_size", 50)), dialect.largest_page), int(query.get("page", 1))
        page = page if dialect.pages else 1
        return [{k: v for k, v in row.items() if k != "posted"} for row in found[(page - 1) * size : page * size]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        failing = self.city.failing.pop(0) if self.city.failing else None
        if failing == "hang up":
            self.close_connection = True
            self.connection.close()
            return
        if isinstance(failing, int):
            if self.city.dialect.errors_with_200:
                self._tell("errors", [{"code": failing, "description": "no"}], self.path.rpartition(".")[2])
            else:
                self._send(failing, b"[]", Retry_After="0")
            return
        if failing == "page":
            self._send(200, PAGE, "text/html")
            return
        if failing == "moved":
            self._send(302, b"", Location=f"{self.city.url}{self.path}")
            return
        answer = self._hook(body) if self.path == "/hook" else self._filed(body)
        if failing == "lost":
            self.close_connection = True
            self.connection.close()
            return
        if answer is not None:
            self._tell(*answer)

    def _hook(self, body: bytes) -> tuple[str, Any, str] | None:
        try:
            verify(KEY, self.headers, body)
        except BadHook:
            self._send(401, b"{}")
            return None
        told, key = json.loads(body), self.headers["Idempotency-Key"]
        if told["event"] == "ticket.noted":
            self.city.noted.append({"service_request_id": told["external_id"], "description": told["text"]})
            return "noted", {}, "json"
        filed = next((r for r in self.city.requests if r["posted"]["key"] == key), None)
        if filed is None:
            ticket = told["ticket"]
            self.city.take({"service_code": ticket["topic"], "description": ticket["description"], "key": key})
            filed = self.city.requests[-1]
        return "filed", {"external_id": filed["service_request_id"]}, "json"

    def _filed(self, body: bytes) -> tuple[str, Any, str] | None:
        name, _, form = urlsplit(self.path).path.removeprefix("/v2/").rpartition(".")
        given = {k: v[0] for k, v in parse_qs(body.decode(), keep_blank_values=True).items()}
        if given.get("api_key") != KEY:
            self._tell("errors", [{"code": 403, "description": "no key"}], form, 403)
            return None
        if name == "requests":
            return "service_requests", [self.city.take(given)], form
        if name == "servicerequestupdates" and self.city.dialect.updates == "offered":
            self.city.noted.append(given)
            return "service_request_updates", [{"update_id": given.get("update_id")}], form
        self._tell("errors", [{"code": 404, "description": "nothing here"}], form, 404)
        return None


@contextmanager
def city() -> Iterator[City]:
    """A running one, on a port of its own: `url` + "/v2" for GeoReport, + "/hook" for the webhook."""
    state = City()
    handler = type("Handler", (_Handler,), {"city": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        time.sleep(0)
