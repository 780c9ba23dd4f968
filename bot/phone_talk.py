"""The wiring of the talk over a call: the voice of the line, what is kept of calls, and who is called back."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from asr.voice import CachedVoice, VoiceError
from asr.voices import load_voice
from bot.channels.phone import words
from bot.channels.phone.breaths import breaths
from bot.channels.phone.callbacks import Callbacks
from bot.channels.phone.gateway import Gateway
from bot.channels.phone.line_voice import LineVoice
from bot.channels.phone.rooms import Rooms
from bot.channels.phone.talk import Talk, fixed_sentences
from bot.channels.phone.tape import Tapes
from bot.channels.telegram.updates import CHANNEL as TELEGRAM
from bot.conversation import Conversation
from bot.followup import calls_of
from config.settings import Settings
from integrations.database import Database
from integrations.escalations import Escalations
from integrations.journal import Journal
from integrations.numbers import grouped
from integrations.outbox import Outbox
from integrations.phone_links import PhoneLinks
from integrations.phone_talks import PhoneTalks
from integrations.ticket import Ticket
from intents.catalog import load_catalog

log = logging.getLogger(__name__)


def line_voice_of(settings: Settings) -> LineVoice | None:
    """The hotline's voice on the telephone; None, and said in the log, where there is none."""
    try:
        voice, kept = load_voice(settings.voice), load_voice(settings.voice)
    except VoiceError as error:
        log.error("voice: %s", error)
        return None
    if voice is None or kept is None:
        return None
    fixed = frozenset(piece for text in fixed_sentences(load_catalog()) for piece in breaths(text))
    return LineVoice(voice, CachedVoice(kept, settings.home / "voice", fixed), fixed)


def talk_of(
    settings: Settings, database: Database, clock: Callable[[], datetime], door: Conversation, outbox: Outbox
) -> Talk | None:
    """Leads calls; None where the house has no ears or no voice to lead one."""
    voice = line_voice_of(settings) if door.ears.follows else None
    if voice is None:
        return None
    talks = PhoneTalks(database, clock)
    rooms = Rooms(
        door=door,
        ears=door.ears,
        voice=voice,
        talks=talks,
        catalog=load_catalog(),
        resume_within=timedelta(minutes=settings.phone_resume_minutes),
        tapes=Tapes(settings.home / "recordings", door.recordings, talks),
        asks_back=calls_of(settings, database, clock, outbox).caller_is_here,
        tell_elsewhere=telling(PhoneLinks(database, clock), door.journal),
    )
    return Talk(rooms)


def telling(links: PhoneLinks, journal: Journal) -> Callable[[str, Ticket], None]:
    """Sends a filed ticket's number to the caller's Telegram, if they have shown there that the number is theirs."""

    def tell(caller: str, ticket: Ticket) -> None:
        key = links.citizen(caller, TELEGRAM)
        conversation = journal.latest(TELEGRAM, key) if key else None
        if conversation is not None:
            journal.append(conversation, words.TICKET_MESSAGE.format(grouped(ticket.number)), {}, unasked=True)

    return tell


@asynccontextmanager
async def talking(gateway: Gateway, talk: Talk | None, escalations: Escalations) -> AsyncIterator[None]:
    """The gateway's calls are led by this talk, while the context is open; without one they go to a person."""
    if talk is None:
        yield
        return
    gateway.talk = talk
    rooms = talk.rooms
    callbacks = Callbacks(rooms.talks, escalations, rooms.resume_within, rooms.tapes)
    tasks = [asyncio.create_task(job) for job in (rooms.voice.warm_up(), callbacks.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        rooms.voice.close()
