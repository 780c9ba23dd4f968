"""Asking back after a ticket's end: the parts that the settings ask for, and what does the due steps beside the app."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from anyio import to_thread

from config.city import read
from config.settings import Settings
from integrations.database import Database
from integrations.deadlines import Deadlines
from integrations.facts import fill_in
from integrations.followup import FollowUps, Intervals
from integrations.followup_answers import FollowUpAnswers
from integrations.followup_calls import FollowUpCalls
from integrations.outbox import Outbox
from integrations.quiet import QuietHours
from intents.catalog import load_catalog

log = logging.getLogger(__name__)


def intervals_of(settings: Settings) -> Intervals:
    """The settings' three pauses."""
    return Intervals(
        timedelta(hours=settings.followup_after_hours),
        timedelta(hours=settings.followup_remind_hours),
        timedelta(hours=settings.followup_close_hours),
    )


def follow_ups_of(settings: Settings, database: Database, clock: Callable[[], datetime]) -> FollowUps:
    """The timetable."""
    names = {topic.id: topic.short for topic in load_catalog().topics.values()}
    city = read("followup.yml")
    never, called = frozenset(city["never_asked"]), frozenset(city["only_called"])
    quiet = QuietHours.parse(settings.quiet_hours)
    return FollowUps(database, clock, intervals_of(settings), quiet, names, never, called)


def calls_of(settings: Settings, database: Database, clock: Callable[[], datetime], outbox: Outbox) -> FollowUpCalls:
    """Follow-ups by voice."""
    names = {topic.id: topic.short for topic in load_catalog().topics.values()}
    answers = answers_of(settings, database, clock, outbox)
    called = frozenset(read("followup.yml")["only_called"])
    return FollowUpCalls(database, clock, intervals_of(settings), names, answers, called)


def answers_of(
    settings: Settings, database: Database, clock: Callable[[], datetime], outbox: Outbox
) -> FollowUpAnswers:
    """The citizen's side; a remote desk, where there is one, is told what they answer."""
    deadlines = Deadlines.from_data(read("deadlines.yml"))
    return FollowUpAnswers(
        database, clock, intervals_of(settings), deadlines, outbox if settings.desk != "local" else None
    )


@asynccontextmanager
async def following_up(
    settings: Settings, database: Database, clock: Callable[[], datetime], announce: Callable[[str], None]
) -> AsyncIterator[None]:
    """Does what is due, for as long as the context is open. Every replica may: a row belongs to whoever locks it first."""
    # Tickets from before there were facts.
    await to_thread.run_sync(fill_in, database)
    working = asyncio.create_task(
        _work(follow_ups_of(settings, database, clock), announce, settings.followup_poll_seconds)
    )
    try:
        yield
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


async def _work(follow_ups: FollowUps, announce: Callable[[str], None], every: float) -> None:
    while True:
        try:
            for conversation_id in await to_thread.run_sync(follow_ups.step):
                announce(conversation_id)
        except Exception as error:
            log.error("following up failed: %s", type(error).__name__)
        await asyncio.sleep(every)
