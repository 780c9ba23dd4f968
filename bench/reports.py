"""A million made-up tickets, and how long each report takes: `python -m bench.reports [--count N] [--database URL] [--keep]`.

Without a database's URL: SQLite in a temporary folder, and a PostgreSQL of its own where its binaries are.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime

from sqlalchemy import Index, func, select, text

from bench.made_up_city import Rows, made_up
from bot.house import now
from bot.reports import reports_of
from integrations.database import Base, Database, upgrade
from integrations.reports.library import REPORTS, Reports
from integrations.reports.report import month_text
from integrations.reports.scope import Scope, before
from integrations.tables import TicketRow
from tests.postgres import binaries, postgres

ROUNDS = 5
LIMITS = {"postgresql": 1.0, "sqlite": 3.0}


class NotEmpty(Exception):
    """There are tickets already: made-up ones must not come among them."""


def load(database: Database, batches: Iterable[Rows]) -> None:
    """Writes the rows as fast as the database takes them: indexes afterwards, constraints unchecked. NotEmpty."""
    with database.reading() as session:
        if session.scalar(select(func.count()).select_from(TicketRow)):
            raise NotEmpty
    tables = {"conversations", "drafts", "tickets", "ticket_history", "follow_ups", "ticket_facts"}
    indexes = [index for name in tables for index in Base.metadata.tables[name].indexes]
    for index in indexes:
        index.drop(database.engine)
    raw = database.engine.raw_connection()
    try:
        (_copy if database.engine.dialect.name == "postgresql" else _insert)(raw, batches)
    finally:
        raw.close()
    _settle(database, indexes)


def _insert(raw: object, batches: Iterable[Rows]) -> None:
    connection = raw.driver_connection  # type: ignore[attr-defined]
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    for made in batches:
        places = ", ".join("?" * len(made.columns))
        connection.execute("BEGIN")
        names = ", ".join(f'"{column}"' for column in made.columns)
        connection.executemany(f"INSERT INTO {made.table} ({names}) VALUES ({places})", made.rows)
        connection.execute("COMMIT")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _copy(raw: object, batches: Iterable[Rows]) -> None:
    connection = raw.driver_connection  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        for made in batches:
            names = ", ".join(f'"{column}"' for column in made.columns)
            with cursor.copy(f"COPY {made.table} ({names}) FROM STDIN") as copy:
                copy.write("".join(_line(row) for row in made.rows))
            connection.commit()
        cursor.execute("SELECT setval('follow_ups_id_seq', (SELECT coalesce(max(id), 1) FROM follow_ups))")
        cursor.execute("SET session_replication_role = origin")
    connection.commit()


def _line(row: tuple[object, ...]) -> str:
    return "\t".join("\\N" if cell is None else str(cell) for cell in row) + "\n"


def _settle(database: Database, indexes: Iterable[Index]) -> None:
    for index in indexes:
        index.create(database.engine)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with database.engine.begin() as connection:
            connection.execute(text("ANALYZE"))


def measure(database: Database, at: datetime) -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
    """(report, for a month, for fourteen): seconds by the clock and of computing here, the median; the first round, cold, left out."""
    reports = reports_of(database, lambda: at)
    month = Scope.read({}, at).last
    asked = {
        "month": {"month": month_text(month)},
        "year": {"from": month_text(before(month, 13)), "to": month_text(month)},
    }
    table = []
    for name in REPORTS:
        filters = {"district": "海淀区"} if name == "heat_streets" else {}
        spent = [_spent(reports, name, {**period, **filters}) for period in asked.values()]
        table.append((name, *spent))
    return table


def _spent(reports: Reports, name: str, asked: Mapping[str, str]) -> tuple[float, float]:
    rounds = []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        reports.make(name, asked)
        rounds.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall_, cpu_ = zip(*rounds[1:], strict=True)
    return statistics.median(wall_), statistics.median(cpu_)


def main() -> None:
    """Prints one table a database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--database", help="an empty database's SQLAlchemy URL; the tickets stay in it")
    options = parser.parse_args()
    with ExitStack() as stack:
        urls = [options.database] if options.database else []
        if not urls:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="jiesu-bench-"))
            urls.append(f"sqlite:///{folder}/city.db")
            if binaries() is not None:
                urls.append(stack.enter_context(postgres()))
        for url in urls:
            one(Database(url), options.count)


def one(database: Database, count: int) -> None:
    """Fills one database and measures on it."""
    upgrade(database)
    at = now()
    started, computing = time.perf_counter(), time.process_time()
    load(database, made_up(count, at))
    dialect = database.engine.dialect.name
    print(
        f"\n{dialect}: {count} tickets made in {time.perf_counter() - started:.0f} s ({time.process_time() - computing:.0f} s of it computing here)",
        flush=True,
    )
    # SQLite works in this process: what it computes is told apart from what others on the machine make it wait.
    print(
        f"{'report':<16} {'one month (of it computing)':>30} {'14 months (of it computing)':>30}   limit {LIMITS[dialect]:.0f} s"
    )
    for name, month, year in measure(database, at):
        print(f"{name:<16} " + " ".join(f"{wall:>16.3f} s ({cpu:>7.3f} s)" for wall, cpu in (month, year)), flush=True)
    database.engine.dispose()


if __name__ == "__main__":
    main()
