"""The house: every part that outlives a request, built once on one database. Nothing here serves; short commands need no more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.followup import follow_ups_of
from config.city import district_overlays, read
from config.settings import Settings
from integrations.announcements import Announcements
from integrations.database import Database, upgrade
from integrations.deadlines import Deadlines
from integrations.doubts import Doubts
from integrations.drafts import Drafts
from integrations.escalations import Escalations
from integrations.evidence import Evidence
from integrations.groups import Groups
from integrations.guesses import GuessLimiter
from integrations.journal import Journal
from integrations.local_desk import LocalDesk
from integrations.outbox import Outbox
from integrations.recordings import Recordings
from integrations.routing import Routes
from intents.catalog import load_catalog

BEIJING = ZoneInfo("Asia/Shanghai")
GUESSES_PER_MINUTE = 5


def now() -> datetime:
    """The hotline's clock."""
    return datetime.now(BEIJING)


@dataclass(frozen=True, slots=True)
class House:
    """Every part that outlives a request."""

    settings: Settings
    database: Database
    journal: Journal
    drafts: Drafts
    desk: LocalDesk
    outbox: Outbox
    evidence: Evidence
    recordings: Recordings
    doubts: Doubts
    escalations: Escalations
    groups: Groups
    guesses: GuessLimiter
    announcements: Announcements
    clock: Callable[[], datetime]


def build(settings: Settings, clock: Callable[[], datetime] = now) -> House:
    """The house on its database, migrated. Nothing is started."""
    settings.home.mkdir(parents=True, exist_ok=True)
    catalog = load_catalog()
    database = Database(settings.database)
    upgrade(database)
    names = {topic.id: topic.name for topic in catalog.topics.values()}
    routes = Routes.from_data(read("routes.yml"), district_overlays(), read("nearest.yml"))
    deadlines = Deadlines.from_data(read("deadlines.yml"))
    drafts = Drafts(database, clock)
    outbox = Outbox(database, clock)
    remote = settings.desk != "local"
    desk = LocalDesk(database, routes, deadlines, names, clock, outbox if remote else None)
    return House(
        settings,
        database,
        Journal(database, clock),
        drafts,
        desk,
        outbox,
        Evidence(database, settings.home / "files", clock, settings.scan_command),
        Recordings(database, settings.home / "recordings", clock),
        Doubts(database, clock),
        Escalations(database, clock),
        Groups(database, clock, settings.join_days, settings.group_days),
        GuessLimiter(per_minute=GUESSES_PER_MINUTE),
        Announcements(database, names, clock, follow_ups_of(settings, database, clock)),
        clock,
    )
