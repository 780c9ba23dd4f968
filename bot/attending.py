"""The operators' side of the house: their desk, and the attendant who sees to what nobody says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.conversation import Conversation
from bot.house import House
from bot.keys import kept_key
from bot.operators.attendant import Attendant
from bot.operators.chatwoot.api import ChatwootApi
from bot.operators.chatwoot.console import ChatwootConsole
from bot.operators.chatwoot.hearing import Hearing
from bot.operators.chatwoot.mirroring import Mirroring
from bot.operators.desk import OperatorDesk
from integrations.mirrors import Mirrors
from integrations.rejections import Rejections
from intents.catalog import load_catalog


def operator_desk_of(house: House) -> OperatorDesk:
    """What operators do with conversations, on the house's database."""
    return OperatorDesk(
        house.escalations, house.journal, house.drafts, house.doubts, house.desk, load_catalog(), house.clock
    )


def attendant_of(house: House, door: Conversation, announce: Callable[[str], None]) -> Attendant:
    """The attendant of this process; `announce` wakes a conversation's event streams."""
    patience = timedelta(seconds=house.settings.operator_patience)
    return Attendant(door, operator_desk_of(house), Rejections(house.database), patience, announce)


def chatwoot_of(house: House, announce: Callable[[str], None]) -> ChatwootConsole | None:
    """Chatwoot as the operators' console, if there is one."""
    settings = house.settings
    if not settings.chatwoot_url:
        return None
    api = ChatwootApi(
        settings.chatwoot_url, settings.chatwoot_token, settings.chatwoot_account, settings.chatwoot_inbox
    )
    desk, mirrors = operator_desk_of(house), Mirrors(house.database, house.clock)
    secret = settings.chatwoot_secret or kept_key(settings.home / "chatwoot.secret")
    mirroring = Mirroring(api, mirrors, desk, house.recordings, house.evidence)
    return ChatwootConsole(mirroring, Hearing(api, mirrors, desk, announce), secret, settings.chatwoot_look_seconds)


@asynccontextmanager
async def attending(
    house: House, door: Conversation, announce: Callable[[str], None], chatwoot: ChatwootConsole | None
) -> AsyncIterator[None]:
    """Attends while the context is open."""
    jobs = [attendant_of(house, door, announce).run()]
    if chatwoot:
        jobs.append(chatwoot.run())
    working = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
