"""A Chatwoot of the tests: its Application API, agents who work in it, and its webhooks, over a real socket.

It keeps to what Chatwoot does: identifiers are unique, a conversation's number is its display id, a citizen's message reopens what was resolved,
kinds are numbers in the API and words in webhooks, each webhook is sent once and signed.
"""

import hashlib
import hmac
import itertools
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException, Request

from tests.fakes.serving import served

TOKEN, SECRET = "agent-bot-token", "webhook-secret"
KINDS = {"incoming": 0, "outgoing": 1}


class Chatwoot:
    """One account with one API inbox (number 7)."""

    def __init__(self) -> None:
        self.contacts: dict[int, dict[str, Any]] = {}
        self.conversations: dict[int, dict[str, Any]] = {}
        self.webhook = ""
        self.failing: list[int | str] = []
        """What the next requests are answered with instead: a status, or "lost" for done but not answered."""
        self.silent = False
        """No webhook gets through."""
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()

    # What an agent does.

    def agent_says(
        self, number: int, text: str, agent: int = 3, *, private: bool = False, files: tuple[str, ...] = ()
    ) -> None:
        shown = [{"file_type": "image", "data_url": f"https://chatwoot.example/files/{name}"} for name in files]
        who = {"id": agent, "name": "客服", "type": "user"}
        message = self.add(number, text, "outgoing", who, private=private, attachments=shown)
        self._message_hook(number, message)

    def agent_assigns(self, number: int, agent: int | None) -> None:
        conversation = self.conversations[number]
        before = (conversation["meta"]["assignee"] or {}).get("id")
        conversation["meta"]["assignee"] = {"id": agent, "name": "客服", "type": "user"} if agent else None
        change = [{"assignee_id": {"previous_value": before, "current_value": agent}}]
        self._hook({**self._shown(number), "event": "conversation_updated", "changed_attributes": change})

    def agent_sets(self, number: int, status: str) -> None:
        self._set_status(number, status)

    # What the API does.

    def contact(self, body: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if any(known["identifier"] == body["identifier"] for known in self.contacts.values()):
                raise HTTPException(422, {"message": "Identifier has already been taken"})
            id = next(self._numbers)
            inbox = {"source_id": str(uuid.uuid4()), "inbox": {"id": body["inbox_id"]}}
            made = {"id": id, "name": body["name"], "identifier": body["identifier"], "contact_inboxes": [inbox]}
            self.contacts[id] = made
            return {"payload": {"contact": made, "contact_inbox": inbox}}

    def conversation(self, body: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            contact = self.contacts[body["contact_id"]]
            if body["source_id"] not in [inbox["source_id"] for inbox in contact["contact_inboxes"]]:
                raise HTTPException(404, "no such source")
            number = next(self._numbers)
            self.conversations[number] = {
                "id": number,
                "status": body.get("status", "open"),
                "contact_id": contact["id"],
                "custom_attributes": body["custom_attributes"],
                "priority": None,
                "meta": {"assignee": None, "sender": {"id": contact["id"], "type": "contact"}},
                "messages": [],
            }
            return self._shown(number)

    def add(self, number: int, content: str, kind: str, sender: dict[str, Any], **more: Any) -> dict[str, Any]:
        with self._lock:
            conversation = self.conversations[number]
            message = {
                "id": next(self._numbers),
                "content": content,
                "message_type": KINDS[kind],
                "private": more.get("private", False),
                "source_id": more.get("source_id"),
                "sender": sender,
                "conversation_id": number,
                "attachments": more.get("attachments", []),
            }
            conversation["messages"].append(message)
            if kind == "incoming" and conversation["status"] == "resolved":
                conversation["status"] = "open"
            return message

    def _set_status(self, number: int, status: str) -> None:
        self.conversations[number]["status"] = status
        self._hook({**self._shown(number), "event": "conversation_status_changed"})
        if status in ("open", "resolved"):
            self._hook(
                {**self._shown(number), "event": "conversation_opened" if status == "open" else "conversation_resolved"}
            )

    def _shown(self, number: int) -> dict[str, Any]:
        return {key: value for key, value in self.conversations[number].items() if key != "messages"}

    def _message_hook(self, number: int, message: dict[str, Any]) -> None:
        kind = "incoming" if message["message_type"] == 0 else "outgoing"
        told = {**message, "message_type": kind, "event": "message_created", "conversation": self._shown(number)}
        self._hook(told)

    def _hook(self, payload: dict[str, Any]) -> None:
        if self.webhook and not self.silent:
            body = json.dumps(payload).encode()
            stamp = str(int(time.time()))
            right = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
            headers = {
                "X-Chatwoot-Timestamp": stamp,
                "X-Chatwoot-Signature": f"sha256={right}",
                "Content-Type": "application/json",
            }
            # In a thread, as Chatwoot's own jobs are: the caller may be what the webhook goes to.
            threading.Thread(target=self._send, args=(body, headers)).start()

    def _send(self, body: bytes, headers: dict[str, str]) -> None:
        # Chatwoot notes a webhook that could not be delivered, and forgets it.
        with suppress(httpx.HTTPError):
            httpx.post(self.webhook, content=body, headers=headers, trust_env=False, timeout=30)


def app_of(chatwoot: Chatwoot) -> FastAPI:
    """Its Application API under account 1."""
    app = FastAPI()
    base = "/api/v1/accounts/1"

    def known(token: str) -> None:
        if token != TOKEN:
            raise HTTPException(401, "Invalid Access Token")

    @app.middleware("http")
    async def weather(request: Request, go_on: Any) -> Any:
        from fastapi.responses import JSONResponse

        known = request.headers.get("api_access_token") == TOKEN
        if not known:
            return JSONResponse({"error": "Invalid Access Token"}, 401)
        if not chatwoot.failing or request.method == "GET":
            return await go_on(request)
        how = chatwoot.failing.pop(0)
        if how == "lost":
            await go_on(request)
            return JSONResponse({"error": "gateway timeout"}, 504)
        return JSONResponse({"error": "down"}, int(how))

    @app.get(base + "/contacts/search")
    def search(q: str) -> dict[str, Any]:
        return {"payload": [c for c in chatwoot.contacts.values() if q in (c["identifier"], c["name"])]}

    @app.post(base + "/contacts")
    async def contact(request: Request) -> dict[str, Any]:
        return chatwoot.contact(await request.json())

    @app.get(base + "/contacts/{contact_id}/conversations")
    def of_contact(contact_id: int) -> dict[str, Any]:
        found = [n for n, c in chatwoot.conversations.items() if c["contact_id"] == contact_id]
        return {"payload": [chatwoot._shown(number) for number in found]}

    @app.post(base + "/conversations")
    async def conversation(request: Request) -> dict[str, Any]:
        return chatwoot.conversation(await request.json())

    @app.get(base + "/conversations/{number}")
    def one(number: int) -> dict[str, Any]:
        return chatwoot._shown(number)

    @app.get(base + "/conversations/{number}/messages")
    def messages(number: int) -> dict[str, Any]:
        newest = chatwoot.conversations[number]["messages"][-20:]
        shown = [
            {**m, "attachments": [{k: v for k, v in one.items() if k != "data"} for one in m["attachments"]]}
            for m in newest
        ]
        return {"meta": {}, "payload": shown}

    @app.post(base + "/conversations/{number}/messages")
    async def post(number: int, request: Request) -> dict[str, Any]:
        attachments: list[dict[str, Any]] = []
        if request.headers["content-type"].startswith("multipart/"):
            form = await request.form()
            body: dict[str, Any] = {name: value for name, value in form.items() if name != "attachments[]"}
            body["private"] = body["private"] == "true"
            for upload in form.getlist("attachments[]"):
                kind_of = str(upload.content_type).partition("/")[0]  # type: ignore[union-attr]
                attachments.append({"file_type": kind_of, "data": await upload.read()})  # type: ignore[union-attr]
        else:
            body = await request.json()
        kind = body["message_type"]
        sender = {"id": 1, "type": "contact"} if kind == "incoming" else {"id": 9, "type": "agent_bot"}
        message = chatwoot.add(
            number,
            body["content"],
            kind,
            sender,
            private=body["private"],
            source_id=body["source_id"],
            attachments=attachments,
        )
        chatwoot._message_hook(number, message)
        return {key: value for key, value in message.items() if key != "attachments"}

    @app.post(base + "/conversations/{number}/toggle_status")
    async def status(number: int, request: Request) -> dict[str, Any]:
        body = await request.json()
        chatwoot._set_status(number, body["status"])
        return {"meta": {}, "payload": {"success": True, "current_status": body["status"], "conversation_id": number}}

    @app.post(base + "/conversations/{number}/toggle_priority")
    async def priority(number: int, request: Request) -> dict[str, Any]:
        chatwoot.conversations[number]["priority"] = (await request.json())["priority"]
        return {}

    return app


@contextmanager
def chatwoot() -> Iterator[tuple[Chatwoot, str]]:
    """A running one, and its address."""
    made = Chatwoot()
    with served(app_of(made)) as url:
        yield made, url
