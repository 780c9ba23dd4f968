"""The telephone over HTTP: Asterisk's WebSocket channel, and the dialplan's questions.

    POST /phone/calls/{uuid}    number=…&name=…&presentation=…   before a call: who calls. Answers "ready", or 503 "drained".
    GET  /phone/calls/{uuid}    after it: {"outcome", "queue", "draft"}; with ?plain=1 "outcome|queue|draft".
    WS   /phone/asterisk        chan_websocket; ?call=…&number=…&name=…, or channel variables JIESU_CALL, JIESU_NUMBER, JIESU_NAME.

All of it is for Asterisk alone: with a key (`Authorization: Bearer`, or Basic with the key as password), or, where none is set, from this machine.
"""

import base64
import binascii
import hmac
import ipaddress
import json
from typing import Annotated, Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, WebSocket
from fastapi.responses import PlainTextResponse
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from bot.channels.phone.asterisk_socket import AsteriskCall, Unsupported
from bot.channels.phone.caller import clean_name, normalise
from bot.channels.phone.gateway import Gateway
from bot.channels.phone.metrics import phone_metrics
from bot.channels.problems import Problem

LARGEST = 4096
"""Bytes of an announcement."""

SUBPROTOCOL = "media"
UNKNOWN = "unknown"
"""Said of a call that nobody knows."""


def permitted(connection: HTTPConnection, key: str) -> bool:
    """Whether this is Asterisk."""
    if not key:
        return connection.client is not None and is_loopback(connection.client.host)
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    return scheme.lower() in ("basic", "bearer") and hmac.compare_digest(given.strip().encode(), key.encode())


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def phone_router(gateway: Gateway, key: str) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/phone")

    def asterisk(request: Request) -> None:
        if not permitted(request, key):
            raise Problem(401 if key else 403, "这里只给电话交换机用。")

    only_asterisk = [Depends(asterisk)]

    @router.post("/calls/{call_id}", dependencies=only_asterisk, response_class=PlainTextResponse)
    async def announce(call_id: UUID, request: Request) -> Response:
        """A call is about to come: form fields or JSON `number`, `name`, `presentation` (Asterisk's CALLERID(pres))."""
        told = await _fields(request)
        if gateway.draining:
            return PlainTextResponse("drained", 503)
        hidden = told.get("presentation", "").startswith(("prohib", "unavail"))
        number = None if hidden else normalise(told.get("number"))
        await gateway.announce(call_id, number, None if hidden else clean_name(told.get("name")))
        return PlainTextResponse("ready")

    @router.get("/calls/{call_id}", dependencies=only_asterisk, response_model=None)
    async def ended(call_id: UUID, plain: Annotated[bool, Query()] = False) -> Response | dict[str, Any]:
        """How the bot's part ended: human, done, hung_up, drained, failed; "talking" while it lasts; 404 "unknown"."""
        found = await gateway.ended(call_id)
        if found is None:
            if plain:
                return PlainTextResponse(f"{UNKNOWN}||", 404)
            raise Problem(404, "没有这个电话。")
        outcome = found.outcome.value if found.outcome else "talking"
        if plain:
            return PlainTextResponse(f"{outcome}|{found.queue or ''}|{found.draft or ''}")
        return {"outcome": outcome, "queue": found.queue, "draft": found.draft}

    @router.websocket("/asterisk")
    async def call(socket: WebSocket) -> None:
        """chan_websocket. Refused before it is answered while draining: the dialplan goes on without us."""
        if not permitted(socket, key):
            await socket.send_denial_response(PlainTextResponse("", 401 if key else 403))
            return
        if gateway.draining:
            await socket.send_denial_response(PlainTextResponse("drained", 503))
            return
        offered = socket.scope.get("subprotocols") or ()
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        arrived = AsteriskCall(socket)
        try:
            await arrived.started()
        except (TimeoutError, Unsupported, WebSocketDisconnect, KeyError, RuntimeError) as error:
            phone_metrics().drops.labels("codec" if isinstance(error, Unsupported) else "no start").inc()
            await _close(socket)
            return
        gateway.take(arrived)
        await arrived.run()
        await _close(socket)

    return router


async def _close(socket: WebSocket) -> None:
    try:
        await socket.close()
    except (RuntimeError, OSError, WebSocketDisconnect):
        return


async def _fields(request: Request) -> dict[str, str]:
    """The announcement, as a form or as JSON; what is neither announces nothing.

    Asterisk's CURL sends a form, and once a header of its own was added (the key) it says so no longer: the body decides.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise Problem(413, "请求太大了。")
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            told = json.loads(body)
        except ValueError:
            raise Problem(422, "请求的格式不对。") from None
        return {k: str(v) for k, v in told.items() if v is not None} if isinstance(told, dict) else {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=20))
