"""Stands before everything under /operator: nobody comes in without a session, from another site, or with a script that is not ours."""

import base64
import hashlib
import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, urlsplit

from anyio import to_thread
from nicegui import Client
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.sessions import Sessions, SignedIn

BASE = "/operator"
COOKIE = "jiesu_operator"
OPEN = (f"{BASE}/login", f"{BASE}/static/", f"{BASE}/_nicegui/")
"""What may be had without a session: the form, and files that are the same for everybody."""

SAFE = ("GET", "HEAD", "OPTIONS")
WORK = ('42["event"',)
"""How a message of NiceGUI's socket begins that tells of something a person did."""

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' {hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' data:; font-src 'self' data:; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
"""Vue compiles its templates in the browser, which needs eval; inline scripts only by the hash of what we sent."""

_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


class Guard:
    """ASGI: looks at everything under /operator, and lets the rest pass untouched."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._pages = GZipMiddleware(PagePolicy(app), minimum_size=1000)
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's interface."""
        path = scope.get("path", "")
        if path != BASE and not path.startswith(f"{BASE}/"):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and not _same_site(headers):
            await _refuse(403, "请求不是从坐席台发来的，没有执行。")(scope, receive, send)
            return
        if not scope["path"].startswith(OPEN):
            signed_in = await self._who(headers)
            if signed_in is None or not _own_client(scope, signed_in):
                await _sign_in_first(scope)(scope, receive, send)
                return
            scope.setdefault("state", {})["signed_in"] = signed_in
        await self._pages(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        signed_in = await self._who(headers) if headers.get("origin") and _same_site(headers) else None
        if signed_in is None or not _own_client(scope, signed_in):
            await receive()
            await send({"type": "websocket.close", "code": 4401})
            return
        key = signed_in.key

        async def receive_while_signed_in() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                if await to_thread.run_sync(self._sessions.by_key, key) is None:
                    # Nothing more is done in an ended session; the page itself goes to the login.
                    continue
                if str(message.get("text") or "").startswith(WORK):
                    await to_thread.run_sync(self._sessions.touch, key)
                return message

        await self._app(scope, receive_while_signed_in, send)

    async def _who(self, headers: Headers) -> SignedIn | None:
        return await to_thread.run_sync(self._sessions.who, cookie_of(headers))


class PagePolicy:
    """Gives each page of NiceGUI a policy that names its own inline scripts by their hashes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's interface."""
        start: Message | None = None
        body = b""

        async def send_with_policy(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # With "no-referrer" a browser calls the origin of its own forms "null".
                headers["Referrer-Policy"] = "same-origin"
                if "x-nicegui-content" in headers:
                    start = message
                    return
                if scope["path"].startswith(f"{BASE}/_nicegui/") and "cache-control" not in headers:
                    headers["Cache-Control"] = "public, max-age=86400"
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                MutableHeaders(scope=start)["Content-Security-Policy"] = policy_for(body)
                await send(start)
                message = {"type": "http.response.body", "body": body}
                start = None
            await send(message)

        await self._app(scope, receive, send_with_policy)


def policy_for(page: bytes) -> str:
    """The Content-Security-Policy of one page."""
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in _SCRIPT.findall(page)
    }
    return POLICY.format(hashes=" ".join(sorted(hashes)))


def cookie_of(headers: Headers) -> str:
    """The session's token in a request's cookies, or nothing."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def _same_site(headers: Headers) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host")
    # Browsers name the origin of everything that changes something; a program without one has no cookies to abuse.
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none")


def _own_client(scope: Scope, signed_in: SignedIn) -> bool:
    """Whether the page that a socket speaks for was built in this session."""
    if not scope["path"].startswith(f"{BASE}/_nicegui_ws"):
        return True
    wanted = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("client_id", [""])[0]
    client = Client.instances.get(wanted)
    if client is None:
        return True
    builder: SignedIn | None = getattr(client.request.state, "signed_in", None)
    return builder is not None and builder.key == signed_in.key


def _sign_in_first(scope: Scope) -> Response:
    if scope["method"] != "GET" or "/_nicegui_ws" in scope["path"] or "/api/" in scope["path"]:
        return _refuse(401, "请先登录。")
    asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope.get("query_string") else "")
    return RedirectResponse(f"{BASE}/login?next={quote(asked, safe='')}", 303, {"Cache-Control": "no-store"})


def _refuse(status: int, detail: str) -> Response:
    body = {"type": "about:blank", "status": status, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")
