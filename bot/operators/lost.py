"""What an operator sees instead of a page: an address that does not exist, or a page that has broken, in their language."""

from html import escape

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from bot.operators.guard import BASE

NOT_FOUND = "没有这一页，地址可能写错了。"
BROKEN = "这一页出了点问题，什么都没有丢，请刷新再试。"


def install(app: FastAPI) -> None:
    """Takes the place of the library's own pages, which are in English and name the exception."""

    @app.exception_handler(404)
    async def not_found(request: Request, error: Exception) -> Response:
        return _page(404, NOT_FOUND)

    @app.exception_handler(500)
    async def broken(request: Request, error: Exception) -> Response:
        return _page(500, BROKEN)


def _page(status: int, told: str) -> Response:
    page = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>接诉坐席台</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{BASE}/static/login.css"></head><body><main><h1>接诉坐席台</h1>'
        f'<p role="alert">{escape(told)}</p><p><a href="{BASE}/">回到接待页</a></p></main></body></html>'
    )
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})
