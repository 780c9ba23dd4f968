"""escalations: the queue of conversations that a person should hold"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('waiting', 'callback', 'held')")


def upgrade() -> None:
    op.create_table('escalations',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('operator', sa.String(length=80), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('since', Moment(), nullable=False),
    sa.Column('taken_at', Moment(), nullable=True),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.Column('resumed_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_escalations_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalations'))
    )
    op.create_index('ix_escalations_conversation_id', 'escalations', ['conversation_id'])
    op.create_index('ix_escalations_operator', 'escalations', ['operator'])
    op.create_index('ix_escalations_asked_at', 'escalations', ['asked_at'])
    op.create_index('ix_escalations_state_place', 'escalations', ['state', 'priority', 'since'])
    op.create_index('ix_escalations_live', 'escalations', ['conversation_id'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table('escalation_causes',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('escalation', sa.Integer(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['escalation'], ['escalations.id'], name=op.f('fk_escalation_causes_escalation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation_causes'))
    )


def downgrade() -> None:
    op.drop_table('escalation_causes')
    op.drop_table('escalations')
