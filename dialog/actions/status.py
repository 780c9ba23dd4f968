"""“How is my ticket doing?”: from the same conversation at once, from elsewhere with the phone's last four digits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dialog.actions import wording
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.room import Room
from integrations import numbers
from integrations.desk import NoSuchTicket
from integrations.guesses import TooManyGuesses
from integrations.status import progress
from intents.catalog import FieldKind
from intents.extraction.answers import read_answer

FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said about a ticket; `own` is its number when this conversation filed it."""

    texts: tuple[str, ...] = ()
    own: str | None = None


def tell_status(room: Room, notes: Notes, heard: Heard, conversation: str) -> Told:
    """What can be told at once; otherwise remembers the number, and the form asks for the proof."""
    act = heard.act("status")
    number = numbers.normalise(str(act.detail)) if act and act.detail else None
    if number is None:
        mine = room.desk.latest_of(conversation)
        if mine is None:
            return Told((wording.NOT_FILED_YET if notes.has_content() else wording.NO_TICKET_YET,))
        return Told((progress(mine),), mine.number)
    if not numbers.is_valid(number):
        return Told((wording.BAD_NUMBER,))
    try:
        return Told((progress(room.desk.status_for_citizen(number, conversation_id=conversation)),), number)
    except NoSuchTicket:
        # The same question follows whether or not the number exists: nobody learns which numbers do.
        notes.memory.status_number = number
        return Told()


def answer_last4(room: Room, notes: Notes, heard: Heard) -> Sequence[str]:
    """The four digits that prove whose ticket it is; a wrong pair and an unknown number sound alike."""
    number = notes.memory.status_number
    notes.memory.status_number = None
    digits = FOUR_DIGITS.search(heard.text)
    found = None if digits else read_answer(heard.text, FieldKind.CODE, heard.now, {})
    last4 = digits.group() if digits else str(found.value) if found else ""
    if number is None or not last4:
        return [wording.NO_SUCH_TICKET]
    try:
        room.guesses.spend(notes.draft.conversation_id)
        return [progress(room.desk.status_for_citizen(number, phone_last4=last4[-4:]))]
    except NoSuchTicket:
        return [wording.NO_SUCH_TICKET]
    except TooManyGuesses:
        return [wording.TOO_MANY_TRIES]
