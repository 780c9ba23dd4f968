"""calls: how calls came and ended"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calls',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=True),
    sa.Column('name', sa.String(length=80), nullable=True),
    sa.Column('outcome', sa.String(length=10), nullable=True),
    sa.Column('queue', sa.String(length=40), nullable=True),
    sa.Column('draft', sa.String(length=36), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calls'))
    )
    op.create_index('ix_calls_at', 'calls', ['at'], unique=False)


def downgrade() -> None:
    op.drop_table('calls')
