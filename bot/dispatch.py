"""The city's own ticket system, if the settings name one: which it is, and the process that delivers to it."""

import sys
from contextlib import AbstractAsyncContextManager, nullcontext

import yaml

from bot.helper_process import end_with_parent, helping
from bot.house import build
from config.settings import Settings
from integrations.dispatcher import Dispatcher
from integrations.open311.calls import Calls
from integrations.open311.client import Open311Desk
from integrations.open311.mapping import Mapping311
from integrations.remote import RemoteDesk
from integrations.webhook_desk import WebhookDesk


def remote_of(settings: Settings) -> RemoteDesk | None:
    """The remote desk; None when tickets stay here. ValueError says what is missing."""
    if settings.desk == "local":
        return None
    if not settings.desk_url or not settings.desk_key:
        raise ValueError("JIESU_DESK_URL and JIESU_DESK_KEY are needed for a remote desk")
    if settings.desk == "webhook":
        return WebhookDesk(settings.desk_url, settings.desk_key)
    data = yaml.safe_load(settings.desk_services.read_text(encoding="utf-8")) if settings.desk_services else None
    calls = Calls(settings.desk_url, settings.desk_key, settings.desk_format, settings.desk_jurisdiction)
    return Open311Desk(calls, Mapping311.from_data(data))


def dispatching(settings: Settings) -> AbstractAsyncContextManager[None]:
    """The dispatcher's process, while the context is open; none when tickets stay here."""
    if settings.desk == "local":
        return nullcontext()
    env = {
        "JIESU_HOME": str(settings.home.absolute()),
        "JIESU_DESK": settings.desk,
        "JIESU_DESK_URL": settings.desk_url,
        "JIESU_DESK_KEY": settings.desk_key,
        "JIESU_DESK_FORMAT": settings.desk_format,
        "JIESU_DESK_JURISDICTION": settings.desk_jurisdiction,
        "JIESU_DESK_POLL_SECONDS": str(settings.desk_poll_seconds),
    }
    if settings.database_url:
        env["JIESU_DATABASE_URL"] = settings.database_url
    if settings.desk_services:
        env["JIESU_DESK_SERVICES"] = str(settings.desk_services.absolute())
    return helping("dispatch", settings.home, env)


def dispatch(settings: Settings) -> int:
    """`jiesu dispatch`, until its parent ends."""
    end_with_parent()
    remote = remote_of(settings)
    if remote is None:
        return 0
    house = build(settings)
    Dispatcher(house.outbox, house.desk, remote, house.clock, settings.desk_poll_seconds).run()
    return 0


def list_dead(settings: Settings) -> int:
    """`jiesu outbox list`: what could not be delivered, and why."""
    outbox = build(settings).outbox
    for letter in outbox.dead():
        at = letter.created_at.strftime("%Y-%m-%d %H:%M")
        print(f"{letter.id}  {letter.ticket}  {letter.kind:<6} {at}  {letter.attempts} attempts  {letter.reason}")
    print(f"{outbox.waiting()} waiting")
    return 0


def replay(settings: Settings, letter: int | None, *, anew: bool) -> int:
    """`jiesu outbox replay ID`: tries a dead letter again; without an id, all of them."""
    outbox = build(settings).outbox
    letters = [letter] if letter is not None else [dead.id for dead in outbox.dead()]
    try:
        for each in letters:
            outbox.replay(each, anew=anew)
    except KeyError:
        print("jiesu: no such dead letter", file=sys.stderr)
        return 2
    print(f"{len(letters)} will be tried again")
    return 0
