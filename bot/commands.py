"""The command line's short commands: tickets and doctor."""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bot.channels.phone.doors import is_loopback
from bot.channels.phone.server import address_of, is_free
from bot.console import office_of
from bot.dispatch import remote_of
from bot.house import build
from bot.keys import open311_key_file
from bot.rasa_process import model_path
from config.settings import Settings
from dialog.client import RasaDialog
from integrations import numbers
from integrations.accounts import ADMIN
from integrations.desk import NoSuchTicket
from integrations.status import InvalidMove, Status

GOOD, MISSING, WAITS = "ok", "missing", "optional"


def list_tickets(settings: Settings, status: str | None, limit: int) -> int:
    """One line a ticket, the newest first."""
    if status is not None and status not in set(Status):
        return _refuse(f"no such status: {status}; one of {', '.join(Status)}")
    for ticket in build(settings).desk.search(status=status, limit=limit):
        due = ticket.due_at.strftime("%Y-%m-%d %H:%M")
        print(f"{ticket.number}  {ticket.status:<11}  {due}  {ticket.lead_unit}  {ticket.topic_name}")
    return 0


def show_ticket(settings: Settings, number: str) -> int:
    """The whole ticket as JSON."""
    try:
        ticket = build(settings).desk.get(numbers.normalise(number) or number)
    except NoSuchTicket:
        return _refuse("no such ticket")
    print(json.dumps(ticket.as_json(), ensure_ascii=False, indent=2))
    return 0


def move_ticket(settings: Settings, number: str, status: str, note: str, by: str) -> int:
    """Moves it, or says which moves there are."""
    if status not in set(Status):
        return _refuse(f"no such status: {status}; one of {', '.join(Status)}")
    try:
        ticket = build(settings).desk.move(numbers.normalise(number) or number, Status(status), by=by, note=note)
    except NoSuchTicket:
        return _refuse("no such ticket")
    except InvalidMove as error:
        return _refuse(str(error))
    print(f"{ticket.number} is {ticket.status}")
    return 0


def list_groups(settings: Settings) -> int:
    """One line a group case."""
    for case in build(settings).groups.cases():
        print(f"{case.people:>4} people  {case.loss:>12,.0f} yuan  {case.topic}  {case.district or '-'}  {case.name}")
    return 0


