"""phone links: whose telephone number is whose in another channel"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('phone_links',
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('citizen_key', sa.String(length=80), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('phone', 'channel', name=op.f('pk_phone_links'))
    )


def downgrade() -> None:
    op.drop_table('phone_links')
