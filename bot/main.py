"""The only wiring: builds every part once and hands it what it needs."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from bot.app import web_app
from bot.attending import attending, chatwoot_of
from bot.channels.desk_hook import hook_router
from bot.channels.events import News
from bot.channels.open311 import Office, open311_router
from bot.channels.telegram.channel import TelegramChannel, secret_of
from bot.console import first_admin, office_of
from bot.conversation import Conversation
from bot.dispatch import dispatching
from bot.ears import Ears
from bot.followup import answers_of, following_up
from bot.house import House, build, now
from bot.keys import open311_keys
from bot.listener import Listener, PortBusy, check_port
from bot.listeners import ears_of, second_hearing_of, voice_of
from bot.notifier import Notifier
from bot.operators import console
from bot.operators.waiting_room import WaitingRoom
from bot.phone_talk import talk_of, talking
from bot.rasa_process import RasaError, RasaProcess, ensure_model, free_port
from bot.telephone import PhoneBusy, Telephone
from bot.turns import TurnLocks
from config.settings import Settings
from dialog.actions.room import Room
from dialog.actions.server import action_app
from dialog.client import RasaDialog
from dialog.rasa.endpoints import endpoints
from integrations.inbox import Inbox
from integrations.language_model import LanguageModel
from integrations.open311.filing import Intake
from integrations.open311.requests import PublicRequests
from integrations.phone_links import PhoneLinks
from integrations.pushes import Pushes
from integrations.quiet import QuietHours
from intents.catalog import load_catalog
from intents.gazetteer.index import load_gazetteer

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Served:
    """A running house: where the page is, and the parts that a caller may talk to."""

    address: str
    conversation: Conversation
    house: House
    rasa: RasaProcess | None


@asynccontextmanager
async def dialog_of(house: House, say: Callable[[str], None]) -> AsyncIterator[tuple[RasaDialog, RasaProcess | None]]:
    """The action endpoint and a Rasa that calls it: ours, started and watched, or somebody else's by its URL."""
    settings = house.settings
    model = (
        LanguageModel(settings.llm_url, settings.llm_key, settings.llm_model, settings.llm_seconds)
        if settings.llm_url
        else None
    )
    room = Room(
        load_catalog(),
        house.drafts,
        house.desk,
        house.guesses,
        house.clock,
        model,
        house.doubts,
        house.groups,
        house.evidence,
        answers_of(settings, house.database, house.clock, house.outbox),
    )
    actions = Listener(action_app(room), settings.actions_host, settings.actions_port)
    async with actions.serving():
        if settings.rasa_url:
            dialog = RasaDialog(settings.rasa_url, settings.turn_timeout)
            yield dialog, None
            await dialog.close()
            return
        trained = await ensure_model(settings.home, settings.rasa_python, say)
        say("waiting for Rasa to load the model (about 15 s) …")
        tracker = settings.database if settings.database_url else f"sqlite:///{(settings.home / 'rasa.db').resolve()}"
        rasa = RasaProcess(
            settings.rasa_python, trained, settings.home, endpoints(f"{actions.url}/webhook", tracker), free_port()
        )
        dialog = RasaDialog(rasa.url, settings.turn_timeout)
        try:
            await rasa.start(dialog)
            watching = asyncio.create_task(rasa.watch(dialog))
            try:
                yield dialog, rasa
            finally:
                # First, or it would start again what is being stopped.
                watching.cancel()
        finally:
            await rasa.stop()
            await dialog.close()


def conversation_of(house: House, dialog: RasaDialog, ears: Ears) -> Conversation:
    """The door of every channel."""
    labels = {name: field.label for name, field in load_catalog().fields.items()}
    room = WaitingRoom(house.escalations, house.drafts, house.doubts, house.journal, house.desk, house.clock)
    return Conversation(
        house.journal,
        house.drafts,
        house.desk,
        house.evidence,
        dialog,
        TurnLocks(),
        house.recordings,
        ears,
        room,
        labels,
    )


def standards(house: House) -> list[APIRouter]:
    """What other programs speak: Open311, and the signed webhook where the desk is one."""
    settings, catalog = house.settings, load_catalog()
    names = {topic.id: topic.name for topic in catalog.topics.values()}
    places = load_gazetteer()
    streets = frozenset(street for known in places.streets.values() for street in known)
    intake = Intake(catalog, places.districts, streets, house.journal, house.drafts, house.desk, house.clock)
    requests = PublicRequests(house.database, names, streets, house.clock)
    routers = [open311_router(Office(intake, requests, house.desk, open311_keys(settings)))]
    if settings.desk == "webhook":
        routers.append(hook_router(settings.desk_key, house.outbox, house.desk))
    return routers


