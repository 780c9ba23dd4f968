"""The form's validation: fills the draft from the message, says what was caught, asks the next question."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT
from rasa_sdk.interfaces import ActionExecutionRejection

from dialog.actions import aloud, followup, later, supplement, wording
from dialog.actions.beginning import idle
from dialog.actions.doubts import settle, settle_filed, take_up
from dialog.actions.fill import fill
from dialog.actions.heard import Heard
from dialog.actions.interruptions import HANDOVER_PAYLOAD, INTERRUPTIONS, QUESTION_PAYLOAD, closed
from dialog.actions.joining import answered, offer, wants_another
from dialog.actions.notes import MISSES_BEFORE_A_PERSON, Notes
from dialog.actions.outcome import Outcome
from dialog.actions.patience import bear
from dialog.actions.questions import CONFIRM, JOIN, LAST4, Question, next_question
from dialog.actions.remarks import no_proof, remarks
from dialog.actions.room import Room
from dialog.actions.status import answer_last4


class ValidateTicketForm(FormValidationAction):
    """One turn of the form. The draft in the database is the truth; Rasa's slots mirror it."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def name(self) -> str:
        """Rasa's name for it."""
        return "validate_ticket_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[str]:
        """The catalog's required fields of the draft's topic, then the yes to the read-back."""
        notes = await asyncio.to_thread(self._room.notes, tracker)
        topic = notes.topic
        return ["topic", *(topic.required_for(notes.type) if topic else ()), CONFIRM]

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Fills, acknowledges, asks; ends the form when the citizen has said yes."""
        return await asyncio.to_thread(self._turn, self._room.speaker(dispatcher, tracker), tracker)

    def _turn(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        notes = self._room.notes(tracker)
        heard = self._room.heard(tracker)
        if _answered_already(tracker):
            if followup.took_this_turn(self._room, notes):
                return closed(notes)
        elif (told := followup.take(self._room, notes, heard)) is not None:
            return _followed(dispatcher, notes, told)
        if heard.interrupts and not _answered_already(tracker):
            # The rules give the message to the interruption's own action; the form is called again after it.
            raise ActionExecutionRejection(self.name())
        if (ended := answered(self._room, notes, heard, dispatcher)) is not None:
            return list(ended)
        if (added := supplement.added(self._room, notes, heard, dispatcher)) is not None:
            return list(added)
        if _nothing_more(notes, heard):
            dispatcher.utter_message(text=wording.THANKS if "谢" in heard.text else wording.ANY_TIME)
            return closed(notes)
        said: Sequence[str] = ()
        if not heard.interrupts or heard.has("danger", "abuse", "distress"):
            asked = notes.memory.asked
            said = self._hear(notes, heard)
            said = [*said, *bear(notes, asked)]
        for text in said:
            dispatcher.utter_message(text=text)
        if self._room.doubts is not None:
            take_up(self._room.doubts, notes)
        offer(self._room, notes)
        if not notes.missing():
            notes.remarks = remarks(self._room, notes)
        if notes.phone and notes.memory.misses >= MISSES_BEFORE_A_PERSON:
            notes.memory.misses = 0
            self._room.save(notes)
            dispatcher.utter_message(text=aloud.TO_A_PERSON, json_message={HANDOVER_PAYLOAD: "misunderstood"})
            return slots(notes)
        question = next_question(notes)
        remember(notes, question)
        self._room.save(notes)
        if question is not None:
            utter(dispatcher, question)
        return [*slots(notes), SlotSet(REQUESTED_SLOT, question.asks if question else None)]

    def _hear(self, notes: Notes, heard: Heard) -> Sequence[str]:
        """Takes the message in; the sentences that acknowledge it."""
        memory = notes.memory
        if about_filed := settle_filed(self._room, notes, heard):
            memory.resumed = True
            return about_filed
        if memory.asked == LAST4 and memory.status_number:
            return answer_last4(self._room, notes, heard)
        if memory.hearing and self._room.doubts is not None and settle(self._room.doubts, notes, heard):
            return _settle(notes, Outcome(understood=True))
        if memory.asked == JOIN and wants_another(heard):
            memory.misses = 0
            return []
        if no_proof(heard, memory.proof_mentioned and memory.asked == CONFIRM):
            memory.proof_mentioned = False
            return [wording.NO_PROOF_NEEDED]
        if memory.asked == CONFIRM and (outcome := _confirmation(notes, heard)) is not None:
            return _settle(notes, outcome)
        if memory.resumed and not notes.has_content() and heard.has("dont_know"):
            # Asked for their ticket's number, they have kept none.
            return [wording.NO_NUMBER]
        memory.asking_which_to_change = False
        if not notes.has_content() and (
            idle(heard.text) or (all(act.kind == "affirm" for act in heard.acts) and heard.acts)
        ):
            # 嗯 and 那个 are how somebody begins who has not found the words yet.
            return [wording.LISTENING]
        if later.keep(notes, heard):
            memory.misses = 0
            return [wording.LATER]
        outcome = fill(notes, heard)
        if not outcome.understood and memory.asked == CONFIRM and heard.has("correction"):
            # Something is wrong, and it is not clear what.
            memory.asking_which_to_change, outcome.understood = True, True
        if not outcome.understood and heard.has("abuse", "distress"):
            # Anger is no misunderstanding.
            return outcome.said
        return _settle(notes, outcome)


def _followed(dispatcher: CollectingDispatcher, notes: Notes, told: followup.Told) -> list[EventType]:
    """The message was an answer to a follow-up: the draft has no part in it."""
    followup.utter(dispatcher, told, QUESTION_PAYLOAD)
    # Without a slot of its own in the events Rasa takes the message for rejected.
    return [*slots(notes), SlotSet(REQUESTED_SLOT, told.question.asks)] if told.question else closed(notes)


_THANKS_AT_END = re.compile(r"^[^。！!？?吗]{0,10}(?:谢谢|多谢|谢了|感谢)(?:啊|了|您|你|哈|大家|嘞)*[。！!\s]*$")
"""他们停了 谢谢啊"""


def _nothing_more(notes: Notes, heard: Heard) -> bool:
    """Whether they only take leave: 好的谢谢 or 没有了, with their ticket filed and nothing else begun."""
    nothing_begun = not notes.has_content() and notes.memory.asked in (None, "description") and not heard.interrupts
    takes_leave = heard.has("affirm", "deny", "skip", "leave") or _THANKS_AT_END.search(heard.text)
    return nothing_begun and bool(takes_leave) and notes.earlier() is not None


def _answered_already(tracker: Tracker) -> bool:
    """Whether an interruption's own action has run since the citizen's last words."""
    names = {action.action_name for action in INTERRUPTIONS}
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action" and event["name"] in names:
            return True
    return False


def _confirmation(notes: Notes, heard: Heard) -> Outcome | None:
    """The answer to the read-back; None when the message says something else."""
    if heard.has("correction"):
        return None
    if heard.has("affirm") or heard.text.strip() == wording.YES_FILE:
        notes.confirm_all()
        notes.put(CONFIRM, True, heard.text)
        return Outcome(understood=True)
    if heard.has("deny") or heard.text.strip() == wording.CHANGE:
        notes.memory.asking_which_to_change = True
        return Outcome(understood=True)
    return None


def _settle(notes: Notes, outcome: Outcome) -> Sequence[str]:
    """Counts misunderstandings in a row, and forgets what was asked when it was answered."""
    memory = notes.memory
    if outcome.understood:
        memory.misses = 0
        if memory.ask_next == memory.asked:
            memory.ask_next = None
        return outcome.said
    memory.misses += 1
    memory.missed += 1
    if memory.asked is None or memory.misses > 1:
        return outcome.said
    return [*outcome.said, wording.NOT_CLEAR]


def remember(notes: Notes, question: Question | None) -> None:
    """Keeps what the citizen was asked last: the next message is read as its answer."""
    notes.memory.asked = question.asks if question else None
    notes.memory.read_back = question is not None and question.asks == CONFIRM


def utter(dispatcher: CollectingDispatcher, question: Question) -> None:
    """Says a question, with its buttons and the field it asks for."""
    for text in question.before:
        dispatcher.utter_message(text=text)
    dispatcher.utter_message(
        text=question.text,
        buttons=[{"title": b.title, "payload": b.payload} for b in question.buttons],
        json_message={QUESTION_PAYLOAD: question.asks},
    )


def slots(notes: Notes) -> list[EventType]:
    """The draft's topic and this turn's entries as Rasa's slots."""
    changed = {entry.field: entry.value for entry in notes.entries if entry.field in notes.catalog.fields}
    return [SlotSet(name, value) for name, value in {"topic": notes.value("topic"), **changed}.items()]
