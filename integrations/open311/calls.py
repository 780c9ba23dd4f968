"""One GeoReport server over HTTP: calls made, answers read, and what went wrong told apart."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from integrations.open311.forms import Malformed, read, records
from integrations.remote import RemoteRefused, RemoteUnavailable

TIMEOUT = 15.0
LONGEST_WAIT = 3600.0
"""Seconds of a Retry-After that are believed."""

NOT_TAKEN = (429, 503)
"""Statuses by which a server says that it did not take the message, but may later."""

LATER = (408, 425, *NOT_TAKEN)
_IDS = ("service_request_id", "token", "service_code", "update_id")


class Calls:
    """A server by its root (…/open311/v2), what it speaks, and what it wants with each call."""

    def __init__(
        self,
        root: str,
        api_key: str,
        form: Literal["json", "xml"] = "json",
        jurisdiction: str = "",
        http: httpx.Client | None = None,
    ) -> None:
        self.root = root.rstrip("/")
        self._key = api_key
        self._form: str = form
        self._jurisdiction = {"jurisdiction_id": jurisdiction} if jurisdiction else {}
        self._http = http or httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=True)

    def get(self, what: str, asked: Mapping[str, str] | None = None) -> Any:
        """What stands there, read. RemoteUnavailable, RemoteRefused."""
        return self._call("GET", what, params={**self._jurisdiction, **(asked or {})})

    def post(self, what: str, given: Mapping[str, str | Sequence[str]], key: str) -> Any:
        """Posts a form; the answer, read. RemoteUnavailable, RemoteRefused."""
        form = {"api_key": self._key, **self._jurisdiction, **given}
        return self._call("POST", what, data=form, headers={"Idempotency-Key": key})

    def _call(self, method: str, what: str, **options: Any) -> Any:
        posts, kind = method == "POST", what.partition("/")[0]
        try:
            response = self._http.request(method, f"{self.root}/{what}.{self._form}", **options)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise RemoteUnavailable("cannot be reached") from None
        except httpx.HTTPError as error:
            raise RemoteUnavailable(type(error).__name__, unknown=posts) from None
        if response.request.method != method or response.is_redirect:
            # Followed as a GET, it would have brought somebody else's requests.
            raise RemoteRefused(f"{kind} are elsewhere (status {(response.history or [response])[0].status_code})")
        _check(response.status_code, kind, response, posts)
        try:
            answer = read(response.content, self._form)
        except Malformed:
            raise RemoteUnavailable("an answer that cannot be read", unknown=posts) from None
        if (code := _complaint(answer)) is not None:
            _check(code, kind, response, posts)
            raise RemoteUnavailable("an error without a status", unknown=posts)
        if self._form == "xml" and b"<html" in response.content[:500].lower():
            raise RemoteUnavailable("a page instead of an answer", unknown=posts)
        return answer


def _check(status: int, kind: str, response: httpx.Response, posts: bool) -> None:
    if status in LATER or status >= 500:
        unknown = posts and status not in NOT_TAKEN
        raise RemoteUnavailable(f"status {status}", retry_after(response), unknown=unknown)
    if status >= 400:
        raise RemoteRefused(f"status {status} to {kind}")


def _complaint(answer: Any) -> int | None:
    """The status in an error that came as if all were well; None for what is no error, 0 for one without a status."""
    told = records(answer)
    if not told or "code" not in told[0] or any(name in told[0] for name in _IDS):
        return None
    code = str(told[0]["code"])
    return int(code) if code.isdecimal() and len(code) == 3 else 0


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait: told as such, or as a date."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), LONGEST_WAIT)
    try:
        wait = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT)
