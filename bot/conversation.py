"""One turn, from a citizen's words to the answer. Every channel uses this door."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from anyio import to_thread

from asr.transcriber import RATE
from asr.transcript import Transcript
from bot import listening
from bot.ears import Ears, Samples, Spoken, transcript_json, wav
from bot.turns import TurnLocks
from bot.utterance import LONGEST_UNDERSTOOD, clean
from dialog.actions import wording
from dialog.client import DialogAnswer, DialogUnavailable, RasaDialog, Reply
from integrations.desk import TicketDesk
from integrations.drafts import Draft, Drafts
from integrations.evidence import Evidence
from integrations.journal import Journal, Repeat, Turn
from integrations.recordings import Recordings
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
    recordings: Recordings
    ears: Ears
    labels: Mapping[str, str]
    """Chinese names of the fields."""

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

    async def say(
        self, conversation_id: str, text: str, client_message_id: str | None = None, spoken: Spoken | None = None
    ) -> dict[str, Any]:
        """One turn: the contract's answer. The same `client_message_id` again gives the same answer and does nothing."""
        payload = {"recording": spoken.recording} if spoken else {}
        async with self.locks.held(conversation_id):
            turn = await to_thread.run_sync(self.journal.begin_turn, conversation_id, text, client_message_id, payload)
            if isinstance(turn, Repeat):
                return turn.answer
            try:
                before = await to_thread.run_sync(self.drafts.current, conversation_id) if spoken else None
                answer = await self._answer(turn, text, spoken)
                if spoken:
                    await to_thread.run_sync(self._keep_hearing, turn, spoken, before)
                return await to_thread.run_sync(self._finish, turn, answer, spoken)
            except BaseException:
                await to_thread.run_sync(self.journal.give_up, turn)
                raise

    async def hear(self, conversation_id: str, data: bytes, client_message_id: str | None = None) -> dict[str, Any]:
        """One turn spoken into a file: the contract's answer with `transcript`. AsrError says why it cannot be used.

        Without a model the recording is kept, a person is asked for, and `transcript` is None.
        """
        if repeated := await to_thread.run_sync(self.journal.answer_to, conversation_id, client_message_id):
            return repeated
        samples = await self.ears.decode(data)
        recording = await self._keep(conversation_id, samples)
        if not self.ears.hears:
            return await self._leave_to_a_person(conversation_id, recording, client_message_id)
        transcript = await self.ears.understand(samples)
        return await self.say(conversation_id, transcript.text, client_message_id, Spoken(recording, transcript))

    async def heard(
        self, conversation_id: str, samples: Samples, transcript: Transcript, client_message_id: str | None = None
    ) -> dict[str, Any]:
        """One turn that was understood while it was spoken: the contract's answer with `transcript`."""
        if repeated := await to_thread.run_sync(self.journal.answer_to, conversation_id, client_message_id):
            return repeated
        recording = await self._keep(conversation_id, samples)
        return await self.say(conversation_id, transcript.text, client_message_id, Spoken(recording, transcript))

    async def _keep(self, conversation_id: str, samples: Samples) -> str:
        sound = await to_thread.run_sync(wav, samples)
        return await to_thread.run_sync(self.recordings.keep, conversation_id, sound, len(samples) / RATE)

    async def _leave_to_a_person(
        self, conversation_id: str, recording: str, client_message_id: str | None
    ) -> dict[str, Any]:
        """A recording that nobody can understand here: it waits, with the citizen, for a person."""
        async with self.locks.held(conversation_id):
            turn = await to_thread.run_sync(
                self.journal.begin_turn,
                conversation_id,
                listening.VOICE_MESSAGE,
                client_message_id,
                {"recording": recording},
            )
            if isinstance(turn, Repeat):
                return turn.answer
            answer = DialogAnswer((Reply(listening.NO_MODEL, WAITING_BUTTONS),), UNCHANGED, None, "voice")
            return await to_thread.run_sync(self._finish, turn, answer, None, True)

    def _keep_hearing(self, turn: Turn, spoken: Spoken, before: Draft | None) -> None:
        """Notes what the dialog knew when this was said: the second hearing starts from there."""
        draft = self.drafts.current(turn.conversation_id) or before
        context = {"dialog_state": dict(before.dialog_state) if before else {}, "new": before is None}
        self.recordings.understood(
            spoken.recording, turn.number, draft.id if draft else None, transcript_json(spoken), context
        )

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

    async def _answer(self, turn: Turn, text: str, spoken: Spoken | None) -> DialogAnswer:
        """What to say: by a person, by the door itself, or by the dialog."""
        utterance = clean(text)
        if turn.state == WAITING and text.strip() not in GO_ON:
            return _while_waiting(utterance.text)
        if utterance.answer:
            return _just(utterance.answer)
        if turn.state == WAITING:
            utterance = clean(wording.REPEAT_WORDS)
        try:
            metadata = {"turn": turn.number, "channel": turn.channel, **({"speech": spoken.times()} if spoken else {})}
            answer = await self.dialog.say(turn.conversation_id, utterance.text, metadata)
        except DialogUnavailable as error:
            log.warning("dialog unavailable: %s", error)
            return replace(_just(wording.APOLOGY), replies=(Reply(wording.APOLOGY, APOLOGY_BUTTONS),))
        if turn.state == WAITING:
            return replace(answer, replies=(Reply(wording.BACK_FROM_WAITING), *answer.replies))
        if utterance.cut:
            return replace(answer, replies=(Reply(wording.cut(LONGEST_UNDERSTOOD)), *answer.replies))
        return answer

    def _finish(
        self, turn: Turn, answer: DialogAnswer, spoken: Spoken | None = None, voice: bool = False
    ) -> dict[str, Any]:
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
        if spoken or voice:
            told["transcript"] = spoken.transcript.text if spoken else None
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
