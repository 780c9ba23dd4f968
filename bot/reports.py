"""The reports, with what the city's own files say about it."""

from collections.abc import Callable
from datetime import datetime

from config.city import district_ledgers, district_overlays, read
from integrations.database import Database
from integrations.reports.city import City, Rates
from integrations.reports.library import Reports
from integrations.reports.waits import waits
from intents.catalog import load_catalog
from intents.gazetteer.index import load_gazetteer


def city_of() -> City:
    """The city as configured."""
    follow_up = read("followup.yml")
    return City(
        load_catalog(),
        load_gazetteer().districts,
        read("routes.yml")["topics"],
        district_overlays(),
        district_ledgers(),
        Rates.from_data(follow_up),
        follow_up["small_cell"],
    )


def reports_of(database: Database, clock: Callable[[], datetime]) -> Reports:
    """The reports on this database."""
    return Reports(database, city_of(), clock, waits)
