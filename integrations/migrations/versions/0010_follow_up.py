"""follow-up: who is asked whether it was solved, and what they answered"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('follow_ups',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('ticket', sa.String(length=12), nullable=False),
    sa.Column('occasion', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=10), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('asking', sa.String(length=10), nullable=True),
    sa.Column('aside', sa.Boolean(), nullable=False),
    sa.Column('misses', sa.Integer(), nullable=False),
    sa.Column('last_turn', sa.Integer(), nullable=True),
    sa.Column('contacted', sa.String(length=6), nullable=True),
    sa.Column('solved', sa.String(length=6), nullable=True),
    sa.Column('satisfied', sa.String(length=6), nullable=True),
    sa.Column('remarked', sa.Boolean(), nullable=False),
    sa.Column('opened_at', Moment(), nullable=False),
    sa.Column('asked_at', Moment(), nullable=True),
    sa.Column('closed_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_follow_ups_conversation_id')),
    sa.ForeignKeyConstraint(['ticket'], ['tickets.number'], name=op.f('fk_follow_ups_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_ups')),
    sa.UniqueConstraint('ticket', 'occasion', name=op.f('uq_follow_ups_ticket_occasion'))
    )
    with op.batch_alter_table('follow_ups', schema=None) as batch_op:
        batch_op.create_index('ix_follow_ups_conversation_state', ['conversation_id', 'state'], unique=False)
        batch_op.create_index('ix_follow_ups_state_due', ['state', 'due_at'], unique=False)

    op.create_table('follow_up_answers',
    sa.Column('seq', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('follow_up', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=10), nullable=False),
    sa.Column('value', sa.String(length=6), nullable=True),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('recording', sa.String(length=36), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['follow_up'], ['follow_ups.id'], name=op.f('fk_follow_up_answers_follow_up')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_follow_up_answers'))
    )
    with op.batch_alter_table('follow_up_answers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_follow_up_answers_follow_up'), ['follow_up'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('follow_up_answers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_follow_up_answers_follow_up'))

    op.drop_table('follow_up_answers')
    with op.batch_alter_table('follow_ups', schema=None) as batch_op:
        batch_op.drop_index('ix_follow_ups_state_due')
        batch_op.drop_index('ix_follow_ups_conversation_state')

    op.drop_table('follow_ups')
