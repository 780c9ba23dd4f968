"""The same person about the same thing again: offered, once, to add to the open ticket instead of filing another."""

from collections.abc import Sequence

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from dialog.actions import wording
from dialog.actions.heard import Heard
from dialog.actions.interruptions import TICKET_PAYLOAD, closed
from dialog.actions.notes import Notes
from dialog.actions.questions import JOIN
from dialog.actions.remarks import key_of
from dialog.actions.room import Room
from integrations import numbers


def offer(room: Room, notes: Notes) -> None:
    """Remembers to ask, when everything is known and there is an open ticket about the same."""
    memory = notes.memory
    if room.groups is None or memory.join_asked or notes.topic is None or notes.missing():
        return
    key = key_of(notes)
    number = room.groups.open_ticket(notes.draft.conversation_id, key) if key else None
    if number is not None:
        memory.join, memory.join_asked = number, True


def answered(room: Room, notes: Notes, heard: Heard, dispatcher: CollectingDispatcher) -> Sequence[EventType] | None:
    """The end of the form when the citizen joins; None when they want a ticket of its own, or say something else."""
    number, notes.memory.join = notes.memory.join, None
    text = heard.text.strip(" 。，,.！!")
    if notes.memory.asked != JOIN or number is None:
        return None
    if not (text in wording.JOIN_WORDS or heard.has("affirm") or "补充" in text or "原工单" in text):
        return None
    room.desk.add_note(number, str(notes.value("description") or heard.text)[:2000], by="citizen")
    if room.evidence is not None:
        room.evidence.hand_over(notes.draft.id, number)
    room.drafts.cancel(notes.draft.id)
    dispatcher.utter_message(text=wording.joined(numbers.grouped(number)), json_message={TICKET_PAYLOAD: number})
    return closed(notes)
