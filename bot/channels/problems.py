"""Errors as RFC 9457 problem+json, with a message that a person can act on and no word of what the citizen sent."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.channels import open311

log = logging.getLogger(__name__)


class Problem(Exception):
    """An error that the caller is told: `status` is HTTP's, `detail` says what to do (in Chinese: a citizen may read it)."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def _answer(status: int, detail: str, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Every error of the app answers as a problem."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> JSONResponse:
        return _answer(error.status, error.detail, error.headers)

    @app.exception_handler(open311.Wrong)
    async def _wrong(request: Request, error: open311.Wrong) -> Response:
        return open311.error(request, error.status, error.description)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        # The input itself is left out: it may be the citizen's words.
        if request.url.path.startswith("/open311"):
            return open311.error(request, 400, "A parameter is too long or of the wrong kind.")
        wrong = [{"field": ".".join(map(str, e["loc"][1:])) or "body", "message": e["msg"]} for e in error.errors()]
        return _answer(422, "请求的格式不对，请检查标出的字段。", errors=wrong)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith("/open311"):
            told = open311.error(request, error.status_code, str(error.detail))
            told.headers["Allow"] = open311.allowed_methods(request.url.path)
            return told
        return _answer(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        log.error("%s %s failed: %s", request.method, request.scope.get("route"), type(error).__name__)
        if request.url.path.startswith("/open311"):
            return open311.error(request, 500, "Something went wrong here; try again later.")
        return _answer(500, "服务器出了点问题，您说过的都还在，请稍后再试。")
