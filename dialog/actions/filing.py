"""Files the confirmed draft and tells the number."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from dialog.actions import aloud, wording
from dialog.actions.interruptions import TICKET_PAYLOAD, closed
from dialog.actions.later import LATER_PAYLOAD
from dialog.actions.questions import CONFIRM
from dialog.actions.room import Room
from integrations import numbers
from integrations.status import due


class FileTicket(Action):
    """The end of the form."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_file_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Files in one transaction; filing the same draft twice gives the same number."""
        return await asyncio.to_thread(self._file, dispatcher, tracker)

    def _file(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        notes = self._room.notes(tracker)
        if notes.value(CONFIRM) is not True:
            # The form was closed by something else (a status was told, a wish cancelled): there is nothing to file.
            return []
        ticket = self._room.desk.file(notes.draft, channel=self._room.channel(tracker))
        until = due(ticket.created_at, ticket.due_at)
        *before, last = (
            aloud.filed(ticket.number, ticket.lead_unit, until)
            if notes.phone
            else (wording.filed(numbers.grouped(ticket.number), ticket.lead_unit, until), wording.FILED_FOLLOW_UP)
        )
        for text in before:
            dispatcher.utter_message(text=text)
        dispatcher.utter_message(text=last, json_message={TICKET_PAYLOAD: ticket.number})
        if notes.memory.later:
            dispatcher.utter_message(text=wording.NOW_THE_OTHER, json_message={LATER_PAYLOAD: notes.memory.later})
        return closed(notes)
