"""What somebody adds right after filing, about the very thing they filed: it goes onto the ticket and opens no other."""

import re
from collections.abc import Sequence

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from dialog.actions import wording
from dialog.actions.heard import Heard
from dialog.actions.interruptions import TICKET_PAYLOAD, closed
from dialog.actions.notes import Notes
from dialog.actions.room import Room
from integrations import numbers
from integrations.status import OVER

_MORE_OF_IT = re.compile(
    r"^(?:(?:哦|噢|对了|哎|还有|那个|等一?下|刚才)[，,\s]*)*(?:我)?(?:再|想|得)?(?:"
    r"补充(?:一?下|一?点|个)?|忘了?(?:跟你)?说|漏(?:了|说)|(?:刚才|刚刚)?(?:我)?(?:说|写|报)错了|(?:不对|错了)[，,\s]*(?:应该)?是|"
    r"(?:刚才)?(?:那个|这个)[一-鿿]{1,6}?(?:具体|其实)(?:是|在|就在|叫)|具体(?:位置|地址|地点|门牌)?(?:是|在|就在))"
)
_ASKS = re.compile(r"[吗么？?]|怎么|咋|多久|啥时候|什么时候")


def added(room: Room, notes: Notes, heard: Heard, dispatcher: CollectingDispatcher) -> Sequence[EventType] | None:
    """The answer to an addition; None when the message is none, or there is no open ticket of this conversation."""
    if notes.has_content() or not _MORE_OF_IT.search(heard.text) or _ASKS.search(heard.text):
        return None
    ticket = room.desk.latest_of(notes.draft.conversation_id)
    if ticket is None or ticket.status in OVER:
        return None
    room.desk.add_note(ticket.number, heard.text.strip()[:2000], by="citizen")
    dispatcher.utter_message(
        text=wording.joined(numbers.grouped(ticket.number)), json_message={TICKET_PAYLOAD: ticket.number}
    )
    return closed(notes)
