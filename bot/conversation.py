"""One turn, from a citizen's words to the answer. Every channel uses this door."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from anyio import to_thread

from asr.transcriber import RATE
from asr.transcript import Transcript
from bot import listening
from bot.ears import Ears, Samples, Spoken, transcript_json, wav
from bot.operators import words
from bot.operators.waiting_room import WaitingRoom, goes_on
from bot.turns import TurnLocks
from bot.utterance import LONGEST_UNDERSTOOD, clean
from dialog.actions import wording
from dialog.client import UNCHANGED, DialogAnswer, DialogUnavailable, RasaDialog, Reply
from integrations.desk import TicketDesk
from integrations.drafts import Draft, Drafts, NewEntry
from integrations.evidence import Evidence
from integrations.journal import WAITING, Journal, Line, Repeat, Turn
from integrations.recordings import Recordings
from integrations.status import OVER
from intents.extraction.acts import find_acts

log = logging.getLogger(__name__)

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
    waiting_room: WaitingRoom
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
        self,
        conversation_id: str,
        text: str,
        client_message_id: str | None = None,
        spoken: Spoken | None = None,
        unheard: str | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """One turn: the contract's answer. The same `client_message_id` again gives the same answer and does nothing.

        `unheard` is a recording that nobody can understand here; `about` is what the channel alone knows of this turn: the dialog gets
        it under the channel's name.
        """
        recording = spoken.recording if spoken else unheard
        payload = {"recording": recording} if recording else {}
        async with self.locks.held(conversation_id):
            turn = await to_thread.run_sync(self.journal.begin_turn, conversation_id, text, client_message_id, payload)
            if isinstance(turn, Repeat):
                return turn.answer
            try:
                before = await to_thread.run_sync(self.drafts.current, conversation_id) if spoken else None
                answer = await self._answer(turn, text, spoken, unheard, about)
                if spoken:
                    await to_thread.run_sync(self._keep_hearing, turn, spoken, before)
                return await to_thread.run_sync(self._finish, turn, answer, spoken, unheard)
            except BaseException:
                await to_thread.run_sync(self.journal.give_up, turn)
                raise

    async def _answer(
        self, turn: Turn, text: str, spoken: Spoken | None, unheard: str | None, about: Mapping[str, Any] | None
    ) -> DialogAnswer:
        """What to say: nothing beside an operator; else what the waiting room, the door itself, or the dialog says."""
        room = self.waiting_room
        waited = await to_thread.run_sync(room.told_waiting, turn)
        kept = await to_thread.run_sync(room.hear, turn, text)
        left = await to_thread.run_sync(room.left, turn) if waited else False
        if left:
            await self._catch_up(turn, waited)
        if kept is not None:
            return kept
        if turn.state == WAITING and goes_on(text):
            text = wording.REPEAT_WORDS
        if unheard:
            return await to_thread.run_sync(room.enter, turn, "voice")
        utterance = clean(text)
        if utterance.answer:
            return DialogAnswer((Reply(utterance.answer),), UNCHANGED, None, None)
        answer = await self._ask(turn, utterance.text, spoken, about)
        if turn.state == WAITING:
            answer = replace(answer, replies=(Reply(wording.BACK_FROM_WAITING), *answer.replies))
        elif utterance.cut:
            answer = replace(answer, replies=(Reply(wording.cut(LONGEST_UNDERSTOOD)), *answer.replies))
        return await to_thread.run_sync(room.after, turn, text, answer)

    async def _catch_up(self, turn: Turn, told: Sequence[Line]) -> None:
        """Tells the dialog what was said to the queue, each line as the turn that it was: nothing has to be said again."""
        for line in told:
            try:
                await self.dialog.say(turn.conversation_id, line.text, {"turn": line.turn, "channel": turn.channel})
            except DialogUnavailable:
                # It stands in the journal, where operators see it.
                log.warning("what was told while waiting could not be taken up")
                return
        await to_thread.run_sync(self.waiting_room.caught_up, turn)

    async def _ask(self, turn: Turn, text: str, spoken: Spoken | None, about: Mapping[str, Any] | None) -> DialogAnswer:
        """The dialog's answer; without one, an apology, or a person for whoever wants one."""
        try:
            metadata: dict[str, Any] = {"turn": turn.number, "channel": turn.channel}
            if about:
                metadata[turn.channel] = dict(about)
            heard = {"speech": spoken.times()} if spoken else {}
            answer = await self.dialog.say(turn.conversation_id, text, {**metadata, **heard})
            return await self._take_up(turn, answer, metadata) if answer.later else answer
        except DialogUnavailable as error:
            log.warning("dialog unavailable: %s", error)
            wanted = any(act.kind == "human" for act in find_acts(text))
            apology = Reply(wording.APOLOGY, words.HUMAN_BUTTON)
            return DialogAnswer((apology,), UNCHANGED, None, "unavailable" if wanted else None)

    async def _take_up(self, turn: Turn, answer: DialogAnswer, metadata: Mapping[str, Any]) -> DialogAnswer:
        """The answer, gone on with the first of the matters that the citizen told before this one was filed."""
        first, *rest = answer.later
        told = {**metadata, "turn": int(first["turn"]), "later": rest}
        try:
            more = await self.dialog.say(turn.conversation_id, str(first["text"]), told)
        except DialogUnavailable:
            # What was filed is filed; the citizen is asked to say the rest again.
            return replace(answer, replies=(*answer.replies, Reply(wording.APOLOGY)))
        return replace(more, replies=(*answer.replies, *more.replies), ticket_number=answer.ticket_number)

    async def hear(self, conversation_id: str, data: bytes, client_message_id: str | None = None) -> dict[str, Any]:
        """One turn spoken into a file: the contract's answer with `transcript`. AsrError says why it cannot be used.

        Without a model the recording is kept, a person is asked for, and `transcript` is None.
        """
        if repeated := await to_thread.run_sync(self.journal.answer_to, conversation_id, client_message_id):
            return repeated
        samples = await self.ears.decode(data)
        recording = await self.keep(conversation_id, samples)
        if not self.ears.hears:
            return await self.say(conversation_id, listening.VOICE_MESSAGE, client_message_id, unheard=recording)
        transcript = await self.ears.understand(samples)
        return await self.say(conversation_id, transcript.text, client_message_id, Spoken(recording, transcript))

    async def heard(
        self,
        conversation_id: str,
        samples: Samples,
        transcript: Transcript,
        client_message_id: str | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """One turn that was understood while it was spoken: the contract's answer with `transcript`."""
        if repeated := await to_thread.run_sync(self.journal.answer_to, conversation_id, client_message_id):
            return repeated
        spoken = Spoken(await self.keep(conversation_id, samples), transcript)
        return await self.say(conversation_id, transcript.text, client_message_id, spoken, about=about)

    async def keep(self, conversation_id: str, samples: Samples) -> str:
        """Keeps a sound before anybody tries to understand it: the recording's id."""
        sound = await to_thread.run_sync(wav, samples)
        return await to_thread.run_sync(self.recordings.keep, conversation_id, sound, len(samples) / RATE)

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
        file_id = self.evidence.attach(draft.id, data)
        filed = self.desk.latest_of(conversation_id)
        if filed is not None and filed.status not in OVER and not (draft.value("topic") or draft.value("description")):
            # Nothing new has been told: it belongs to what was.
            self.evidence.hand_over(draft.id, filed.number)
        return file_id

    async def locate(self, conversation_id: str, latitude: float, longitude: float) -> bool:
        """Keeps a position with the draft under way; whether its place is known in words."""
        async with self.locks.held(conversation_id):
            return await to_thread.run_sync(self._locate, conversation_id, latitude, longitude)

    def _locate(self, conversation_id: str, latitude: float, longitude: float) -> bool:
        draft = self.drafts.current(conversation_id) or self.drafts.open_new(conversation_id)
        where = {"lat": latitude, "long": longitude}
        self.drafts.append(
            draft.id, [NewEntry(name, degrees, None, 0) for name, degrees in where.items()], draft.dialog_state
        )
        return any(draft.value(name) for name in ("place", "estate", "village"))

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
                if line.direction != "system"
            ],
            **self.waiting_room.standing(conversation_id),
            "last_event_id": lines[-1].seq if lines else 0,
            "draft": draft.as_json() if draft else EMPTY_DRAFT,
            "ticket": ticket.as_json() if ticket else None,
        }

    def _finish(self, turn: Turn, answer: DialogAnswer, spoken: Spoken | None, unheard: str | None) -> dict[str, Any]:
        """Journals the replies and builds the contract's answer."""
        draft = self.drafts.current(turn.conversation_id)
        ticket = self.desk.get(answer.ticket_number) if answer.ticket_number else None
        asking = draft.dialog_state.get("asked") if answer.asking == UNCHANGED and draft else answer.asking
        told: dict[str, Any] = {
            "replies": [reply.as_json() for reply in answer.replies],
            "asking": None if asking == UNCHANGED else asking,
            **self.waiting_room.standing(turn.conversation_id),
            "draft": draft.as_json() if draft else EMPTY_DRAFT,
            "ticket": ticket.as_json() if ticket else None,
        }
        if spoken or unheard:
            told["transcript"] = spoken.transcript.text if spoken else None
        self.journal.finish_turn(turn, told["replies"], told)
        return told

    def _say_unasked(self, conversation_id: str, replies: list[Reply]) -> None:
        for reply in replies:
            self.journal.append(conversation_id, reply.text, {"buttons": list(reply.buttons)}, unasked=False)
