"""evidence and groups"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
