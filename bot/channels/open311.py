"""Open311 GeoReport v2 for other programs, over the local desk. See docs/open311.md for what the public may read."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.bodies import TooLong, body_of
from integrations.desk import NoSuchTicket
from integrations.local_desk import LocalDesk
from integrations.numbers import normalise
from integrations.open311 import services
from integrations.open311.filing import BadRequest, Intake
from integrations.open311.forms import CONTENT_TYPES, moment, written
from integrations.open311.requests import LIMIT, SPAN, PublicRequests
from integrations.open311.requests import Query as RequestQuery
from integrations.open311.statuses import status_of
from intents.catalog import Topic

CHANGED = "2026-11-24T00:00:00+08:00"
"""When this interface last changed."""

_ATTRIBUTE = re.compile(r"attribute\[([^\]]{1,60})\](\[\d{0,4}\])?")
LARGEST = 256 * 1024
"""Bytes of a posted form."""

FORMATS = ("json", "xml")
Text = Annotated[str | None, Query(max_length=4000)]


class Wrong(Exception):
    """An error as GeoReport tells it: HTTP's status, and what to do."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that the routes work with; built by the wiring."""

    intake: Intake
    requests: PublicRequests
    desk: LocalDesk
    keys: frozenset[str]

    def allowed(self, key: str | None) -> bool:
        """Whether a program may file."""
        return any(hmac.compare_digest(known.encode(), (key or "").encode()) for known in self.keys)


def answered(root: str, value: Any, form: str, status: int = 200) -> Response:
    """An answer in the form that the address asks for."""
    known = form if form in FORMATS else "json"
    # What anybody may read, anybody's page may read.
    headers = {"Access-Control-Allow-Origin": "*"}
    return Response(written(root, value, known), status, media_type=CONTENT_TYPES[known], headers=headers)


def error(request: Request, status: int, description: str) -> Response:
    """An error: [{"code", "description"}]."""
    form = "xml" if request.url.path.endswith(".xml") else "json"
    return answered("errors", [{"code": status, "description": description}], form, status)


def allowed_methods(path: str) -> str:
    """What may be done at an address, as HTTP's Allow tells it."""
    posts = path.rpartition("/")[2].partition(".")[0] in ("requests", "servicerequestupdates")
    return "GET, HEAD, OPTIONS, POST" if posts else "GET, HEAD, OPTIONS"


