"""accounts: the people who work here, their sessions, and a log that only grows"""

import sqlalchemy as sa
from alembic import op

from integrations.database import Moment

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

GROWS_ONLY = """
CREATE FUNCTION audit_log_grows_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log only grows';
END $$
"""


def upgrade() -> None:
    op.create_table('staff',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('login', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('password', sa.String(length=200), nullable=False),
    sa.Column('disabled_at', Moment(), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('login', name=op.f('uq_staff_login'))
    )
    op.create_table('staff_sessions',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=60), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_sessions_staff_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_sessions'))
    )
    op.create_index(op.f('ix_staff_sessions_staff_id'), 'staff_sessions', ['staff_id'])
    op.create_index(op.f('ix_staff_sessions_seen_at'), 'staff_sessions', ['seen_at'])
    op.create_table('login_failures',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('first_at', Moment(), nullable=False),
    sa.Column('blocked_until', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_login_failures'))
    )
    op.create_index(op.f('ix_login_failures_first_at'), 'login_failures', ['first_at'])
    op.create_table('known_addresses',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_known_addresses'))
    )
    op.create_index(op.f('ix_known_addresses_at'), 'known_addresses', ['at'])
    op.create_table('audit_log',
    sa.Column('seq', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('who', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=30), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('before', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_log'))
    )
    for column in ('at', 'who', 'action'):
        op.create_index(op.f(f'ix_audit_log_{column}'), 'audit_log', [column])
    op.create_index('ix_audit_log_subject_seq', 'audit_log', ['subject', 'seq'])
    op.create_table('unsent_replies',
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_unsent_replies_conversation_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_unsent_replies_staff_id')),
    sa.PrimaryKeyConstraint('conversation_id', 'staff_id', name=op.f('pk_unsent_replies'))
    )
    op.create_index('ix_tickets_phone', 'tickets', ['phone'])
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(GROWS_ONLY)
        op.execute("CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log "
                   "FOR EACH ROW EXECUTE FUNCTION audit_log_grows_only()")
        op.execute("CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log "
                   "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_grows_only()")
    else:
        for verb in ('UPDATE', 'DELETE'):
            op.execute(f"CREATE TRIGGER audit_log_no_{verb.lower()} BEFORE {verb} ON audit_log "
                       "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END")


def downgrade() -> None:
    op.drop_index('ix_tickets_phone', 'tickets')
    for table in ('unsent_replies', 'audit_log', 'known_addresses', 'login_failures', 'staff_sessions', 'staff'):
        op.drop_table(table)
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION audit_log_grows_only()")