def telegram_of(house: House, conversation: Conversation) -> TelegramChannel | None:
    """The Telegram bot, if there is a token."""
    settings = house.settings
    if not settings.telegram_token:
        return None
    pushes = Pushes(house.database, "telegram", QuietHours.parse(settings.quiet_hours), house.clock)
    inbox = Inbox(house.database, house.clock)
    links = PhoneLinks(house.database, house.clock)
    api = settings.telegram_api.rstrip("/")
    return TelegramChannel(settings.telegram_token, api, conversation, inbox, pushes, links)


@asynccontextmanager
async def conversing(
    settings: Settings, say: Callable[[str], None], clock: Callable[[], datetime] = now
) -> AsyncIterator[Conversation]:
    """A conversation without the web: for the terminal and for tests."""
    house = build(settings, clock)
    async with dialog_of(house, say) as (dialog, _):
        yield conversation_of(house, dialog, Ears())


@asynccontextmanager
async def serving(
    settings: Settings, say: Callable[[str], None], clock: Callable[[], datetime] = now
) -> AsyncIterator[Served]:
    """The whole house, until the context is left."""
    house = build(settings, clock)
    # Before a minute is spent on the dialog: its port may be busy.
    telephone = Telephone(settings, house.database, house.clock, say)
    async with dialog_of(house, say) as (dialog, rasa):
        news = News()
        conversation = conversation_of(house, dialog, ears_of(settings))
        telegram, secret = telegram_of(house, conversation), secret_of(settings.telegram_secret, settings.home)
        routers = standards(house)
        if telegram and settings.telegram_webhook:
            routers.append(telegram.webhook_router(secret))
        routers.append(telephone.router)
        chatwoot = chatwoot_of(house, news.announce)
        if chatwoot:
            routers.append(chatwoot.router())
        app = web_app(conversation, house.guesses, load_catalog(), news, voice_of(settings), *routers)
        office = office_of(house, news.announce)
        if told := first_admin(office, settings):
            say(told)
        console.install(app, office)
        page = Listener(app, settings.host, settings.port)
        async with AsyncExitStack() as stack:
            for part in (
                console.living(app, office),
                page.serving(),
                second_hearing_of(settings),
                dispatching(settings),
            ):
                await stack.enter_async_context(part)
            if telegram:
                await stack.enter_async_context(telegram.serving(settings.telegram_webhook, secret))
            await stack.enter_async_context(following_up(settings, house.database, house.clock, news.announce))
            await stack.enter_async_context(attending(house, conversation, news.announce, chatwoot))
            talk = talk_of(settings, house.database, house.clock, conversation, house.outbox)
            await stack.enter_async_context(talking(telephone.gateway, talk, house.escalations))
            _stay_prompt()
            # Last, and so the first to end: everything else still works while calls under way finish.
            await stack.enter_async_context(telephone.serving())
            telling = asyncio.create_task(Notifier(house.announcements, news.announce).run())
            try:
                yield Served(page.url, conversation, house, rasa)
            finally:
                telling.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await telling


async def run(settings: Settings) -> int:
    """`jiesu run`: serves until SIGTERM or Ctrl-C; the exit status."""
    loop = asyncio.get_running_loop()
    serve = asyncio.create_task(_serve_forever(settings))
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(sign, serve.cancel)
    try:
        return await serve
    except asyncio.CancelledError:
        print("[jiesu] stopped", flush=True)
        return 0
    except PortBusy:
        print(f"jiesu: port {settings.port} is in use already; try PORT={settings.port + 1} make run", flush=True)
        return 1
    except (RasaError, PhoneBusy) as error:
        print(f"jiesu: {error}", flush=True)
        return 1


def _say(text: str) -> None:
    print(f"[jiesu] {text}", flush=True)


async def _serve_forever(settings: Settings) -> int:
    check_port(settings.host, settings.port)
    async with serving(settings, _say) as served:
        print(f"jiesu is ready: {served.address} (page and API), {served.address}/docs (API description)", flush=True)
        await asyncio.Event().wait()
    return 0


def _stay_prompt() -> None:
    """A caller hears every pause: what was built by now is never collected again, and threads give way after a millisecond."""
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(0.001)
