"""What the actions work with: the catalog, the drafts, the desk and the clock. Built once, by the wiring."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from dialog.actions.aloud import Phone, Speaking
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from integrations.desk import TicketDesk
from integrations.doubts import Doubts
from integrations.drafts import Drafts
from integrations.evidence import Evidence
from integrations.followup_answers import FollowUpAnswers
from integrations.groups import Groups
from integrations.guesses import GuessLimiter
from integrations.language_model import LanguageModel
from intents.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Room:
    """Everything an action may touch."""

    catalog: Catalog
    drafts: Drafts
    desk: TicketDesk
    guesses: GuessLimiter
    clock: Callable[[], datetime]
    language_model: LanguageModel | None = None
    doubts: Doubts | None = None
    groups: Groups | None = None
    evidence: Evidence | None = None
    followups: FollowUpAnswers | None = None

    def notes(self, tracker: Tracker) -> Notes:
        """The conversation's open draft (a new one if there is none), as this turn sees it."""
        draft = self.drafts.current(tracker.sender_id) or self.drafts.open_new(tracker.sender_id)
        notes = Notes(
            self.catalog,
            draft,
            self.turn(tracker),
            self.language_model,
            self.speech(tracker),
            self.phone(tracker),
            lambda: self.drafts.filed_before(tracker.sender_id),
        )
        # A third matter that was told beside the second goes on waiting.
        notes.memory.later = notes.memory.later or list((tracker.latest_message.get("metadata") or {}).get("later", ()))
        return notes

    def heard(self, tracker: Tracker) -> Heard:
        """The citizen's latest message."""
        return Heard.from_rasa(tracker.latest_message, self.clock())

    def turn(self, tracker: Tracker) -> int:
        """The turn's number in the journal; the conversation sends it along with the message."""
        metadata = tracker.latest_message.get("metadata") or {}
        return int(metadata.get("turn", 0))

    def speech(self, tracker: Tracker) -> Mapping[str, Any] | None:
        """For a spoken message its recording and when each word was said; see `bot/ears.py`."""
        metadata = tracker.latest_message.get("metadata") or {}
        return metadata.get("speech")

    def phone(self, tracker: Tracker) -> Phone | None:
        """What a message by telephone brought along; None for any other."""
        return Phone.from_metadata(tracker.latest_message.get("metadata") or {})

    def speaker(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> CollectingDispatcher | Speaking:
        """The dispatcher to utter through: on the telephone it says some things in other words."""
        return Speaking(dispatcher) if self.phone(tracker) else dispatcher

    def channel(self, tracker: Tracker) -> str:
        """The channel that the message came by."""
        metadata = tracker.latest_message.get("metadata") or {}
        return str(metadata.get("channel", "api"))

    def save(self, notes: Notes) -> None:
        """Writes the turn's entries and the dialog's memory in one transaction."""
        self.drafts.append(notes.draft.id, notes.entries, notes.memory.to_json())
