"""What a citizen can do at any moment: each interruption's answer. The form goes on afterwards if one is open."""

import asyncio
import re
from abc import abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from dialog.actions import followup, wording
from dialog.actions.asides import answer_aside
from dialog.actions.fill import switches
from dialog.actions.heard import Heard
from dialog.actions.notes import Memory, Notes
from dialog.actions.outcome import Outcome
from dialog.actions.questions import next_question
from dialog.actions.room import Room
from dialog.actions.status import tell_status
from integrations.status import progress
from intents.catalog.model import PRAISE, TYPES

QUESTION_PAYLOAD = "asking"
"""Key of the custom message that tells the channel which field the last question wants."""

TICKET_PAYLOAD = "ticket"
"""Key of the custom message that names a ticket of this conversation that was just filed or told of."""

HANDOVER_PAYLOAD = "handover"
"""Key of the custom message that asks the channel to pass the conversation to a person; its value is the reason."""


NOT_THIS = re.compile(r"^[\s，,。嗯啊]*(?:算了|不用|不必|不要)(?:了|吧|啦)*[，,。.\s]*(?:谢谢)?[。.\s]*$")
"""A refusal that does not say what of."""


HOW_LONG = "how_long"
"""The aside that a filed ticket answers better than the rule does."""

_PRAISES = re.compile(r"夸|感谢")
"""How a praise is announced without its name."""


class Interruption(Action):
    """An action that answers and leaves the draft as it was, unless it says otherwise."""

    action_name: ClassVar[str]

    def __init__(self, room: Room) -> None:
        self.room = room

    def name(self) -> str:
        """Rasa's name for it."""
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Answers in a worker thread: it reads the database."""
        return await asyncio.to_thread(self._run, dispatcher, tracker)

    def _run(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        notes, heard = self.room.notes(tracker), self.room.heard(tracker)
        say = self.room.speaker(dispatcher, tracker)
        if (told := followup.take(self.room, notes, heard)) is not None:
            # “挺好的，谢谢” may be thanks, and may be the answer to a follow-up's question.
            followup.utter(say, told, QUESTION_PAYLOAD)
            return []
        return self.answer(say, tracker, notes, heard)

    @abstractmethod
    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """What is said and what changes."""


class Why(Interruption):
    """Why is this asked?"""

    action_name = "action_why"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """The catalog's reason for the field that was asked."""
        asked = notes.memory.asked
        spec = notes.fields().get(asked or "") or notes.catalog.fields.get(asked or "description")
        if spec is not None:
            say.utter_message(text=spec.why)
        return []


class Human(Interruption):
    """A person, please."""

    action_name = "action_human"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """Asks the channel to hand over; the draft stays as it is."""
        say.utter_message(text=wording.WAITING_FOR_HUMAN, json_message={HANDOVER_PAYLOAD: "wish"})
        return []


class Cancel(Interruption):
    """Never mind."""

    action_name = "action_cancel"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """The draft is cancelled; nothing of it is filed."""
        if notes.memory.asked == "contact_phone" and NOT_THIS.match(heard.text):
            # 不用了, to the question for a number, means the number.
            notes.put("anonymous", True, heard.text)
            self.room.save(notes)
            say.utter_message(text=wording.ANONYMOUS_NOTED)
            return []
        if notes.has_content():
            self.room.drafts.cancel(notes.draft.id)
            say.utter_message(text=wording.CANCELLED)
        else:
            say.utter_message(text=wording.NOTHING_TO_CANCEL)
        say.utter_message(text=wording.WHAT_ELSE)
        return closed(notes)


class StartOver(Interruption):
    """From the beginning."""

    action_name = "action_start_over"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """A new draft; the form opens on it."""
        self.room.drafts.cancel(notes.draft.id)
        say.utter_message(text=wording.STARTED_OVER)
        return [SlotSet(name, None) for name in ("topic", *notes.catalog.fields)]


