"""Every part that the console's pages may use, handed to them by the wiring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.operators.desk import OperatorDesk
from bot.operators.floor import Floor
from integrations.accounts import Accounts
from integrations.audit import Audit
from integrations.canned_replies import CannedReplies
from integrations.database import Database
from integrations.doubts import Doubts
from integrations.drafts import Drafts
from integrations.escalations import Escalations
from integrations.evidence import Evidence
from integrations.followup_calls import FollowUpCalls
from integrations.groups import Groups
from integrations.journal import Journal
from integrations.local_desk import LocalDesk
from integrations.outbox import Outbox
from integrations.recordings import Recordings
from integrations.reports.library import Reports
from integrations.sessions import Sessions
from integrations.throttle import LoginThrottle
from integrations.ticket_search import TicketSearch
from integrations.unsent import Unsent
from intents.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Office:
    """What operators work with."""

    database: Database
    accounts: Accounts
    sessions: Sessions
    throttle: LoginThrottle
    audit: Audit
    catalog: Catalog
    journal: Journal
    drafts: Drafts
    desk: LocalDesk
    doubts: Doubts
    recordings: Recordings
    evidence: Evidence
    outbox: Outbox
    groups: Groups
    escalations: Escalations
    operators: OperatorDesk
    search: TicketSearch
    districts: Sequence[str]
    unsent: Unsent
    floor: Floor
    replies: CannedReplies
    announce: Callable[[str], None]
    """Wakes the citizen's open page: there is something new in this conversation."""
    reports: Reports
    calls: FollowUpCalls
    clock: Callable[[], datetime]
