"""Any GeoReport v2 server as our remote desk.

A request whose outcome is unknown is looked for before it is sent again: GeoReport has no idempotency of its own, so our number stands in
the description, and in the header Idempotency-Key for servers that know it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.open311.calls import Calls
from integrations.open311.forms import moment, records, w3c
from integrations.open311.mapping import Mapping311
from integrations.open311.statuses import status_of
from integrations.remote import Change, RemoteDesk, RemoteRefused, RemoteUnavailable, Submitted
from integrations.ticket import Ticket

WINDOW = timedelta(days=7)
"""Span of one query for changes."""

SHORTEST_WINDOW = timedelta(seconds=10)
PAGE = 100
FULL = 50
"""A list of this many or a multiple of it, from a server that knows no pages, is taken for the beginning of a longer one."""

MOST_PAGES = 200
LONGEST_DESCRIPTION = 4000
"""Characters that GeoReport allows."""

SOMEWHERE = "北京市"
"""The address of a ticket without a place: GeoReport wants one."""


class Open311Desk(RemoteDesk):
    """One server, spoken to through `calls`."""

    name = "open311"

    def __init__(self, calls: Calls, mapping: Mapping311 | None = None) -> None:
        self._calls = calls
        self._mapping = mapping or Mapping311()
        self._services: list[Mapping[str, Any]] | None = None
        self._definitions: dict[str, list[Mapping[str, Any]]] = {}
        self._offers_updates = True

    def submit(self, ticket: Ticket, key: str, *, again: bool) -> Submitted:
        """See RemoteDesk."""
        service = self._mapping.service(ticket, self._offered())
        if service is None:
            # The next one asks anew: services are added.
            self._services = None
            raise RemoteRefused(f"no service for {ticket.topic}")
        if again and (found := self._find(ticket)) is not None:
            return Submitted(external_id=found)
        told = self._calls.post("requests", self._posted(ticket, service), key)
        filed: Mapping[str, Any] = next(iter(records(told)), {})
        external_id, token = _text(filed.get("service_request_id")), _text(filed.get("token"))
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
            "description": text[:LONGEST_DESCRIPTION],
        }
        self._calls.post("servicerequestupdates", posted, key)

    def resolve(self, token: str) -> str | None:
        """See RemoteDesk."""
        try:
            told = records(self._calls.get(f"tokens/{token}"))
        except RemoteRefused:
            return None
        return _text(told[0].get("service_request_id")) if told else None

    def changes(self, since: datetime, until: datetime, oldest: datetime) -> Iterable[Change]:
        """See RemoteDesk: steps where the server offers them, else the requests since `oldest` with their status."""
        if self._offers_updates:
            try:
                yield from self._steps(since, until)
                return
            except RemoteRefused:
                self._offers_updates = False
            except RemoteUnavailable:
                # It may offer none and say so with a page or a 500. If it does, this span is asked for again.
                yield from self._states(oldest, until)
                raise
        yield from self._states(oldest, until)

    def _steps(self, since: datetime, until: datetime) -> list[Change]:
        found = []
        for told in self._dated("servicerequestupdates", since, until, "update_id"):
            if told.get("update_id") and told.get("service_request_id"):
                found.append(self._change(told, str(told["update_id"]), told.get("description")))
        return _in_order(found)

    def _states(self, oldest: datetime, until: datetime) -> list[Change]:
        found = []
        for told in self._dated("requests", oldest, until, "service_request_id"):
            if told.get("service_request_id"):
                state = f"{told['service_request_id']}:{told.get('status')}:{told.get('updated_datetime')}"
                found.append(self._change(told, state, told.get("status_notes")))
        return _in_order(found)

    def _change(self, told: Mapping[str, Any], name: str, note: Any) -> Change:
        external_id = str(told["service_request_id"])
        when = _moment(told.get("updated_datetime"))
        return Change(f"{self._calls.root}#{name}", external_id, status_of(told.get("status")), _text(note) or "", when)

    def _dated(
        self, what: str, start: datetime, end: datetime, key: str, span: timedelta = WINDOW
    ) -> Iterator[Mapping[str, Any]]:
        """Everything of a span, window by window; a window that is too much for a server without pages is halved."""
        while start < end:
            until = min(start + span, end)
            found, whole = self._pages(what, {"start_date": w3c(start), "end_date": w3c(until)}, key)
            if whole or span <= SHORTEST_WINDOW:
                yield from found
            else:
                yield from self._dated(what, start, until, key, span / 2)
            start = until

    def _pages(self, what: str, asked: Mapping[str, str], key: str) -> tuple[list[Mapping[str, Any]], bool]:
        """Every page of a query, and whether that is all there is. A page that brings nothing new is the last."""
        found: dict[str, Mapping[str, Any]] = {}
        for page in range(1, MOST_PAGES + 1):
            told = self._calls.get(what, {**asked, "page": str(page), "page_size": str(PAGE)})
            new = {str(one.get(key)): one for one in records(told) if str(one.get(key)) not in found}
            if not new:
                ignores_pages = page > 1 and bool(records(told))
                return list(found.values()), not (ignores_pages and len(found) % FULL == 0)
            found |= new
        return list(found.values()), False

    def _offered(self) -> list[Mapping[str, Any]]:
        if self._services is None:
            self._services = [one for one in records(self._calls.get("services")) if one.get("service_code")]
        return self._services

    def _defined(self, service: str) -> list[Mapping[str, Any]]:
        if service not in self._definitions:
            entry = next(s for s in self._offered() if str(s["service_code"]) == service)
            defined: list[Mapping[str, Any]] = []
            if str(entry.get("metadata")).lower() == "true":
                told: Mapping[str, Any] = next(iter(records(self._calls.get(f"services/{service}"))), {})
                defined = [one for one in records(told.get("attributes")) if one.get("code")]
            self._definitions[service] = defined
        return self._definitions[service]

    def _posted(self, ticket: Ticket, service: str) -> dict[str, str | list[str]]:
        place = ticket.value("place") or ticket.value("estate") or ticket.value("village") or ""
        where = "".join(dict.fromkeys(part for part in (ticket.district, ticket.street, place) if part))
        anonymous = bool(ticket.value("anonymous"))
        mark = f"\n{marker(ticket)}"
        words = str(ticket.value("description") or ticket.topic_name)
        posted = {
            "service_code": service,
            "description": words[: LONGEST_DESCRIPTION - len(mark)] + mark,
            "lat": ticket.value("lat"),
            "long": ticket.value("long"),
            "address_id": ticket.value("address_id"),
            "address_string": where or SOMEWHERE,
            "phone": None if anonymous else ticket.phone,
            "first_name": None if anonymous else ticket.value("contact_name"),
        }
        return {name: str(value) for name, value in posted.items() if value} | self._mapping.attributes(
            ticket, self._defined(service)
        )

    def _find(self, ticket: Ticket) -> str | None:
        """A request that an earlier attempt may have filed."""
        start, now = ticket.created_at - timedelta(minutes=10), datetime.now(UTC)
        until = min(ticket.created_at + timedelta(days=4), now)
        for told in self._dated("requests", start, until, "service_request_id"):
            if marker(ticket) in str(told.get("description")):
                return _text(told.get("service_request_id"))
        if until < now:
            return None
        # Its clock may be ahead of ours. Without an end: some servers refuse a date to come.
        latest, _ = self._pages("requests", {"start_date": w3c(max(start, until))}, "service_request_id")
        found = (told for told in latest if marker(ticket) in str(told.get("description")))
        return next((_text(told.get("service_request_id")) for told in found), None)


def marker(ticket: Ticket) -> str:
    """Our number, as it stands in the description."""
    return f"〔接诉工单 {ticket.number}〕"


def _in_order(changes: list[Change]) -> list[Change]:
    """The oldest first: a list may have the newest on top. One without a date keeps its neighbour's place."""
    dated: list[tuple[datetime, int, Change]] = []
    latest = datetime.min.replace(tzinfo=UTC)
    for n, change in enumerate(changes):
        latest = change.at or latest
        dated.append((latest, n, change))
    return [change for _, _, change in sorted(dated, key=lambda one: one[:2])]


def _moment(told: Any) -> datetime | None:
    try:
        return moment(str(told)) if told else None
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str | None:
    text = str(value).strip() if value is not None else ""
    return text or None
