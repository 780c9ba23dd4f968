"""Where Chatwoot's webhooks arrive: `POST /chatwoot`, for an agent bot, an API inbox and an account alike.

A Chatwoot that signs its webhooks (`X-Chatwoot-Signature`: HMAC-SHA256 over "timestamp.body") is known by the signature, an older one by
`?secret=…` in the address that it was given.
"""

import hashlib
import hmac
import json
import logging
import time

from fastapi import APIRouter, Header, Query, Request

from bot.channels.problems import Problem
from bot.operators.chatwoot.api import ChatwootError
from bot.operators.chatwoot.hearing import Hearing

log = logging.getLogger(__name__)

OLDEST_SECONDS = 300
LARGEST = 1024 * 1024


def chatwoot_router(secret: str, hearing: Hearing) -> APIRouter:
    """The route, for whoever knows the secret."""
    router = APIRouter(include_in_schema=False)

    @router.post("/chatwoot")
    async def event(
        request: Request,
        x_chatwoot_signature: str = Header("", max_length=128),
        x_chatwoot_timestamp: str = Header("", max_length=20),
        given: str = Query("", alias="secret", max_length=256),
    ) -> dict[str, bool]:
        body = await request.body()
        signed = bool(x_chatwoot_signature)
        known = (
            _signed(secret, body, x_chatwoot_signature, x_chatwoot_timestamp)
            if signed
            else bool(given) and hmac.compare_digest(given.encode(), secret.encode())
        )
        if not known:
            raise Problem(401, "不是Chatwoot发来的。")
        if len(body) > LARGEST:
            raise Problem(413, "太大了。")
        try:
            told = json.loads(body)
            await hearing.event(told)
        except ChatwootError as error:
            # Found again when the open conversations are looked at.
            log.warning("chatwoot: %s", error)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Problem(422, "格式不对。") from None
        return {"ok": True}

    return router


def _signed(secret: str, body: bytes, signature: str, timestamp: str) -> bool:
    if not timestamp.isascii() or not timestamp.isdigit() or abs(time.time() - int(timestamp)) > OLDEST_SECONDS:
        return False
    right = "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode(), right.encode())