def _refuse(why: str) -> int:
    print(f"jiesu: {why}", file=sys.stderr)
    return 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: its state, and how to get it when it is not there."""

    state: str
    what: str
    how: str = ""


async def doctor(settings: Settings) -> int:
    """Prints every finding; exit status 1 when something needed is missing."""
    found = [*_files(settings), await _server(settings)]
    for finding in found:
        print(f"[{finding.state:^8}] {finding.what}" + (f"\n           {finding.how}" if finding.how else ""))
    return int(any(finding.state == MISSING for finding in found))


def _files(settings: Settings) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(GOOD, f"Python {python}")
    if settings.rasa_url:
        yield Finding(GOOD, "Rasa runs elsewhere (JIESU_RASA_URL)")
    elif settings.rasa_python.exists():
        yield Finding(GOOD, f"Rasa's environment ({settings.rasa_python})")
    else:
        yield Finding(MISSING, "Rasa's environment", "make setup")
    trained = model_path(settings.home).exists()
    yield (
        Finding(GOOD, "dialog model, trained from the present sources")
        if trained
        else Finding(WAITS, "dialog model: not trained from the present sources yet", "make run trains it")
    )
    try:
        build(settings)
        yield Finding(GOOD, "database reached and migrated")
    except Exception as error:
        yield Finding(MISSING, f"database: {type(error).__name__}", "check JIESU_DATABASE_URL")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    yield (
        Finding(GOOD, f"browser for the page's tests ({browser})")
        if browser
        else Finding(WAITS, "browser for the page's tests", "apt-get install chromium")
    )
    yield from _speech(settings)
    yield from telephone_findings(settings)
    yield from _desks(settings)
    yield from _console(settings)


def _console(settings: Settings) -> Iterator[Finding]:
    """Who may come into /operator, and where the first password is."""
    how = "forgotten: jiesu accounts password admin"
    try:
        made = office_of(build(settings), lambda _: None).audit.lines(action="staff_added", subject=f"staff:{ADMIN}")
    except Exception:
        # The database has its own line.
        return
    if not made:
        where = "JIESU_ADMIN_PASSWORD" if settings.admin_password else "printed once, when the house starts first"
        yield Finding(WAITS, f"operators' console: no account yet; admin's password: {where}", "make run")
    elif made[-1].detail.get("made"):
        yield Finding(GOOD, f"operators' console: admin's password was printed once, on {made[-1].at:%Y-%m-%d}", how)
    else:
        yield Finding(GOOD, "operators' console: admin's first password was that of JIESU_ADMIN_PASSWORD", how)


def _desks(settings: Settings) -> Iterator[Finding]:
    if settings.open311_keys:
        yield Finding(GOOD, "Open311: keys of JIESU_OPEN311_KEYS")
    else:
        path = open311_key_file(settings)
        yield Finding(
            GOOD if path.exists() else WAITS,
            f"Open311: the key that may file lies in {path}",
            "" if path.exists() else "made at the first start",
        )
    yield (
        Finding(GOOD, "Telegram: token set")
        if settings.telegram_token
        else Finding(WAITS, "Telegram: no token", "ask @BotFather for one, then JIESU_TELEGRAM_TOKEN=…")
    )
    try:
        remote = remote_of(settings)
    except (ValueError, OSError) as error:
        yield Finding(MISSING, f"remote desk: {error}", "see .env.example")
        return
    yield Finding(GOOD, f"remote desk: {remote.name}" if remote else "tickets stay in this desk (JIESU_DESK)")
    if remote is not None:
        dead = len(build(settings).outbox.dead())
        yield Finding(WAITS if dead else GOOD, f"{dead} dead letters", "jiesu outbox list" if dead else "")


def _speech(settings: Settings) -> Iterator[Finding]:
    for engine, path, name, what in (
        ("vosk", settings.vosk_model, "vosk-model-small-cn-0.22", "speech while citizens speak (Vosk)"),
        ("whisper", settings.whisper_model, "small", "speech checked afterwards (Whisper)"),
    ):
        how = f"jiesu models fetch {name}, then JIESU_{engine.upper()}_MODEL=…; without it citizens write"
        if path is None:
            yield Finding(WAITS, f"{what}: no model", how)
        elif not path.exists():
            yield Finding(MISSING, f"{what}: nothing at {path}", how)
        else:
            yield Finding(GOOD, f"{what}: {path}")
    yield Finding(GOOD, f"voice: {settings.voice}")


def telephone_findings(settings: Settings) -> Iterator[Finding]:
    """Where calls come in, and for whom the doors are open."""
    if not settings.audiosocket:
        yield Finding(
            WAITS, "telephone: no AudioSocket", "JIESU_AUDIOSOCKET=127.0.0.1:9092, then docs/asterisk/README.md"
        )
    else:
        try:
            host, _ = address_of(settings.audiosocket)
            free = is_free(settings.audiosocket)
        except (ValueError, OSError) as error:
            yield Finding(MISSING, f"telephone: JIESU_AUDIOSOCKET: {error}", "host:port, as 127.0.0.1:9092")
            return
        state = "free" if free else "in use: by a running Jiesu, or by something else"
        yield Finding(GOOD, f"telephone: AudioSocket on {settings.audiosocket} ({state})")
        if not is_loopback(host):
            how = "let a firewall pass Asterisk alone: AudioSocket knows no passwords"
            yield Finding(WAITS, "telephone: AudioSocket is open to other machines", how)
    yield (
        Finding(GOOD, "telephone: /phone is for whoever shows JIESU_PHONE_KEY")
        if settings.phone_key
        else Finding(GOOD, "telephone: /phone answers this machine alone (no JIESU_PHONE_KEY)")
    )


async def _server(settings: Settings) -> Finding:
    if not settings.rasa_url:
        return Finding(GOOD, "Rasa is started by `make run`")
    dialog = RasaDialog(settings.rasa_url, timeout=3)
    try:
        if await dialog.ready():
            return Finding(GOOD, "Rasa answers")
        return Finding(MISSING, "Rasa does not answer at JIESU_RASA_URL", "start it, or unset JIESU_RASA_URL")
    finally:
        await dialog.close()
