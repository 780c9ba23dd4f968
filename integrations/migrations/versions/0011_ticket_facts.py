"""ticket facts: what reports are made from"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ticket_facts',
    sa.Column('number', sa.String(length=12), nullable=False),
    sa.Column('month', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('type', sa.String(length=4), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=True),
    sa.Column('district', sa.String(length=20), nullable=True),
    sa.Column('street', sa.String(length=40), nullable=True),
    sa.Column('lead_unit', sa.String(length=80), nullable=False),
    sa.Column('about', sa.String(length=120), nullable=True),
    sa.Column('loss', sa.Float(), nullable=True),
    sa.Column('repeated', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('returns', sa.Integer(), nullable=False),
    sa.Column('reopens', sa.Integer(), nullable=False),
    sa.Column('follow_up', sa.String(length=10), nullable=True),
    sa.Column('contacted', sa.String(length=6), nullable=True),
    sa.Column('solved', sa.String(length=6), nullable=True),
    sa.Column('satisfied', sa.String(length=6), nullable=True),
    sa.Column('turns', sa.Integer(), nullable=False),
    sa.Column('corrected', sa.Integer(), nullable=False),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['number'], ['tickets.number'], name=op.f('fk_ticket_facts_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_ticket_facts'))
    )
    with op.batch_alter_table('ticket_facts', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_facts_about', ['month', 'about', 'topic', 'district', 'repeated'], unique=False)
        batch_op.create_index('ix_ticket_facts_follow_up', ['month', 'lead_unit', 'follow_up', 'contacted', 'solved', 'satisfied', 'district', 'topic'], unique=False)
        batch_op.create_index('ix_ticket_facts_kind', ['topic', 'district', 'month', 'kind', 'open', 'status'], unique=False)
        batch_op.create_index('ix_ticket_facts_open', ['open', 'lead_unit', 'due_at', 'district', 'topic'], unique=False)
        batch_op.create_index('ix_ticket_facts_talk', ['month', 'turns', 'corrected', 'missed', 'channel'], unique=False)
        batch_op.create_index('ix_ticket_facts_unit', ['month', 'lead_unit', 'open', 'late', 'returns', 'reopens', 'district', 'topic'], unique=False)
        batch_op.create_index('ix_ticket_facts_what', ['month', 'topic', 'district', 'street', 'status', 'type', 'channel'], unique=False)

    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.create_index('ix_conversations_created_at', ['created_at', 'channel', 'last_turn'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_index('ix_conversations_created_at')

    with op.batch_alter_table('ticket_facts', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_facts_what')
        batch_op.drop_index('ix_ticket_facts_unit')
        batch_op.drop_index('ix_ticket_facts_talk')
        batch_op.drop_index('ix_ticket_facts_open')
        batch_op.drop_index('ix_ticket_facts_kind')
        batch_op.drop_index('ix_ticket_facts_follow_up')
        batch_op.drop_index('ix_ticket_facts_about')

    op.drop_table('ticket_facts')
