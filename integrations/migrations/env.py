"""Alembic's environment: the connection comes from `integrations.database.upgrade`."""

from alembic import context

from integrations import calls, staff_tables, tables
from integrations.database import Base

assert tables and calls and staff_tables
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
