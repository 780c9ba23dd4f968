"""phone talks: which conversation a call belongs to, and what its caller can come back to"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('phone_talks',
    sa.Column('call_id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('recorded', sa.Boolean(), nullable=True),
    sa.Column('recording', sa.String(length=36), nullable=True),
    sa.Column('turns', sa.JSON(), nullable=False),
    sa.Column('how', sa.String(length=10), nullable=True),
    sa.Column('began_at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_phone_talks_conversation_id')),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_phone_talks'))
    )
    with op.batch_alter_table('phone_talks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phone_talks_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index('ix_phone_talks_how_ended', ['how', 'ended_at'], unique=False)


def downgrade() -> None:
    op.drop_table('phone_talks')