class Status(Interruption):
    """How is my ticket doing?"""

    action_name = "action_status"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """Tells, or leaves the form to ask for the proof."""
        notes.memory.misses = 0
        told = tell_status(self.room, notes, heard, tracker.sender_id)
        for text in told.texts:
            say.utter_message(text=text, json_message={TICKET_PAYLOAD: told.own} if told.own else {})
        notes.memory.resumed = not notes.memory.status_number and not notes.has_content()
        self.room.save(notes)
        if not notes.memory.resumed:
            return []
        return closed(notes)


class Repeat(Interruption):
    """Pardon?"""

    action_name = "action_repeat"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """Nothing of its own: the form asks again, its whole read-back included."""
        notes.memory.read_back = False
        self.room.save(notes)
        if next_question(notes) is None or not notes.has_content():
            say.utter_message(text=wording.WHAT_HAPPENED)
        return []


class Aside(Interruption):
    """A question about the hotline itself."""

    action_name = "action_aside"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """The standing answer; the form then takes up its thread, if one is open."""
        act = heard.act("aside")
        name = str(act.detail) if act else ""
        if notes.has_content():
            # 我要匿名 别说是我说的 asks, and says what is wanted.
            outcome = Outcome()
            switches(notes, heard, outcome)
            self.room.save(notes)
            for text in outcome.said:
                say.utter_message(text=text)
        if notes.has_content() or notes.earlier() is None:
            say.utter_message(text=answer_aside(name))
            return []
        # Asked after filing: nothing is open, and nothing is asked. How long it takes is then their ticket's own day.
        mine = self.room.desk.latest_of(tracker.sender_id) if name == HOW_LONG else None
        say.utter_message(text=progress(mine) if mine else answer_aside(name))
        return closed(notes)


class Greet(Interruption):
    """Hello."""

    action_name = "action_greet"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """Greets, and invites if nothing is under way; an opening (我要投诉) tells the type already."""
        opening = heard.has("opening")
        say.utter_message(text=wording.LISTENING if opening else wording.WELCOME)
        told = next((type_ for type_ in TYPES if type_ in heard.text), PRAISE if _PRAISES.search(heard.text) else None)
        if opening and told and not notes.has_content():
            notes.put("type", told, heard.text)
            self.room.save(notes)
        if not notes.has_content() and not (tracker.active_loop or {}).get("name"):
            # An open form asks by itself.
            say.utter_message(text=wording.WHAT_HAPPENED)
        return []


class Thanks(Interruption):
    """Thank you."""

    action_name = "action_thanks"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """Takes the thanks."""
        say.utter_message(text=wording.THANKS)
        return []


class Danger(Interruption):
    """Somebody is in danger now."""

    action_name = "action_danger"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """The emergency number at once, before any question."""
        for act in heard.acts:
            if act.kind == "danger":
                say.utter_message(text=wording.DANGER[str(act.detail)])
        say.utter_message(text=wording.DANGER_FOLLOW_UP)
        return []


class Calm(Interruption):
    """Anger or distress."""

    action_name = "action_calm"

    def answer(self, say: CollectingDispatcher, tracker: Tracker, notes: Notes, heard: Heard) -> list[EventType]:
        """Takes it seriously, and says that a person can be had."""
        say.utter_message(text=wording.TAKE_YOUR_TIME if heard.has("distress") else wording.CALM)
        return []


INTERRUPTIONS = (Why, Human, Cancel, StartOver, Status, Repeat, Aside, Greet, Thanks, Danger, Calm)
"""Every interruption; a test compares them with the domain's actions."""


def closed(notes: Notes) -> list[EventType]:
    """Ends the form and empties its slots."""
    notes.memory = Memory()
    return [
        ActiveLoop(None),
        SlotSet(REQUESTED_SLOT, None),
        *(SlotSet(name, None) for name in ("topic", *notes.catalog.fields)),
    ]
