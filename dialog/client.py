"""Speaks to Rasa over its REST channel."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from dialog.actions.interruptions import HANDOVER_PAYLOAD, QUESTION_PAYLOAD, TICKET_PAYLOAD
from dialog.actions.later import LATER_PAYLOAD

UNCHANGED = "unchanged"
"""As what is asked: the question that was asked last."""


class DialogUnavailable(Exception):
    """Rasa did not answer, or answered nothing: an action has crashed, or the server is away. Worth a retry later."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the bot; `buttons` are {"title", "payload"}."""

    text: str
    buttons: tuple[Mapping[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the HTTP API shows it."""
        return {"text": self.text, "buttons": [dict(button) for button in self.buttons]}


@dataclass(frozen=True, slots=True)
class DialogAnswer:
    """All that the dialog answered to one message; `handover` is the reason why a person is wanted, if one is."""

    replies: tuple[Reply, ...]
    asking: str | None
    ticket_number: str | None
    handover: str | None
    later: tuple[Mapping[str, Any], ...] = ()
    """Other matters told before this one was filed, to be taken up now: {"text", "turn"}."""


class RasaDialog:
    """The dialog behind one Rasa server."""

    def __init__(self, url: str, timeout: float) -> None:
        self._timeout = timeout
        self._http = httpx.AsyncClient(
            base_url=url, timeout=timeout, trust_env=False, limits=httpx.Limits(max_connections=64)
        )

    async def say(self, conversation_id: str, text: str, metadata: Mapping[str, Any]) -> DialogAnswer:
        """One turn. DialogUnavailable when there is no answer, whatever the reason."""
        body = {"sender": conversation_id, "message": _not_a_command(text), "metadata": dict(metadata)}
        try:
            try:
                response = await self._http.post("/webhooks/rest/webhook", json=body)
            except httpx.ConnectError:
                # Nothing was sent, so saying it again is safe; a server that is being started again is worth waiting for.
                await self._come_back()
                response = await self._http.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            messages = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DialogUnavailable(type(error).__name__) from None
        if not messages:
            # Rasa answers 200 with [] when an action crashed.
            raise DialogUnavailable("empty answer")
        return _answer(messages)

    async def _come_back(self) -> None:
        deadline = asyncio.get_running_loop().time() + self._timeout
        while not await self.ready():
            if asyncio.get_running_loop().time() > deadline:
                raise DialogUnavailable("not running")
            await asyncio.sleep(0.25)

    async def ready(self) -> bool:
        """Whether a model is loaded and answers."""
        try:
            response = await self._http.get("/status", timeout=2.0)
            return response.status_code == httpx.codes.OK and bool(response.json().get("model_file"))
        except (httpx.HTTPError, ValueError):
            return False

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()


def _not_a_command(text: str) -> str:
    """Rasa takes a leading slash for an intent's name; from a citizen it is only a slash."""
    return f"／{text[1:]}" if text.startswith("/") else text


def _answer(messages: list[dict[str, Any]]) -> DialogAnswer:
    replies: list[Reply] = []
    directives: dict[str, Any] = {}
    for message in messages:
        if message.get("text"):
            replies.append(Reply(message["text"], tuple(message.get("buttons") or ())))
        directives.update(message.get("custom") or {})
    return DialogAnswer(
        tuple(replies),
        directives.get(QUESTION_PAYLOAD),
        directives.get(TICKET_PAYLOAD),
        directives.get(HANDOVER_PAYLOAD),
        tuple(directives.get(LATER_PAYLOAD) or ()),
    )