class HeadAsGet:
    """HEAD is answered as GET without its body, as HTTP wants it of every address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's interface."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or not scope["path"].startswith("/open311"):
            return await self._app(scope, receive, send)

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_head)


def open311_router(office: Office) -> APIRouter:  # noqa: PLR0915  one function a route
    """The routes under /open311."""
    router = APIRouter(prefix="/open311", tags=["Open311 GeoReport v2"])
    catalog = office.intake.catalog
    Form = Annotated[str, Path(description="json or xml", max_length=10)]

    def checked(form: str) -> str:
        if form not in FORMATS:
            raise Wrong(404, "The format is json or xml.")
        return form

    def topic_of(code: str) -> Topic:
        if code not in catalog.topics:
            raise Wrong(404, "service_code was not found.")
        return catalog.topics[code]

    @router.get("/discovery.{form}")
    @router.get("/v2/discovery.{form}", include_in_schema=False)
    async def discovery(request: Request, form: Form) -> Response:
        """Where the endpoints are."""
        base = str(request.base_url).rstrip("/")
        endpoint = {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": f"{base}/open311/v2",
            "changeset": CHANGED,
            "type": "production",
            "formats": ["application/json", "text/xml"],
        }
        told = {
            "changeset": CHANGED,
            "contact": "12345",
            "key_service": "Keys are given by the operator of this hotline.",
            "endpoints": [endpoint],
        }
        return answered("discovery", told, checked(form))

    @router.get("/v2/services.{form}")
    async def service_list(form: Form, jurisdiction_id: Text = None) -> Response:
        """Everything that can be reported."""
        return answered("services", [services.service(catalog, t) for t in catalog.topics.values()], checked(form))

    @router.get("/v2/services/{code}.{form}")
    async def service_definition(code: str, form: Form, jurisdiction_id: Text = None) -> Response:
        """A service's attributes."""
        checked(form)
        return answered("service_definition", services.definition(topic_of(code), office.intake.districts), form)

    @router.get("/v2/requests.{form}")
    async def find(
        form: Form,
        service_request_id: Annotated[str | None, Query(max_length=16_000)] = None,
        service_code: Text = None,
        start_date: Text = None,
        end_date: Text = None,
        status: Text = None,
        page: Text = None,
        page_size: Text = None,
        extensions: Text = None,
        jurisdiction_id: Text = None,
    ) -> Response:
        """Requests by ids, or by code, status and dates: 90 days and 1,000 requests at most."""
        checked(form)
        query = _query(service_request_id, service_code, start_date, end_date, status, page, page_size)
        for code in query.codes:
            topic_of(code)
        found = await to_thread.run_sync(lambda: office.requests.find(query, extended=_yes(extensions)))
        return answered("service_requests", found, form)

    @router.get("/v2/requests/{request_id}.{form}")
    async def one(request_id: str, form: Form, extensions: Text = None, jurisdiction_id: Text = None) -> Response:
        """One request."""
        checked(form)
        asked = RequestQuery(ids=[_id(request_id)])
        found = await to_thread.run_sync(lambda: office.requests.find(asked, extended=_yes(extensions)))
        if not found:
            raise Wrong(404, "service_request_id was not found.")
        return answered("service_requests", found, form)

    @router.get("/v2/tokens/{token}.{form}")
    async def token(token: str, form: Form, jurisdiction_id: Text = None) -> Response:
        """The request that a token stands for. Filing here gives ids at once, so an id is its own token."""
        checked(form)
        found = await to_thread.run_sync(office.requests.find, RequestQuery(ids=[_id(token)]))
        if not found:
            raise Wrong(404, "token was not found.")
        known = found[0]["service_request_id"]
        return answered("service_requests", [{"service_request_id": known, "token": token}], form)

    @router.post(
        "/v2/requests.{form}",
        openapi_extra={"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": _POSTED}}}},
    )
    async def file(
        request: Request, form: Form, idempotency_key: Annotated[str | None, Header(max_length=200)] = None
    ) -> Response:
        """Files a request: form-encoded, with api_key."""
        checked(form)
        given, attributes = await _form(request)
        _authorised(office, given)
        if not given.get("service_code"):
            raise Wrong(400, "service_code is missing.")
        topic = topic_of(given["service_code"])
        key = _digest(given["api_key"], idempotency_key) if idempotency_key else None
        try:
            ticket = await to_thread.run_sync(office.intake.file, topic, given, attributes, key)
        except BadRequest as wrong:
            raise Wrong(400, f"missing or wrong: {wrong}") from None
        told = {"service_request_id": ticket.number, "service_notice": None, "account_id": given.get("account_id")}
        return answered("service_requests", [told], form, 201)

    @router.get("/v2/servicerequestupdates.{form}")
    async def updates(
        form: Form,
        start_date: Text = None,
        end_date: Text = None,
        page: Text = None,
        page_size: Text = None,
        jurisdiction_id: Text = None,
    ) -> Response:
        """Steps of requests in a span of dates (mySociety's extension)."""
        checked(form)
        query = _query(None, None, start_date, end_date, None, page, page_size)
        start, end = office.requests.span(query.start, query.end)
        found = await to_thread.run_sync(office.requests.updates, start, end, query.page, query.size)
        return answered("service_request_updates", found, form)

    @router.post(
        "/v2/servicerequestupdates.{form}",
        openapi_extra={"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": _UPDATED}}}},
    )
    async def update(request: Request, form: Form) -> Response:
        """A step that another program tells of: the citizen is told."""
        checked(form)
        given, _ = await _form(request)
        _authorised(office, given)
        number = normalise(given.get("service_request_id", "")) or ""
        status, note = status_of(given.get("status")), given.get("description", "")[:500]
        if status is None:
            raise Wrong(400, "status is missing or unknown: OPEN, CLOSED, or one of mySociety's.")
        at = _date("updated_datetime", given.get("updated_datetime"))
        told_id = given.get("update_id") or _digest(str(at), status, note)
        # Each program counts its updates, or each ticket's, from one.
        change = f"open311:{_digest(given['api_key'], number, told_id)}"
        try:
            await to_thread.run_sync(
                lambda: office.desk.follow(number, status, change=change, by="open311", note=note, at=at)
            )
        except NoSuchTicket:
            raise Wrong(404, "service_request_id was not found.") from None
        return answered("service_request_updates", [{"update_id": told_id}], form)

    return router


