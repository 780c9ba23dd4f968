"""The web application: the API, the page, health and metrics."""

from importlib.resources import files

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asr.voice import Voice
from bot.channels import http, open311, problems, speech
from bot.channels.events import News
from bot.conversation import Conversation
from integrations.guesses import GuessLimiter
from intents.catalog import Catalog

WEB = files("bot.channels") / "web"
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders:
    """Adds them to every answer that has no stricter need; plain ASGI, so that event streams are not buffered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's interface."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def web_app(
    conversation: Conversation,
    guesses: GuessLimiter,
    catalog: Catalog,
    news: News,
    voice: Voice | None = None,
    *more: APIRouter,
) -> FastAPI:
    """The app on parts that are already built."""
    app = FastAPI(title="Jiesu 接诉", description="A voice and chat front end for Beijing's 12345 hotline.")
    app.state.conversation = conversation
    app.state.guesses = guesses
    app.state.news = news
    problems.install(app)
    app.include_router(http.router)
    app.include_router(speech.router)
    app.include_router(speech.install_voice(voice))
    for router in (*more, open311.catch_all()):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=str(WEB)), name="static")

    app.add_middleware(SecurityHeaders)
    app.add_middleware(open311.HeadAsGet)

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(str(WEB / "index.html"))

    @app.get("/api/v1/catalog")
    async def names() -> dict[str, dict[str, str]]:
        """Chinese names of topics and fields, and what kind of value a field has, for showing a draft."""
        return {
            "topics": {topic.id: topic.short for topic in catalog.topics.values()},
            "kinds": {name: field.kind for name, field in catalog.fields.items()},
            "fields": {name: field.label for name, field in catalog.fields.items() if name not in ("topic", "type")},
        }

    @app.get("/healthz")
    async def healthy() -> dict[str, str]:
        """The process is up."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        """Citizens can be served: the dialog answers and the database is there."""
        parts = await conversation.ready()
        return JSONResponse(parts, 200 if all(parts.values()) else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app
