"""The accounts of the people who work here: roles, passwords, who may do what."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from integrations.audit import Audit
from integrations.database import Database
from integrations.staff_tables import StaffRow, StaffSessionRow

ADMIN = "admin"
"""Login of the first account."""

SHORTEST_PASSWORD = 10
SYSTEM = "system"
"""Who did what nobody did by hand; no account may be named so."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class Role(StrEnum):
    """Each may do what the ones before it may."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def covers(self, other: "Role") -> bool:
        """Whether this role may do what `other` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


CHINESE_ROLES = {Role.OPERATOR: "坐席", Role.SUPERVISOR: "班长", Role.ADMIN: "管理员"}


class AccountError(Exception):
    """Something that the person who asked can put right; the message is Chinese and says how."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    id: int
    login: str
    name: str
    role: Role
    disabled: bool = False


class Accounts:
    """All accounts. Every change is in the audit log, in the same transaction."""

    def __init__(
        self, database: Database, audit: Audit, clock: Callable[[], datetime], hasher: PasswordHasher | None = None
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._nobody = ""

    def first_admin(self, password: str = "") -> str | None:
        """Makes the first account when there is none; its password when one had to be made up, else None."""
        with self._database.reading() as session:
            if session.scalar(select(StaffRow.id).limit(1)) is not None:
                return None
        made = password or new_password()
        hashed = self._hasher.hash(made)
        with self._database.session() as session:
            # Looked at again under the write: two processes may start at once, and the login is unique.
            if session.scalar(select(func.count()).select_from(StaffRow)):
                return None
            session.add(
                StaffRow(login=ADMIN, name="管理员", role=Role.ADMIN, password=hashed, created_at=self._clock())
            )
            self._audit.add(session, SYSTEM, "staff_added", f"staff:{ADMIN}", role=Role.ADMIN, made=not password)
        return None if password else made

    def people(self) -> Sequence[Person]:
        """Everybody, in the order of their logins."""
        with self._database.reading() as session:
            return [person_of(row) for row in session.scalars(select(StaffRow).order_by(StaffRow.login))]

    def person(self, login: str) -> Person:
        """One account. AccountError."""
        with self._database.reading() as session:
            return person_of(_found(session, login))

    def verify(self, login: str, password: str) -> Person | None:
        """Whose password this is; None for a wrong one, an unknown login and a disabled account, after the same time."""
        with self._database.reading() as session:
            row = session.scalar(select(StaffRow).where(StaffRow.login == login.strip().lower()))
        # Somebody unknown costs as much as somebody known: the time must not tell who has an account.
        self._nobody = self._nobody or self._hasher.hash(secrets.token_urlsafe(16))
        try:
            self._hasher.verify(row.password if row else self._nobody, password)
        except (VerificationError, InvalidHashError):
            return None
        if row is None or row.disabled_at is not None:
            return None
        if self._hasher.check_needs_rehash(row.password):
            self._set_password(row.login, password)
        return person_of(row)

    def add(self, login: str, name: str, role: Role, *, by: str, password: str = "") -> str:
        """A new account; its password (made up when none is given). AccountError."""
        login, name = login.strip().lower(), name.strip()
        if not _LOGIN.fullmatch(login) or login == SYSTEM:
            raise AccountError("用户名用小写字母、数字，2到40个字符。")
        if not 1 <= len(name) <= 40:
            raise AccountError("请填写姓名，40个字以内。")
        made = password or new_password()
        _check(made, login)
        hashed = self._hasher.hash(made)
        try:
            with self._database.session() as session:
                session.add(StaffRow(login=login, name=name, role=role, password=hashed, created_at=self._clock()))
                session.flush()
                self._audit.add(session, by, "staff_added", f"staff:{login}", role=role)
        except IntegrityError:
            raise AccountError("这个用户名已经有了，请换一个。") from None
        return made

    def set_role(self, login: str, role: Role, *, by: str) -> None:
        """Another role; whoever is signed in has to sign in again. AccountError for the last admin."""
        with self._database.session() as session:
            row = _found(session, login)
            if row.role == role:
                return
            _keep_an_admin(session, row)
            old, row.role = row.role, role
            _sign_out(session, row)
            self._audit.add(session, by, "role_changed", f"staff:{login}", old=old, new=role)

    def set_disabled(self, login: str, disabled: bool, *, by: str) -> None:
        """Locks an account, at once and everywhere, or opens it again. AccountError for the last admin."""
        with self._database.session() as session:
            row = _found(session, login)
            if (row.disabled_at is not None) == disabled:
                return
            if disabled:
                _keep_an_admin(session, row)
                _sign_out(session, row)
            row.disabled_at = self._clock() if disabled else None
            self._audit.add(session, by, "staff_disabled" if disabled else "staff_enabled", f"staff:{login}")

    def change_password(self, login: str, old: str, new: str) -> None:
        """Somebody's own password; their sessions end. AccountError."""
        if self.verify(login, old) is None:
            raise AccountError("原密码不对。")
        _check(new, login)
        if new == old:
            raise AccountError("新密码和原来的一样，请换一个。")
        self._set_password(login, new, by=login)

    def reset_password(self, login: str, *, by: str) -> str:
        """A new password, made up and shown this once. AccountError."""
        made = new_password()
        self._set_password(login, made, by=by)
        return made

    def _set_password(self, login: str, password: str, by: str | None = None) -> None:
        hashed = self._hasher.hash(password)
        with self._database.session() as session:
            row = _found(session, login)
            row.password = hashed
            if by is not None:
                _sign_out(session, row)
                self._audit.add(session, by, "password_changed", f"staff:{login}")


def new_password() -> str:
    """A password that can be read out: 20 characters in groups, without those that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))


def person_of(row: StaffRow) -> Person:
    """The account without its password."""
    return Person(row.id, row.login, row.name, Role(row.role), row.disabled_at is not None)


def _check(password: str, login: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"密码至少{SHORTEST_PASSWORD}个字符。")
    if login in password.lower() or len(set(password)) < 4:
        raise AccountError("这个密码太容易猜，请换一个。")


def _found(session: Session, login: str) -> StaffRow:
    row = session.scalar(select(StaffRow).where(StaffRow.login == login))
    if row is None:
        raise AccountError("没有这个用户。")
    return row


def _keep_an_admin(session: Session, row: StaffRow) -> None:
    if row.role != Role.ADMIN or row.disabled_at is not None:
        return
    others = session.scalar(
        select(func.count())
        .select_from(StaffRow)
        .where(StaffRow.role == Role.ADMIN, StaffRow.disabled_at.is_(None), StaffRow.id != row.id)
    )
    if not others:
        raise AccountError("至少要留一位管理员。")


def _sign_out(session: Session, row: StaffRow) -> None:
    session.execute(delete(StaffSessionRow).where(StaffSessionRow.staff_id == row.id))