def catch_all() -> APIRouter:
    """Every other address under /open311, in GeoReport's words. Mounted last."""
    router = APIRouter(prefix="/open311", include_in_schema=False)

    @router.api_route("/{rest:path}", methods=["GET", "POST"])
    async def unknown(rest: str) -> Response:
        raise Wrong(404, "There is nothing here; see /open311/discovery.json.")

    @router.options("/{rest:path}")
    async def options(rest: str) -> Response:
        allowed = allowed_methods(rest)
        headers = {"Allow": allowed, "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": allowed}
        return Response(status_code=204, headers=headers)

    return router


_STRING = {"type": "string"}
_POSTED = {
    "type": "object",
    "required": ["api_key", "service_code"],
    "properties": dict.fromkeys(("api_key", "service_code", "lat", "long", "address_string", "address_id", "email", "device_id", "account_id", "first_name", "last_name", "phone", "description", "media_url", "attribute[place]"), _STRING),
}  # fmt: skip
_UPDATED = {
    "type": "object",
    "required": ["api_key", "service_request_id", "status"],
    "properties": dict.fromkeys(
        ("api_key", "service_request_id", "update_id", "status", "updated_datetime", "description"), _STRING
    ),
}


def _authorised(office: Office, given: Mapping[str, str]) -> None:
    if not office.allowed(given.get("api_key")):
        raise Wrong(403, "api_key is missing or wrong.")


async def _form(request: Request) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The posted parameters, and the attributes with all their values. The key may stand in the address as well."""
    try:
        body = await body_of(request, LARGEST)
        form = await Request(request.scope, _again(body)).form(max_files=5, max_fields=200)
    except TooLong:
        raise Wrong(413, f"A request is at most {LARGEST} bytes.") from None
    except Exception:
        raise Wrong(400, "The body is no form.") from None
    given: dict[str, str] = {}
    attributes: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if not isinstance(value, str):
            continue
        text = value.encode(errors="replace").decode().replace("\x00", "")
        if attribute := _ATTRIBUTE.fullmatch(name):
            attributes.setdefault(attribute.group(1), []).append(text)
        else:
            given.setdefault(name, text)
    if not given.get("api_key"):
        given["api_key"] = request.query_params.get("api_key", "")
    return given, attributes


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _id(text: str) -> str:
    """A request's id as it was sent: spaced as it is printed, or as it is."""
    return normalise(text) or text.replace("\x00", "")


def _digest(*parts: str) -> str:
    """The same for the same parts, and of one length."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:48]


def _query(
    ids: str | None,
    codes: str | None,
    start: str | None,
    end: str | None,
    status: str | None,
    page: str | None,
    size: str | None,
) -> RequestQuery:
    statuses = [one.lower() for one in _list(status)]
    if set(statuses) - {"open", "closed"}:
        raise Wrong(400, "status is open or closed.")
    first, last = _date("start_date", start), _date("end_date", end)
    if last and end and len(end.strip()) == len("2026-11-24"):
        # A day as an end means all of it.
        last += timedelta(days=1) - timedelta(seconds=1)
    if first and last and (last < first or last - first > SPAN + timedelta(days=1)):
        raise Wrong(400, f"start_date and end_date span at most {SPAN.days} days, the earlier first.")
    return RequestQuery(
        ids=[_id(one) for one in _list(ids)][:LIMIT],
        codes=_list(codes),
        statuses=statuses,
        start=first,
        end=last,
        page=_count("page", page, 1, 100_000),
        size=_count("page_size", size, LIMIT, LIMIT),
    )


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").replace("\x00", "").split(",") if part.strip()]


def _date(name: str, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return moment(text)
    except (ValueError, OverflowError):
        raise Wrong(400, f"{name} is no date in W3C form, such as 2026-11-24T00:00:00+08:00.") from None


def _count(name: str, text: str | None, usual: int, most: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most:
        raise Wrong(400, f"{name} is a number from 1 to {most}.")
    return int(text)


def _yes(text: str | None) -> bool:
    return (text or "").lower() in ("true", "1", "yes")
