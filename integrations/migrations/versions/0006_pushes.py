"""pushes: what messengers send us, and what they still have to tell their citizens"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inbox',
    sa.Column('id', sa.String(length=60), nullable=False),
    sa.Column('chat', sa.String(length=60), nullable=False),
    sa.Column('order', sa.BigInteger(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('done_at', Moment(), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox'))
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inbox_chat'), ['chat'], unique=False)
        batch_op.create_index(batch_op.f('ix_inbox_done_at'), ['done_at'], unique=False)
    op.create_table('button_payloads',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_button_payloads'))
    )
    op.create_table('pushes',
    sa.Column('utterance', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_pushes_conversation_id')),
    sa.ForeignKeyConstraint(['utterance'], ['utterances.seq'], name=op.f('fk_pushes_utterance')),
    sa.PrimaryKeyConstraint('utterance', name=op.f('pk_pushes'))
    )
    with op.batch_alter_table('pushes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pushes_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pushes_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('pushes')
    op.drop_table('button_payloads')
    op.drop_table('inbox')
