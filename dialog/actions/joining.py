"""The same person about the same thing again: offered, once, to add to the open ticket instead of filing another."""

import re
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

_JOINS = re.compile(
    r"(不|别)(用|要|必)?(再)?(另开|新开|开新)|补充|补进|补到|加到|加进|并到|并进|合并|合在一起|原工单|原来(的|那)|老工单|之前(的|那)"
)
_ANOTHER = re.compile(r"另开|另外开|新开|开个新|^新的|新工单|再开|单独|重新开|分开")


def offer(room: Room, notes: Notes) -> None:
    """Remembers to ask, when everything is known and there is an open ticket about the same."""
    memory = notes.memory
    if room.groups is None or notes.topic is None or notes.missing() or (memory.join_asked and memory.join is None):
        return
    key = key_of(notes)
    number = room.groups.open_ticket(notes.draft.conversation_id, key) if key else None
    if number is None or _another_kind(room, notes, number):
        # A correction has made it another matter.
        memory.join = None
    else:
        memory.join, memory.join_asked = number, True


def _another_kind(room: Room, notes: Notes, number: str) -> bool:
    """Whether the open ticket tells of trouble of another kind at the same place: the road, and now the water."""
    ticket = room.desk.get(number)
    told = ticket.fields.get("issue_kind") if ticket else None
    known = notes.value("issue_kind")
    return told is not None and known is not None and told["value"] != known and not notes.value("merchant")


def wants_another(heard: Heard) -> bool:
    """Whether the answer to “join or another?” is another."""
    if _JOINS.search(heard.text):
        return False
    return (
        heard.has("deny") or heard.text.strip(" 。，,.！!") == wording.SECOND or _ANOTHER.search(heard.text) is not None
    )


def answered(room: Room, notes: Notes, heard: Heard, dispatcher: CollectingDispatcher) -> Sequence[EventType] | None:
    """The end of the form when the citizen joins; None when they want a ticket of its own, or have not said yet."""
    number = notes.memory.join
    if notes.memory.asked != JOIN or number is None:
        return None
    if wants_another(heard):
        notes.memory.join = None
        return None
    if not (heard.has("affirm") or heard.text.strip(" 。，,.！!") == wording.FIRST or _JOINS.search(heard.text)):
        # It is asked again: what was said may be more about the matter.
        return None
    notes.memory.join = None
    room.desk.add_note(number, str(notes.value("description") or heard.text)[:2000], by="citizen")
    if room.evidence is not None:
        room.evidence.hand_over(notes.draft.id, number)
    room.drafts.cancel(notes.draft.id)
    dispatcher.utter_message(text=wording.joined(numbers.grouped(number)), json_message={TICKET_PAYLOAD: number})
    return closed(notes)
