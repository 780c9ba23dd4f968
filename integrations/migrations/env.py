"""Alembic's environment: the connection comes from `integrations.database.upgrade`."""

from alembic import context

from integrations import (
    calls,
    canned_replies,
    escalation_tables,
    facts,
    followup_tables,
    mirrors,
    phone_links,
    phone_talks,
    remote_tables,
    staff_tables,
    tables,
)
from integrations.database import Base

ROOMS = (
    canned_replies,
    calls,
    escalation_tables,
    facts,
    followup_tables,
    mirrors,
    phone_links,
    phone_links,
    phone_talks,
    remote_tables,
    staff_tables,
    tables,
)
"""Imported, so that the metadata knows their tables."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
