"""The database: one SQLAlchemy engine, transactions, and migrations run at the start."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_481_211
"""PostgreSQL advisory lock: two processes that start at once migrate one after the other."""

SQLITE_WAIT_SECONDS = 30.0


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC: SQLite has no time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC, naive. ValueError for a naive value: nobody knows which hour it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To aware UTC."""
        return value.replace(tzinfo=UTC) if value is not None else None


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """One database by its SQLAlchemy URL (sqlite:///… or postgresql://…)."""

    def __init__(self, url: str) -> None:
        # psycopg 3 is the driver we ship; a URL without a driver means it.
        self.url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.engine = _engine(self.url)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def unless_there(self) -> Iterator[Session]:
        """A transaction that adds a row; when somebody else has added it meanwhile, nothing happens."""
        try:
            with self.session() as session:
                yield session
        except IntegrityError:
            return

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A snapshot to read from: it never waits for a writer."""
        with self.engine.connect().execution_options(jiesu_reads=True) as connection, Session(connection) as session:
            yield session

    def reachable(self) -> bool:
        """Whether a query can be answered now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=20)
    engine = create_engine(url, connect_args={"timeout": SQLITE_WAIT_SECONDS, "check_same_thread": False}, pool_size=20)

    @event.listens_for(engine, "connect")
    def _tune(connection: Any, _: Any) -> None:
        # The driver's own transaction handling is off: BEGIN IMMEDIATE below takes the write lock before reading, so two
        # writers wait for each other instead of failing half-way.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("jiesu_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def upgrade(database: Database) -> None:
    """Migrates to the newest schema; harmless when it is there, safe when two processes do it at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
