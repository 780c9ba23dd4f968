"""remote: how far a remote desk was asked, and when its newest change of a ticket was made"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('remote_polls',
    sa.Column('remote', sa.String(length=40), nullable=False),
    sa.Column('until', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('remote', name=op.f('pk_remote_polls'))
    )
    with op.batch_alter_table('remote_tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('changed_at', Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('remote_tickets', schema=None) as batch_op:
        batch_op.drop_column('changed_at')
    op.drop_table('remote_polls')
