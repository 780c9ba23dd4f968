"""What Chatwoot's people do, carried to the operators' desk: taking, speaking, giving back, closing.

A webhook is taken at its word for a message and is a hint for everything else: the truth is asked for. What no webhook told (Chatwoot
sends each one once) is found by asking for the open conversations from time to time.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from anyio import to_thread

from bot.operators.chatwoot.api import ChatwootApi, ChatwootError
from bot.operators.chatwoot.mirroring import OURS
from bot.operators.desk import OperatorDesk
from integrations.escalation import HELD, AlreadyTaken, EscalationError, NotYours
from integrations.mirrors import Mirror, Mirrors

log = logging.getLogger(__name__)

OPERATOR = "chatwoot:"
"""What the name of an operator begins with who sits at Chatwoot; their id there follows."""

OUTGOING = ("outgoing", 1)
"""Chatwoot's API says a message's kind as a number, its webhooks as a word."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """From Chatwoot to the desk."""

    api: ChatwootApi
    mirrors: Mirrors
    desk: OperatorDesk
    announce: Callable[[str], None]

    async def event(self, event: Mapping[str, Any]) -> None:
        """One webhook, of an agent bot, an inbox or an account. ChatwootError when the truth cannot be had."""
        if event.get("event") == "message_created":
            mirror = await self._mirror((event.get("conversation") or {}).get("id"))
            if mirror is not None:
                await self._message(mirror, event)
        elif str(event.get("event", "")).startswith("conversation_"):
            mirror = await self._mirror(event.get("id"))
            if mirror is not None:
                changes = event.get("changed_attributes") or ()
                await self.look(mirror, assigned=any("assignee_id" in change for change in changes))

    async def reconcile(self) -> None:
        """Looks at every open conversation: what no webhook told is found here."""
        for mirror in await to_thread.run_sync(self.mirrors.open):
            try:
                await self.look(mirror)
            except ChatwootError as error:
                log.warning("chatwoot: %s", error)
                return

    async def look(self, mirror: Mirror, *, assigned: bool = False) -> None:
        """Brings the desk to where one conversation stands in Chatwoot. `assigned`: somebody was assigned just now.

        Otherwise whoever spoke last goes on holding it, though it was assigned to a colleague before.
        """
        assert mirror.chatwoot_id is not None
        now = await self.api.conversation(mirror.chatwoot_id)
        for message in await self.api.messages(mirror.chatwoot_id):
            await self._message(mirror, message)
        # Taken or ended in this very moment by somebody else: they were first.
        with suppress(EscalationError):
            await to_thread.run_sync(self._stand, mirror, now, assigned)
        self.announce(mirror.conversation_id)

    async def _mirror(self, number: Any) -> Mirror | None:
        return await to_thread.run_sync(self.mirrors.of, int(number)) if number is not None else None

    async def _message(self, mirror: Mirror, message: Mapping[str, Any]) -> None:
        sender = message.get("sender") or {}
        said_to_citizen = (
            message.get("message_type") in OUTGOING
            and not message.get("private")
            and sender.get("type") == "user"
            and not str(message.get("source_id") or "").startswith(OURS)
        )
        if said_to_citizen:
            with suppress(EscalationError):
                await to_thread.run_sync(self._say, mirror, f"cw:{message['id']}", _words(message), sender)
            self.announce(mirror.conversation_id)

    def _say(self, mirror: Mirror, message_id: str, text: str, sender: Mapping[str, Any]) -> None:
        if not text.strip() or self.desk.journal.knows(mirror.conversation_id, message_id):
            return
        operator = f"{OPERATOR}{sender.get('id')}"
        if self._hold(mirror.conversation_id, operator):
            more = {"chatwoot": mirror.chatwoot_id}
            self.desk.reply(mirror.conversation_id, operator, text, message_id, more)

    def _hold(self, conversation_id: str, operator: str) -> bool:
        """Whoever speaks or is assigned holds it; False while an operator at our own console does."""
        try:
            self.desk.take(conversation_id, operator)
        except AlreadyTaken as taken:
            if not taken.operator.startswith(OPERATOR):
                log.info("chatwoot: held at the other console")
                return False
            try:
                self.desk.transfer(conversation_id, taken.operator, operator)
            except NotYours:
                return False
        return True

    def _stand(self, mirror: Mirror, now: Mapping[str, Any], assigned: bool) -> None:
        """Status and assignee, once Chatwoot's people were wanted: resolved closes, pending gives back, an assignee holds."""
        conversation_id, status = mirror.conversation_id, str(now.get("status"))
        assignee = ((now.get("meta") or {}).get("assignee") or {}).get("id")
        place = self.desk.escalations.place(conversation_id)
        if place is None:
            return
        if mirror.status != "open":
            if status != "open":
                return
            # Whoever opened it could not note that any more: from here on pending and resolved are an agent's word.
            self.mirrors.set_status(conversation_id, status)
        theirs = place.state != HELD or str(place.operator).startswith(OPERATOR)
        if status == "open":
            free = place.state != HELD or assigned
            if free and assignee is not None and place.operator != f"{OPERATOR}{assignee}":
                self._hold(conversation_id, f"{OPERATOR}{assignee}")
        elif status in ("resolved", "pending") and theirs:
            operator = place.operator or f"{OPERATOR}{assignee or ''}"
            if place.state != HELD:
                self.desk.escalations.take(conversation_id, operator)
            end = self.desk.close if status == "resolved" else self.desk.give_back
            end(conversation_id, operator)
            self.mirrors.set_status(conversation_id, status)


def _words(message: Mapping[str, Any]) -> str:
    """What is said, with where its files lie: the citizen's channel carries words."""
    said = str(message.get("content") or "").strip()
    files = [str(one["data_url"]) for one in message.get("attachments") or () if one.get("data_url")]
    return "\n".join([*([said] if said else []), *(f"坐席发来的文件：{url}" for url in files)])
