"""evidence and groups: files by their content; what a ticket is about, for finding others about the same"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sha256', sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f('ix_files_sha256'), ['sha256'], unique=False)
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about', sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column('loss', sa.Float(), nullable=True))
        batch_op.create_index(batch_op.f('ix_tickets_about'), ['about'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tickets_about'))
        batch_op.drop_column('loss')
        batch_op.drop_column('about')
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_files_sha256'))
        batch_op.drop_column('sha256')
