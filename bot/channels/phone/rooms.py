"""What every call may use: the door to the dialog, the ears, the voice, and what is kept of calls. Built once, by the wiring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.phone.line_voice import LineVoice
from bot.channels.phone.tape import Tapes
from bot.channels.phone.times import Times, observe
from bot.conversation import Conversation
from bot.ears import Ears
from integrations.followup_calls import AskedOnCall
from integrations.phone_talks import PhoneTalks
from integrations.ticket import Ticket
from intents.catalog import Catalog
from intents.extraction.acts import Act

_ENDING = ("thanks", "deny", "affirm", "skip", "cancel", "leave")


@dataclass(frozen=True, slots=True)
class Rooms:
    """`tell_elsewhere` sends a filed ticket's number to the caller by another channel, where they are known there."""

    door: Conversation
    ears: Ears
    voice: LineVoice
    talks: PhoneTalks
    catalog: Catalog
    resume_within: timedelta
    tapes: Tapes
    tell_elsewhere: Callable[[str, Ticket], None] | None = None
    observe: Callable[[Times], None] = observe
    asks_back: Callable[[str, str], AskedOnCall | None] | None = None
    """Moves a caller's open follow-up into this conversation: what they are asked before anything else."""

    def goes_on(self, acts: Sequence[Act]) -> bool:
        """Whether the words after a filed ticket want more: a thanks or a “no, that was all” does not."""
        kinds = {act.kind for act in acts}
        return not (kinds & set(_ENDING)) or bool(kinds - set(_ENDING))
