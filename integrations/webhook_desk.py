"""A signed webhook, for ticket systems that speak nothing standard: what we send, and how what they send is checked.

Each request carries X-Jiesu-Timestamp (seconds since 1970) and X-Jiesu-Signature, `sha256=` and the hex HMAC-SHA256 over `timestamp.body`
with the shared secret. Both sides refuse what is older than REPLAY_WINDOW; what comes twice within it does nothing twice (Idempotency-Key
there, `id` here).
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx

from integrations import numbers
from integrations.open311.calls import LATER, NOT_TAKEN, retry_after
from integrations.open311.forms import moment
from integrations.remote import Change, RemoteDesk, RemoteRefused, RemoteUnavailable, Submitted
from integrations.status import Status
from integrations.ticket import Ticket

TIMEOUT = 15.0
REPLAY_WINDOW = 300
"""Seconds."""

TIMESTAMP, SIGNATURE = "X-Jiesu-Timestamp", "X-Jiesu-Signature"


class BadHook(Exception):
    """Not signed with our secret, too old, or not what is agreed; the message says which."""


class NotAgreed(BadHook):
    """Signed, but not in the form that is agreed."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Jiesu-Signature."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes, now: float | None = None) -> dict[str, str]:
    """The headers of a request."""
    timestamp = str(int(time.time() if now is None else now))
    return {TIMESTAMP: timestamp, SIGNATURE: signature(secret, timestamp, body), "Content-Type": "application/json"}


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None) -> None:
    """BadHook unless it was signed with the secret a short while ago."""
    timestamp = headers.get(TIMESTAMP, headers.get(TIMESTAMP.lower(), ""))
    given = headers.get(SIGNATURE, headers.get(SIGNATURE.lower(), ""))
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 15):
        raise BadHook("no timestamp")
    if not hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode()):
        raise BadHook("wrong signature")
    if abs((time.time() if now is None else now) - int(timestamp)) > REPLAY_WINDOW:
        raise BadHook("too old")


def change_of(body: bytes) -> Change:
    """A change that the remote tells: {"id", "external_id", "number", "status", "note", "at"}. NotAgreed for anything else.

    `number` is ours: with it the remote may tell its id for the first time. Without `status` the note alone is told.
    """
    try:
        told = json.loads(body)
        at = moment(str(told["at"])) if told.get("at") else None
        status = Status(told["status"]) if told.get("status") else None
        external_id = _text(told, "external_id")
        number = numbers.normalise(_text(told, "number")) if told.get("number") else None
        if not (external_id or number):
            raise ValueError
        # The id belongs to its ticket: a remote may count each ticket's changes from one.
        name = f"hook:{external_id or number}:{told['id']!s}"[:200]
        return Change(name, external_id, status, _text(told, "note")[:500], at, number)
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError):
        raise NotAgreed("not the agreed form") from None


def _text(told: Mapping[str, Any], name: str) -> str:
    return str(told.get(name) or "").replace("\x00", "")


class WebhookDesk(RemoteDesk):
    """One address that takes our tickets. It tells of changes by calling POST /desk/hook."""

    name = "webhook"

    def __init__(self, url: str, secret: str, http: httpx.Client | None = None) -> None:
        self._url = url
        self._secret = secret
        self._http = http or httpx.Client(timeout=TIMEOUT, trust_env=False)

    def submit(self, ticket: Ticket, key: str, *, again: bool) -> Submitted:
        """See RemoteDesk. The agreement asks the remote to know the key again."""
        answer = self._send({"event": "ticket.filed", "ticket": ticket.as_json()}, key)
        external_id = answer.get("external_id")
        return Submitted(str(external_id)) if external_id else Submitted(token=str(answer.get("token") or key))

    def note(self, ticket: Ticket, external_id: str, text: str, key: str) -> None:
        """See RemoteDesk."""
        told = {"event": "ticket.noted", "external_id": external_id, "number": ticket.number, "text": text}
        self._send(told, key)

    def _send(self, told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        body = json.dumps(told, ensure_ascii=False).encode()
        try:
            response = self._http.post(
                self._url, content=body, headers={**signed(self._secret, body), "Idempotency-Key": key}
            )
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise RemoteUnavailable("cannot be reached") from None
        except httpx.HTTPError as error:
            raise RemoteUnavailable(type(error).__name__, unknown=True) from None
        if response.status_code in LATER or response.status_code >= 500:
            unknown = response.status_code not in NOT_TAKEN
            raise RemoteUnavailable(f"status {response.status_code}", retry_after(response), unknown=unknown)
        if not response.is_success:
            raise RemoteRefused(f"status {response.status_code}")
        if not response.content.strip():
            return {}
        try:
            answer = response.json()
        except ValueError:
            raise RemoteUnavailable("an answer that cannot be read", unknown=True) from None
        return answer if isinstance(answer, Mapping) else {}
