"""A question that goes unanswered makes room: the others come first, it is asked once more, and then it stays open."""

from collections.abc import Sequence

from dialog.actions import wording
from dialog.actions.notes import Notes
from intents.catalog import FieldKind

ASKED_BEFORE_PUT_OFF = 2
"""Times a question is asked in a row, though the answers are about something else, before the others come first."""

UNTIRING = (FieldKind.PHONE,)
"""Whether a number is left, and which, is the citizen's word alone: nobody is made anonymous by not answering."""


def bear(notes: Notes, asked: str | None) -> Sequence[str]:
    """Counts what was asked before this turn and is still open; what is said when it is left open for good."""
    memory, spec = notes.memory, notes.fields().get(asked or "")
    if asked is None or spec is None or spec.kind in UNTIRING or asked not in notes.missing():
        memory.unanswered = 0
        return ()
    if memory.misses or any(entry.field in notes.fields() and entry.field != "description" for entry in notes.entries):
        # Not understood is another matter: a person is offered. And whoever tells their number first has not been deaf to the question.
        return ()
    memory.unanswered += 1
    if asked in memory.put_off:
        notes.put(asked, None, None)
        memory.unanswered = 0
        return (wording.LEFT_OPEN,)
    if memory.unanswered >= ASKED_BEFORE_PUT_OFF:
        memory.put_off.append(asked)
        memory.unanswered = 0
    return ()
