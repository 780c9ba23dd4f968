"""The console's wiring: its parts, built on a house."""

from collections.abc import Callable
from datetime import timedelta

from bot.attending import operator_desk_of
from bot.followup import calls_of
from bot.house import House
from bot.operators.canned import read_canned
from bot.operators.floor import Floor
from bot.operators.office import Office
from bot.reports import reports_of
from config.city import read
from config.settings import Settings
from integrations.accounts import Accounts
from integrations.audit import Audit
from integrations.canned_replies import CannedReplies
from integrations.sessions import Sessions
from integrations.throttle import LoginThrottle
from integrations.ticket_search import TicketSearch
from integrations.unsent import Unsent
from intents.catalog import load_catalog
from intents.gazetteer.index import load_gazetteer


def office_of(house: House, announce: Callable[[str], None]) -> Office:
    """What the console works with, on the house's database; `announce` wakes a citizen's open page."""
    settings, catalog = house.settings, load_catalog()
    audit = Audit(house.database, house.clock)
    sessions = Sessions(
        house.database,
        audit,
        house.clock,
        timedelta(minutes=settings.session_minutes),
        timedelta(hours=settings.session_hours),
    )
    replies = CannedReplies(house.database, audit)
    replies.begin_with(read_canned(read("replies.yml")))
    return Office(
        database=house.database,
        accounts=Accounts(house.database, audit, house.clock),
        sessions=sessions,
        throttle=LoginThrottle(house.database, house.clock),
        audit=audit,
        catalog=catalog,
        journal=house.journal,
        drafts=house.drafts,
        desk=house.desk,
        doubts=house.doubts,
        recordings=house.recordings,
        evidence=house.evidence,
        outbox=house.outbox,
        groups=house.groups,
        escalations=house.escalations,
        operators=operator_desk_of(house),
        search=TicketSearch(house.database, {topic.id: topic.name for topic in catalog.topics.values()}),
        districts=tuple(load_gazetteer().districts),
        unsent=Unsent(house.database, house.clock),
        floor=Floor(house.database, house.escalations, house.clock),
        replies=replies,
        announce=announce,
        reports=reports_of(house.database, house.clock),
        calls=calls_of(settings, house.database, house.clock, house.outbox),
        clock=house.clock,
    )


def first_admin(office: Office, settings: Settings) -> str | None:
    """Makes the first account; the line to print when its password had to be made up."""
    made = office.accounts.first_admin(settings.admin_password)
    if made is None:
        return None
    return f"operators' console: user name admin, password {made} (printed this once)"
