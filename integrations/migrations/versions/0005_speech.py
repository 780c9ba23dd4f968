"""speech: what was said aloud, and what two hearings of it disagree about"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('recordings',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=True),
    sa.Column('draft_id', sa.String(length=36), nullable=True),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('transcript', sa.JSON(), nullable=True),
    sa.Column('context', sa.JSON(), nullable=False),
    sa.Column('second', sa.JSON(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('leased_until', Moment(), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_recordings_conversation_id')),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_recordings_draft_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recordings'))
    )
    with op.batch_alter_table('recordings', schema=None) as batch_op:
        batch_op.create_index('ix_recordings_conversation_turn', ['conversation_id', 'turn'], unique=False)
        batch_op.create_index(batch_op.f('ix_recordings_state'), ['state'], unique=False)
    op.create_table('doubts',
    sa.Column('seq', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('draft_id', sa.String(length=36), nullable=False),
    sa.Column('recording_id', sa.String(length=36), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('first', sa.JSON(), nullable=False),
    sa.Column('second', sa.JSON(), nullable=False),
    sa.Column('audio', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_doubts_conversation_id')),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_doubts_draft_id')),
    sa.ForeignKeyConstraint(['recording_id'], ['recordings.id'], name=op.f('fk_doubts_recording_id')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_doubts')),
    sa.UniqueConstraint('recording_id', 'field', name=op.f('uq_doubts_recording_id_field'))
    )
    with op.batch_alter_table('doubts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_doubts_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_doubts_draft_id'), ['draft_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_doubts_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('doubts')
    op.drop_table('recordings')
