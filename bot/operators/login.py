"""The login: a plain form without a script, so that it works before anything is trusted."""

import hmac
import secrets
from collections.abc import Mapping
from html import escape
from typing import Annotated

import anyio
from anyio import to_thread
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.operators.guard import BASE, COOKIE
from integrations.accounts import Accounts
from integrations.audit import Audit
from integrations.sessions import Sessions
from integrations.throttle import LoginThrottle, TooManyLogins

FORM_COOKIE = "jiesu_form"
AT_ONCE = 2
"""Passwords checked at a time: each takes 64 MB and a core on purpose."""

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>登录 · 接诉坐席台</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{base}/static/login.css"></head>
<body><main><h1>接诉 <span>坐席台</span></h1>
<form method="post" action="{base}/login">
<input type="hidden" name="csrf" value="{csrf}"><input type="hidden" name="next" value="{next}">
<label for="username">用户名</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" required maxlength="40" autofocus>
<label for="password">密码</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="200">
{message}<button type="submit">登录</button></form></main></body></html>"""


def login_router(accounts: Accounts, sessions: Sessions, throttle: LoginThrottle, audit: Audit) -> APIRouter:
    """GET and POST /operator/login."""
    router = APIRouter(include_in_schema=False)
    checking = anyio.CapacityLimiter(AT_ONCE)

    @router.get(f"{BASE}/login")
    async def form(next: str = "") -> Response:
        return _page(next)

    @router.post(f"{BASE}/login")
    async def sign_in(
        request: Request,
        username: Annotated[str, Form(max_length=40)] = "",
        password: Annotated[str, Form(max_length=200)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        next: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:
        kept = request.cookies.get(FORM_COOKIE, "")
        if not kept or not hmac.compare_digest(kept.encode(), csrf.encode()):
            return _page(next, "页面放得太久了，请再登录一次。", 403)
        address = request.client.host if request.client else "unknown"
        login = username.strip().lower()
        try:
            await to_thread.run_sync(throttle.check, login, address)
        except TooManyLogins as error:
            wait = f"{-(-error.retry_after // 60)}分钟" if error.retry_after > 90 else f"{error.retry_after}秒"
            told = f"密码错得太多了，请{wait}后再试。"
            return _page(next, told, 429, {"Retry-After": str(error.retry_after)})
        person = await to_thread.run_sync(accounts.verify, login, password, limiter=checking)
        if person is None:
            await to_thread.run_sync(throttle.failed, login, address)
            return _page(next, "用户名或者密码不对。", 401)
        await to_thread.run_sync(throttle.succeeded, login, address)
        token = await to_thread.run_sync(sessions.open, person, address)
        answer = RedirectResponse(_inside(next), 303, {"Cache-Control": "no-store"})
        answer.set_cookie(COOKIE, token, path=BASE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
        answer.delete_cookie(FORM_COOKIE, path=f"{BASE}/login")
        return answer

    return router


def _page(next: str, message: str = "", status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    csrf = secrets.token_urlsafe(24)
    page = PAGE.format(
        base=BASE,
        csrf=csrf,
        next=escape(next[:500], quote=True),
        message=f'<p role="alert">{escape(message)}</p>' if message else "",
    )
    answer = HTMLResponse(page, status, {"Cache-Control": "no-store", **(headers or {})})
    answer.set_cookie(FORM_COOKIE, csrf, path=f"{BASE}/login", httponly=True, samesite="strict", max_age=3600)
    return answer


def _inside(next: str) -> str:
    """Where to go after the login: only ever a page of the console."""
    inside = next.startswith((f"{BASE}/", f"{BASE}?")) and "\\" not in next and "//" not in next
    return next if inside and not next.startswith(f"{BASE}/login") else f"{BASE}/"
