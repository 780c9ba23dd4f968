"""outbox: what a remote desk has to be told, and how it knows our tickets"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('outbox',
    sa.Column('seq', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('ticket', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('leased_until', Moment(), nullable=True),
    sa.Column('leased_by', sa.String(length=36), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('done_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['ticket'], ['tickets.number'], name=op.f('fk_outbox_ticket')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_state_due', ['state', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_ticket'), ['ticket'], unique=False)
    op.create_table('remote_tickets',
    sa.Column('ticket', sa.String(length=12), nullable=False),
    sa.Column('external_id', sa.String(length=120), nullable=True),
    sa.Column('token', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['ticket'], ['tickets.number'], name=op.f('fk_remote_tickets_ticket')),
    sa.PrimaryKeyConstraint('ticket', name=op.f('pk_remote_tickets'))
    )
    with op.batch_alter_table('remote_tickets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_remote_tickets_external_id'), ['external_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_remote_tickets_token'), ['token'], unique=False)
    op.create_table('remote_changes',
    sa.Column('id', sa.String(length=200), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remote_changes'))
    )
    with op.batch_alter_table('remote_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_remote_changes_at'), ['at'], unique=False)


def downgrade() -> None:
    op.drop_table('remote_changes')
    op.drop_table('remote_tickets')
    op.drop_table('outbox')
