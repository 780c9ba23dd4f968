"""Slows down whoever guesses passwords, without locking out a house that shares one address."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete

from integrations.database import Database
from integrations.staff_tables import KnownAddressRow, LoginFailureRow

AT_ONCE = 5
"""Wrong passwords for one account at one address before a pause."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
"""It doubles with every further one."""

EVERYWHERE = 50
"""Wrong passwords for one account from all addresses; then only addresses that it is known at may try."""

FORGOTTEN = timedelta(hours=1)
"""After so long without a pause, failures count no more."""

KNOWN_FOR = timedelta(days=60)


class TooManyLogins(Exception):
    """This account must wait at this address; `retry_after` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many failed logins")
        self.retry_after = max(1, retry_after)


class LoginThrottle:
    """Counts failures an account and address, and an account everywhere. An address alone is never locked: a city's offices share one."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def check(self, login: str, address: str) -> None:
        """TooManyLogins while this account has to wait here."""
        now = self._clock()
        with self._database.reading() as session:
            here = session.get(LoginFailureRow, _key(login, address))
            if here is not None and here.blocked_until is not None and here.blocked_until > now:
                raise TooManyLogins(round((here.blocked_until - now).total_seconds()))
            everywhere = session.get(LoginFailureRow, _key(login))
            if everywhere is None or everywhere.count < EVERYWHERE or now - everywhere.first_at > FORGOTTEN:
                return
            known = session.get(KnownAddressRow, _key(login, address))
            if known is None or now - known.at > KNOWN_FOR:
                raise TooManyLogins(round((everywhere.first_at + FORGOTTEN - now).total_seconds()))

    def failed(self, login: str, address: str) -> None:
        """One more wrong password."""
        now = self._clock()
        with self._database.session() as session:
            session.execute(delete(LoginFailureRow).where(LoginFailureRow.first_at < now - FORGOTTEN))
            for key, most in ((_key(login, address), AT_ONCE), (_key(login), None)):
                row = session.get(LoginFailureRow, key, with_for_update=True)
                if row is None:
                    row = LoginFailureRow(key=key, count=0, first_at=now)
                    session.add(row)
                row.count += 1
                if most is not None and row.count >= most:
                    row.blocked_until = now + min(FIRST_PAUSE * 2 ** min(row.count - most, 10), LONGEST_PAUSE)

    def succeeded(self, login: str, address: str) -> None:
        """The right password: this address is known from now on, and its failures are forgotten."""
        now = self._clock()
        with self._database.session() as session:
            session.execute(delete(LoginFailureRow).where(LoginFailureRow.key == _key(login, address)))
            session.execute(delete(KnownAddressRow).where(KnownAddressRow.at < now - KNOWN_FOR))
            session.merge(KnownAddressRow(key=_key(login, address), at=now))


def _key(login: str, address: str = "") -> str:
    # A hash: people type passwords into the wrong box.
    return hashlib.sha256(f"{login.casefold()}\n{address}".encode()).hexdigest()
