"""Any GeoReport v2 server as our remote desk.

A request whose outcome is unknown is looked for before it is sent again: GeoReport has no idempotency of its own, so our number stands in
the description, and in the header Idempotency-Key for servers that know it.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from integrations.open311.forms import Malformed, moment, read, w3c
from integrations.open311.mapping import Mapping311
from integrations.remote import Change, RemoteDesk, RemoteRefused, RemoteUnavailable, Submitted
from integrations.status import Status
from integrations.ticket import Ticket

log = logging.getLogger(__name__)

TIMEOUT = 15.0
WINDOW = timedelta(days=7)
"""Span of one query for changes."""

LOOKED_BACK = timedelta(days=60)
"""How old a request may be whose status is still asked for by its date of filing."""

PAGE = 100
MOST_PAGES = 200
STATUSES = {
    "open": Status.ACCEPTED,
    "accepted": Status.ACCEPTED,
    "investigating": Status.IN_PROGRESS,
    "in_progress": Status.IN_PROGRESS,
    "action_scheduled": Status.IN_PROGRESS,
    "closed": Status.RESOLVED,
    "fixed": Status.RESOLVED,
    "no_further_action": Status.RESOLVED,
    "reopened": Status.REOPENED,
}


class Open311Desk(RemoteDesk):
    """One server by its root (…/open311/v2)."""

    name = "open311"

    def __init__(
        self,
        root: str,
        api_key: str,
        form: str = "json",
        mapping: Mapping311 | None = None,
        jurisdiction: str | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        self._root = root.rstrip("/")
        self._key = api_key
        self._form = form
        self._mapping = mapping or Mapping311()
        self._jurisdiction = {"jurisdiction_id": jurisdiction} if jurisdiction else {}
        self._http = http or httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=True)
        self._services: list[Mapping[str, Any]] | None = None
        self._definitions: dict[str, list[Mapping[str, Any]]] = {}
        self._offers_updates = True

    def submit(self, ticket: Ticket, key: str, *, again: bool) -> Submitted:
        """See RemoteDesk."""
        service = self._mapping.service(ticket, self._offered())
        if service is None:
            raise RemoteRefused(f"no service for {ticket.topic}")
        if again and (found := self._find(ticket, service)) is not None:
            return Submitted(external_id=found)
        posted = self._posted(ticket, service)
        answer = self._call("POST", "requests", data=posted, headers={"Idempotency-Key": key})
        told = _first(answer)
        external_id, token = _text(told.get("service_request_id")), _text(told.get("token"))
        if not external_id and not token:
            raise RemoteUnavailable("neither id nor token in the answer", unknown=True)
        return Submitted(external_id, token)

    def note(self, ticket: Ticket, external_id: str, text: str, key: str) -> None:
        """See RemoteDesk. A server without updates cannot be told: that is an operator's to do."""
        posted = {
            "service_request_id": external_id,
            "update_id": key,
            "status": "OPEN",
            "updated_datetime": w3c(ticket.history[-1].at),
            "description": text,
        }
        self._call("POST", "servicerequestupdates", data={"api_key": self._key, **posted, **self._jurisdiction})

    def resolve(self, token: str) -> str | None:
        """See RemoteDesk."""
        try:
            return _text(_first(self._call("GET", f"tokens/{token}")).get("service_request_id"))
        except RemoteRefused:
            return None

    def changes(self, since: datetime, until: datetime) -> Iterable[Change]:
        """See RemoteDesk: steps where the server offers them, else the requests of the last weeks with their status."""
        if self._offers_updates:
            try:
                yield from self._steps(since, until)
                return
            except RemoteRefused:
                self._offers_updates = False
        yield from self._states(until)

    def _steps(self, since: datetime, until: datetime) -> Iterable[Change]:
        for told in self._pages("servicerequestupdates", since, until):
            status = STATUSES.get(str(told.get("status", "")).lower())
            if status is not None and told.get("update_id"):
                yield self._change(told, f"{self._root}#{told['update_id']}", status, _text(told.get("description")))

    def _states(self, until: datetime) -> Iterable[Change]:
        start = until - LOOKED_BACK
        while start < until:
            end = min(start + WINDOW, until)
            for told in self._pages("requests", start, end):
                status = STATUSES.get(str(told.get("status", "")).lower())
                if status is not None and status is not Status.ACCEPTED:
                    changed = f"{self._root}#{told.get('service_request_id')}:{told.get('status')}:{told.get('updated_datetime')}"
                    yield self._change(told, changed, status, _text(told.get("status_notes")))
            start = end

    def _change(self, told: Mapping[str, Any], change: str, status: Status, note: str | None) -> Change:
        at = _text(told.get("updated_datetime"))
        return Change(change, str(told.get("service_request_id")), status, note or "", moment(at or "1971-01-01"))

    def _pages(self, what: str, start: datetime, end: datetime) -> Iterable[Mapping[str, Any]]:
        """Every page of a query; a server that knows no pages gives the same one again, and is asked no further."""
        before: list[Any] = []
        for page in range(1, MOST_PAGES + 1):
            asked = {"start_date": w3c(start), "end_date": w3c(end), "page": str(page), "page_size": str(PAGE)}
            found = _listed(self._call("GET", what, params=asked))
            if not found or found == before:
                return
            yield from found
            if len(found) < PAGE:
                return
            before = found

    def _offered(self) -> list[Mapping[str, Any]]:
        if self._services is None:
            self._services = _listed(self._call("GET", "services"))
        return self._services

    def _defined(self, service: str) -> list[Mapping[str, Any]]:
        if service not in self._definitions:
            entry = next(s for s in self._offered() if str(s["service_code"]) == service)
            defined: list[Mapping[str, Any]] = []
            if str(entry.get("metadata")).lower() == "true":
                answer = self._call("GET", f"services/{service}")
                told = answer[0] if isinstance(answer, list) and answer else answer
                defined = list(told.get("attributes") or ()) if isinstance(told, Mapping) else []
            self._definitions[service] = defined
        return self._definitions[service]

    def _posted(self, ticket: Ticket, service: str) -> dict[str, str]:
        place = ticket.value("place") or ticket.value("estate") or ticket.value("village") or ""
        where = [part for part in (ticket.district, ticket.street, place) if part]
        anonymous = bool(ticket.value("anonymous"))
        posted = {
            "api_key": self._key,
            "service_code": service,
            "description": f"{ticket.value('description') or ticket.topic_name}\n{marker(ticket)}",
            "address_string": "".join(dict.fromkeys(where)),
            "phone": "" if anonymous else ticket.phone or "",
            "first_name": "" if anonymous else str(ticket.value("contact_name") or ""),
            **self._jurisdiction,
        }
        attributes = self._mapping.attributes(ticket, self._defined(service))
        return {k: v for k, v in posted.items() if v} | {f"attribute[{k}]": v for k, v in attributes.items()}

    def _find(self, ticket: Ticket, service: str) -> str | None:
        """A request that an earlier attempt may have filed."""
        start, end = ticket.created_at - timedelta(minutes=10), ticket.created_at + timedelta(days=4)
        for told in self._pages("requests", start, end):
            if str(told.get("service_code")) == service and marker(ticket) in str(told.get("description")):
                return _text(told.get("service_request_id"))
        return None

    def _call(self, method: str, what: str, **options: Any) -> Any:
        """One call, read. RemoteUnavailable, RemoteRefused."""
        params = {**self._jurisdiction, **options.pop("params", {})}
        try:
            response = self._http.request(method, f"{self._root}/{what}.{self._form}", params=params, **options)
        except httpx.ConnectError:
            raise RemoteUnavailable("cannot be reached") from None
        except httpx.HTTPError as error:
            raise RemoteUnavailable(type(error).__name__, unknown=method == "POST") from None
        if response.status_code == 429 or response.status_code >= 500:
            raise RemoteUnavailable(f"status {response.status_code}", _retry_after(response), unknown=method == "POST")
        if response.status_code >= 400:
            raise RemoteRefused(f"status {response.status_code} to {what.partition('/')[0]}")
        try:
            return read(response.content, self._form)
        except Malformed:
            raise RemoteUnavailable("an answer that cannot be read", unknown=method == "POST") from None


def marker(ticket: Ticket) -> str:
    """Our number, as it stands in the description."""
    return f"〔接诉工单 {ticket.number}〕"


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return min(float(value), 3600.0) if value.isdigit() else None


def _listed(answer: Any) -> list[Mapping[str, Any]]:
    if isinstance(answer, Mapping):
        answer = next((inner for inner in answer.values() if isinstance(inner, list)), [answer])
    return [one for one in answer or [] if isinstance(one, Mapping)]


def _first(answer: Any) -> Mapping[str, Any]:
    found = _listed(answer)
    return found[0] if found else {}


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None
