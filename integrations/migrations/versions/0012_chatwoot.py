"""chatwoot: which conversation is which there, and how far it is told"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chatwoot_conversations',
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('chatwoot_id', sa.Integer(), nullable=True),
    sa.Column('sent_to', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('leased_until', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_chatwoot_conversations_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_chatwoot_conversations')),
    sa.UniqueConstraint('chatwoot_id', name=op.f('uq_chatwoot_conversations_chatwoot_id'))
    )
    op.create_index('ix_chatwoot_conversations_status', 'chatwoot_conversations', ['status'])


def downgrade() -> None:
    op.drop_table('chatwoot_conversations')
