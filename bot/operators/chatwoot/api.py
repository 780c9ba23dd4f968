"""Chatwoot's Application API, as much of it as is needed: contacts, conversations, messages of one API-channel inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

ATTRIBUTE = "jiesu_conversation"
"""The custom attribute that holds our conversation's id: what was made before a crash is found again by it."""


class ChatwootError(Exception):
    """Chatwoot is away or did not take it; worth a retry later. Never holds what was sent."""


@dataclass(frozen=True, slots=True, repr=False)
class File:
    """What goes along with a message."""

    name: str
    data: bytes
    media_type: str


class ChatwootApi:
    """One account and one inbox of one Chatwoot."""

    def __init__(self, url: str, token: str, account: int, inbox: int, timeout: float = 15.0) -> None:
        self._inbox = inbox
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/api/v1/accounts/{account}",
            headers={"api_access_token": token},
            timeout=timeout,
            trust_env=False,
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def open_conversation(self, conversation_id: str, name: str, attributes: dict[str, Any]) -> int:
        """Chatwoot's number of our conversation: the one that was made for it before, or a new one, pending."""
        contact, source = await self._contact(conversation_id, name)
        for known in await self._list(f"/contacts/{contact}/conversations"):
            if (known.get("custom_attributes") or {}).get(ATTRIBUTE) == conversation_id:
                return int(known["id"])
        made = await self._call(
            "POST",
            "/conversations",
            json={
                "source_id": source,
                "inbox_id": self._inbox,
                "contact_id": contact,
                "status": "pending",
                "custom_attributes": {ATTRIBUTE: conversation_id, **attributes},
            },
        )
        return int(made["id"])

    async def _contact(self, identifier: str, name: str) -> tuple[int, str]:
        """A contact's id and its source id in the inbox."""
        for known in await self._list("/contacts/search", params={"q": identifier}):
            if known.get("identifier") == identifier:
                for inbox in known.get("contact_inboxes") or ():
                    if (inbox.get("inbox") or {}).get("id") == self._inbox:
                        return int(known["id"]), str(inbox["source_id"])
        body = {"inbox_id": self._inbox, "name": name, "identifier": identifier}
        made = (await self._call("POST", "/contacts", json=body))["payload"]
        return int(made["contact"]["id"]), str(made["contact_inbox"]["source_id"])

    async def conversation(self, number: int) -> dict[str, Any]:
        """{"status", "meta": {"assignee"}, …}."""
        return await self._call("GET", f"/conversations/{number}")

    async def messages(self, number: int) -> Sequence[dict[str, Any]]:
        """The newest messages, the oldest first."""
        return await self._list(f"/conversations/{number}/messages")

    async def post(
        self, number: int, content: str, *, kind: str, source_id: str, private: bool = False, file: File | None = None
    ) -> None:
        """One message: `kind` is incoming (the citizen's) or outgoing; `file` goes with it."""
        fields = {"content": content, "message_type": kind, "private": private, "source_id": source_id}
        path = f"/conversations/{number}/messages"
        if file is None:
            await self._call("POST", path, json=fields)
            return
        data = {name: str(value).lower() if isinstance(value, bool) else value for name, value in fields.items()}
        await self._call("POST", path, data=data, files={"attachments[]": (file.name, file.data, file.media_type)})

    async def set_status(self, number: int, status: str) -> None:
        """open, pending or resolved."""
        await self._call("POST", f"/conversations/{number}/toggle_status", json={"status": status})

    async def set_priority(self, number: int, priority: str) -> None:
        """urgent, high, medium or low."""
        await self._call("POST", f"/conversations/{number}/toggle_priority", json={"priority": priority})

    async def _list(self, path: str, **options: Any) -> Sequence[dict[str, Any]]:
        found = await self._call("GET", path, **options)
        payload: Sequence[dict[str, Any]] = found["payload"]
        return payload

    async def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = await self._http.request(method, path, **options)
            response.raise_for_status()
            answer: dict[str, Any] = response.json() if response.content else {}
            return answer
        except httpx.HTTPStatusError as error:
            raise ChatwootError(f"{method}: {error.response.status_code}") from None
        except (httpx.HTTPError, ValueError) as error:
            raise ChatwootError(f"{method}: {type(error).__name__}") from None
