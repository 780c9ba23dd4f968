"""“3800 or 3000?”: what the second hearing heard otherwise is asked once, while the ticket is not filed yet."""

from typing import Any

from dialog.actions import wording
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.room import Room
from integrations.doubts import ASKED, KEPT, SETTLED, Doubts
from integrations.numbers import grouped
from intents.catalog import FieldKind
from intents.extraction.answers import read_answer
from intents.show import show


def take_up(doubts: Doubts, notes: Notes) -> None:
    """Remembers the next open doubt to be asked about; one whose field was told anew since is settled already."""
    if notes.memory.hearing is not None or notes.topic is None:
        return
    while (doubt := doubts.next_open(notes.draft.id)) is not None:
        spec = notes.fields().get(doubt.field)
        if spec is None or notes.value(doubt.field) != doubt.first["value"]:
            doubts.move(doubt.id, SETTLED)
            continue
        doubts.move(doubt.id, ASKED)
        notes.memory.hearing = {
            "id": doubt.id,
            "field": doubt.field,
            "values": [doubt.first["value"], doubt.second["value"]],
            "shown": [show(one["value"], spec.kind) for one in (doubt.first, doubt.second)],
            "raw": [doubt.first["raw"], doubt.second["raw"]],
        }
        return


def settle(doubts: Doubts, notes: Notes, heard: Heard) -> bool:
    """Reads the message as the answer to which was meant. It is asked this once: what stays doubtful is an operator's."""
    hearing, notes.memory.hearing = notes.memory.hearing, None
    if hearing is None:
        return False
    chosen = _chosen(hearing, heard)
    doubts.move(hearing["id"], KEPT if chosen is None else SETTLED)
    if chosen is None:
        return False
    notes.put(hearing["field"], hearing["values"][chosen], heard.text, confirmed=True)
    return True


def settle_filed(room: Room, notes: Notes, heard: Heard) -> list[str]:
    """The answer about a ticket that is filed already: noted on it. What the citizen says next is read as the answer, that once."""
    if room.doubts is None or notes.has_content():
        return []
    doubt = room.doubts.asked_after_filing(notes.draft.conversation_id)
    ticket = room.desk.latest_of(notes.draft.conversation_id) if doubt else None
    if doubt is None or ticket is None:
        return []
    spec = notes.catalog.field(doubt.field, ticket.topic)
    shown = [show(one["value"], spec.kind) for one in (doubt.first, doubt.second)]
    chosen = _chosen({"shown": shown, "raw": [doubt.first["raw"], doubt.second["raw"]]}, heard)
    room.doubts.move(doubt.id, KEPT if chosen is None else SETTLED)
    if chosen is None:
        return []
    if chosen == 0:
        return [wording.AS_FILED]
    room.desk.add_note(ticket.number, f"市民核对：{spec.label}为“{shown[1]}”", by="citizen")
    return [wording.joined(grouped(ticket.number))]


def _chosen(hearing: dict[str, Any], heard: Heard) -> int | None:
    shown: list[str] = hearing["shown"]
    options = {name: (raw,) if raw else () for name, raw in zip(shown, hearing["raw"], strict=True)}
    found = read_answer(heard.text, FieldKind.CHOICE, heard.now, options)
    if found is not None and found.value in shown:
        return shown.index(str(found.value))
    return 0 if heard.has("affirm") else None
