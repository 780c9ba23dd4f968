"""One turn, from a citizen's words to the answer. Every channel uses this door."""

import logging
from dataclasses import dataclass, replace
from typing import Any

from anyio import to_thread

from bot.turns import TurnLocks
from bot.utterance import LONGEST_UNDERSTOOD, clean
from dialog.actions import wording
from dialog.client import DialogAnswer, DialogUnavailable, RasaDialog, Reply
from integrations.desk import TicketDesk
from integrations.drafts import Drafts
from integrations.evidence import Evidence
from integrations.journal import Journal, Repeat, Turn
from intents.extraction.acts import find_acts

log = logging.getLogger(__name__)

APOLOGY_BUTTONS = ({"title": wording.HUMAN, "payload": wording.HUMAN},)
WAITING_BUTTONS = ({"title": wording.GO_ON, "payload": wording.GO_ON},)
GO_ON = (wording.GO_ON, "继续吧", "接着办", "不等了")
"""What a waiting citizen says to come back to the bot."""

BOT, WAITING = "bot", "waiting"
UNCHANGED = "unchanged"
"""Stands for the question that was asked last."""

EMPTY_DRAFT: dict[str, Any] = {"type": None, "topic": None, "fields": {}}


@dataclass(frozen=True, slots=True)
class Conversation:
    """What every channel may ask for."""

    journal: Journal
    drafts: Drafts
    desk: TicketDesk
    evidence: Evidence
    dialog: RasaDialog
    locks: TurnLocks

    async def start(self, channel: str, citizen_key: str | None = None) -> dict[str, Any]:
        """A new conversation, greeted: {"conversation_id", "token", "replies"}."""
        opened = await to_thread.run_sync(self.journal.create, channel, citizen_key)
        replies = [Reply(wording.WELCOME), Reply(wording.WHAT_HAPPENED)]
        await to_thread.run_sync(self._say_unasked, opened.id, replies)
        return {
            "conversation_id": opened.id,
            "token": opened.token,
            "replies": [reply.as_json() for reply in replies],
        }

    async def say(self, conversation_id: str, text: str, client_message_id: str | None = None) -> dict[str, Any]:
        """One turn: the contract's answer. The same `client_message_id` again gives the same answer and does nothing."""
        async with self.locks.held(conversation_id):
            turn = await to_thread.run_sync(self.journal.begin_turn, conversation_id, text, client_message_id)
            if isinstance(turn, Repeat):
                return turn.answer
            try:
                answer = await self._answer(turn, text)
                return await to_thread.run_sync(self._finish, turn, answer)
            except BaseException:
                await to_thread.run_sync(self.journal.give_up, turn)
                raise

    async def attach(self, conversation_id: str, data: bytes) -> str:
        """Evidence for the draft under way (a new one when there is none): the file's id. See `integrations/evidence.py`."""
        async with self.locks.held(conversation_id):
            return await to_thread.run_sync(self._attach, conversation_id, data)

    def _attach(self, conversation_id: str, data: bytes) -> str:
        draft = self.drafts.current(conversation_id) or self.drafts.open_new(conversation_id)
        return self.evidence.attach(draft.id, data)

    async def history(self, conversation_id: str) -> dict[str, Any]:
        """Everything said so far, the draft, and the latest ticket: what a reloaded page shows."""
        return await to_thread.run_sync(self._history, conversation_id)

    async def ready(self) -> dict[str, bool]:
        """Whether each part that a turn needs answers."""
        return {"dialog": await self.dialog.ready(), "database": await to_thread.run_sync(self.journal.reachable)}

    def _history(self, conversation_id: str) -> dict[str, Any]:
        lines = self.journal.since(conversation_id, 0)
        draft = self.drafts.current(conversation_id)
        ticket = self.desk.latest_of(conversation_id)
        return {
            "messages": [
                {
                    "from": line.direction,
                    "text": line.text,
                    "unasked": line.unasked,
                    "at": line.at.isoformat(),
                    **line.payload,
                }
                for line in lines
            ],
            "last_event_id": lines[-1].seq if lines else 0,
            "draft": draft.as_json() if draft else EMPTY_DRAFT,
            "ticket": ticket.as_json() if ticket else None,
        }

    async def _answer(self, turn: Turn, text: str) -> DialogAnswer:
        """What to say: by a person, by the door itself, or by the dialog."""
        utterance = clean(text)
        if turn.state == WAITING and text.strip() not in GO_ON:
            return _while_waiting(utterance.text)
        if utterance.answer:
            return _just(utterance.answer)
        if turn.state == WAITING:
            utterance = clean(wording.REPEAT_WORDS)
        try:
            answer = await self.dialog.say(
                turn.conversation_id, utterance.text, {"turn": turn.number, "channel": turn.channel}
            )
        except DialogUnavailable as error:
            log.warning("dialog unavailable: %s", error)
            return replace(_just(wording.APOLOGY), replies=(Reply(wording.APOLOGY, APOLOGY_BUTTONS),))
        if turn.state == WAITING:
            return replace(answer, replies=(Reply(wording.BACK_FROM_WAITING), *answer.replies))
        if utterance.cut:
            return replace(answer, replies=(Reply(wording.cut(LONGEST_UNDERSTOOD)), *answer.replies))
        return answer

    def _finish(self, turn: Turn, answer: DialogAnswer) -> dict[str, Any]:
        """Journals the replies and builds the contract's answer."""
        draft = self.drafts.current(turn.conversation_id)
        ticket = self.desk.get(answer.ticket_number) if answer.ticket_number else None
        asking = draft.dialog_state.get("asked") if answer.asking == UNCHANGED and draft else answer.asking
        state = WAITING if answer.handover else BOT
        told: dict[str, Any] = {
            "replies": [reply.as_json() for reply in answer.replies],
            "asking": None if asking == UNCHANGED else asking,
            "state": state,
            "draft": draft.as_json() if draft else EMPTY_DRAFT,
            "ticket": ticket.as_json() if ticket else None,
        }
        self.journal.finish_turn(turn, told["replies"], told, state=state)
        return told

    def _say_unasked(self, conversation_id: str, replies: list[Reply]) -> None:
        for reply in replies:
            self.journal.append(conversation_id, reply.text, {"buttons": list(reply.buttons)}, unasked=False)


def _just(text: str) -> DialogAnswer:
    """An answer of the door itself: what was asked before is still asked."""
    return DialogAnswer((Reply(text),), UNCHANGED, None, None)


def _while_waiting(text: str) -> DialogAnswer:
    """Somebody who waits for a person is told that their words are kept; danger is answered even now."""
    dangers = [Reply(wording.DANGER[str(act.detail)]) for act in find_acts(text) if act.kind == "danger"]
    return DialogAnswer((*dangers, Reply(wording.WHILE_WAITING, WAITING_BUTTONS)), None, None, "waiting")
