"""A local desk and what stands around it, on any database: for tests that need no dialog."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from config.city import district_overlays, read
from integrations.database import Database
from integrations.deadlines import Deadlines
from integrations.drafts import Draft, Drafts, NewEntry
from integrations.journal import Journal
from integrations.local_desk import LocalDesk
from integrations.outbox import Outbox
from integrations.routing import Routes
from integrations.ticket import Ticket
from intents.catalog import load_catalog

NAMES = {topic.id: topic.name for topic in load_catalog().topics.values()}


@dataclass
class Desks:
    """Everything that files a ticket."""

    database: Database
    clock: Callable[[], datetime]
    journal: Journal
    drafts: Drafts
    outbox: Outbox
    desk: LocalDesk

    def draft(self, conversation: str | None = None, **values: object) -> Draft:
        """A draft of a broken street light, with these values besides."""
        conversation = conversation or self.journal.create("test").id
        draft = self.drafts.open_new(conversation)
        facts = {
            "topic": "street_lights",
            "type": "投诉",
            "district": "朝阳区",
            "place": "青年路12号",
            "issue_kind": "不亮",
            "description": "青年路的路灯不亮",
            "contact_phone": "13800001234",
            **values,
        }
        self.drafts.append(draft.id, [NewEntry(name, value, str(value), 1) for name, value in facts.items()], {})
        found = self.drafts.current(conversation)
        assert found is not None
        return found

    def file(self, **values: object) -> Ticket:
        """A filed ticket."""
        return self.desk.file(self.draft(**values), "test")


@cache
def the_citys() -> tuple[Routes, Deadlines]:
    """The city's own data, read once."""
    routes = Routes.from_data(read("routes.yml"), district_overlays(), read("nearest.yml"))
    return routes, Deadlines.from_data(read("deadlines.yml"))


def desks(database: Database, clock: Callable[[], datetime], *, remote: bool = True) -> Desks:
    """On a migrated database."""
    outbox = Outbox(database, clock)
    routes, deadlines = the_citys()
    desk = LocalDesk(database, routes, deadlines, NAMES, clock, outbox if remote else None)
    return Desks(database, clock, Journal(database, clock), Drafts(database, clock), outbox, desk)
