"""Quiet hours, over midnight and not."""

from datetime import datetime

import pytest

from integrations.quiet import QuietHours
from integrations.zone import BEIJING


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("22:00-07:00", at(23), datetime(2026, 11, 25, 7, tzinfo=BEIJING)),
        ("22:00-07:00", at(3), at(7)),
        ("22:00-07:00", at(7), None),
        ("22:00-07:00", at(21, 59), None),
        ("12:00-14:00", at(13), at(14)),
        ("12:00-14:00", at(15), None),
        ("", at(3), None),
    ],
)
def test_it_is_quiet_until(hours: str, now: datetime, until: datetime | None) -> None:
    assert QuietHours.parse(hours).until(now) == until


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError):
        QuietHours.parse("late")
