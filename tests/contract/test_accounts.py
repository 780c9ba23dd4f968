"""Accounts, sessions, throttling and the audit log, on every database."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from integrations.accounts import AccountError, Accounts, Role
from integrations.audit import Audit
from integrations.database import Database
from integrations.sessions import Sessions
from integrations.throttle import AT_ONCE, EVERYWHERE, LoginThrottle, TooManyLogins
from tests.contract.conftest import Clock

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct-horse-battery"


@pytest.fixture
def audit(database: Database, clock: Clock) -> Audit:
    return Audit(database, clock)


@pytest.fixture
def accounts(database: Database, audit: Audit, clock: Clock) -> Accounts:
    made = Accounts(database, audit, clock, QUICK)
    made.first_admin("from-the-environment")
    return made


@pytest.fixture
def sessions(database: Database, audit: Audit, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    monkeypatch.setattr("integrations.sessions.SECONDS_REMEMBERED", 0)
    monkeypatch.setattr("integrations.sessions.SECONDS_BETWEEN_TOUCHES", 0)
    return Sessions(database, audit, clock, timedelta(minutes=60), timedelta(hours=12))


def test_the_first_admin_gets_a_password_once(database: Database, audit: Audit, clock: Clock) -> None:
    accounts = Accounts(database, audit, clock, QUICK)
    made = accounts.first_admin()
    assert made
    assert len(made.replace("-", "")) >= 20
    assert accounts.first_admin() is None
    assert accounts.first_admin("another-password") is None
    admin = accounts.verify("admin", made)
    assert admin
    assert admin.role is Role.ADMIN


def test_a_password_of_the_environment_is_taken_and_not_told(accounts: Accounts) -> None:
    assert accounts.verify("admin", "from-the-environment")
    assert accounts.verify("Admin ", "from-the-environment"), "as people type it"
    assert accounts.verify("admin", "wrong") is None
    assert accounts.verify("nobody", "from-the-environment") is None


def test_passwords_are_kept_as_argon2_only(accounts: Accounts, database: Database) -> None:
    accounts.add("zhang", "张三", Role.OPERATOR, by="admin", password=PASSWORD)
    with database.reading() as session:
        kept = session.scalars(text("SELECT password FROM staff")).all()
    assert all(str(one).startswith("$argon2id$") for one in kept)


def test_every_role_may_do_what_the_ones_below_it_may() -> None:
    assert [[one.covers(other) for other in Role] for one in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


@pytest.mark.parametrize(
    ("login", "name"), [("张三", "张三"), ("a", "甲"), ("system", "系统"), ("wang wu", "王五"), ("li", "")]
)
def test_what_is_no_login_is_refused_in_chinese(accounts: Accounts, login: str, name: str) -> None:
    with pytest.raises(AccountError, match=r"请|用户名"):
        accounts.add(login, name, Role.OPERATOR, by="admin")


def test_a_login_is_given_once_and_short_passwords_never(accounts: Accounts) -> None:
    accounts.add("zhang", "张三", Role.OPERATOR, by="admin")
    with pytest.raises(AccountError, match="已经有了"):
        accounts.add("Zhang", "张大三", Role.ADMIN, by="admin")
    for bad in ("short", "aaaaaaaaaaaa", "zhang-zhang"):
        with pytest.raises(AccountError, match="密码"):
            accounts.change_password("zhang", accounts.reset_password("zhang", by="admin"), bad)


def test_the_last_admin_stays(accounts: Accounts) -> None:
    with pytest.raises(AccountError, match="管理员"):
        accounts.set_role("admin", Role.OPERATOR, by="admin")
    with pytest.raises(AccountError, match="管理员"):
        accounts.set_disabled("admin", True, by="admin")
    accounts.add("li", "李四", Role.ADMIN, by="admin")
    accounts.set_disabled("admin", True, by="li")
    assert accounts.verify("admin", "from-the-environment") is None


def test_a_session_ends_unused_and_after_a_shift(accounts: Accounts, sessions: Sessions, clock: Clock) -> None:
    token = sessions.open(accounts.person("admin"), "10.0.0.1")
    signed_in = sessions.who(token)
    assert signed_in
    for _ in range(13):
        clock.now += timedelta(minutes=50)
        sessions.touch(signed_in.key)
        assert sessions.who(token)
    clock.now += timedelta(minutes=61)
    assert sessions.who(token) is None, "unused for an hour"
    fresh = sessions.open(accounts.person("admin"), "10.0.0.1")
    for _ in range(15):
        clock.now += timedelta(minutes=50)
        if known := sessions.who(fresh):
            sessions.touch(known.key)
    assert sessions.who(fresh) is None, "used all the time, for more than twelve hours"


@pytest.mark.parametrize("change", ["role", "disabled", "password", "closed"])
def test_whoever_is_changed_is_signed_out_everywhere(accounts: Accounts, sessions: Sessions, change: str) -> None:
    accounts.add("zhang", "张三", Role.OPERATOR, by="admin", password=PASSWORD)
    tokens = [sessions.open(accounts.person("zhang"), address) for address in ("a", "b")]
    assert all(sessions.who(token) for token in tokens)
    if change == "role":
        accounts.set_role("zhang", Role.SUPERVISOR, by="admin")
    elif change == "disabled":
        accounts.set_disabled("zhang", True, by="admin")
    elif change == "password":
        accounts.change_password("zhang", PASSWORD, "another-good-one")
    else:
        for token in tokens:
            known = sessions.who(token)
            assert known
            sessions.close(known.key)
    assert not any(sessions.who(token) for token in tokens)


def test_the_database_keeps_no_token(accounts: Accounts, sessions: Sessions, database: Database) -> None:
    token = sessions.open(accounts.person("admin"), "a")
    with database.reading() as session:
        assert token not in str(session.execute(text("SELECT * FROM staff_sessions")).all())


def test_guessing_slows_down_at_one_address_and_nobody_else_is_locked_out(database: Database, clock: Clock) -> None:
    throttle = LoginThrottle(database, clock)
    for _ in range(AT_ONCE):
        throttle.check("zhang", "nat")
        throttle.failed("zhang", "nat")
    with pytest.raises(TooManyLogins) as first:
        throttle.check("zhang", "nat")
    throttle.check("li", "nat")
    throttle.check("zhang", "elsewhere")
    clock.now += timedelta(seconds=first.value.retry_after + 2)
    throttle.check("zhang", "nat")
    throttle.failed("zhang", "nat")
    with pytest.raises(TooManyLogins) as second:
        throttle.check("zhang", "nat")
    assert second.value.retry_after > first.value.retry_after, "each further one costs more"
    throttle.succeeded("zhang", "nat")
    throttle.check("zhang", "nat")


def test_an_account_guessed_at_from_everywhere_still_opens_where_it_is_known(database: Database, clock: Clock) -> None:
    throttle = LoginThrottle(database, clock)
    throttle.succeeded("zhang", "office")
    for number in range(EVERYWHERE):
        throttle.failed("zhang", f"bot-{number}")
    with pytest.raises(TooManyLogins):
        throttle.check("zhang", "bot-new")
    throttle.check("zhang", "office")
    clock.now += timedelta(hours=2)
    throttle.check("zhang", "bot-new")


@pytest.mark.parametrize(
    "change", ["UPDATE audit_log SET who = 'somebody'", "DELETE FROM audit_log", "TRUNCATE audit_log"]
)
def test_the_log_only_grows(accounts: Accounts, audit: Audit, database: Database, change: str) -> None:
    if change.startswith("TRUNCATE") and database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    before = audit.lines()
    assert before
    with pytest.raises(DatabaseError, match="only grows"), database.session() as session:
        session.execute(text(change))
    assert audit.lines() == before
    assert audit.broken() is None


def test_a_line_changed_behind_the_triggers_is_found(accounts: Accounts, audit: Audit, database: Database) -> None:
    for number in range(3):
        audit.record("zhang", "phone_shown", f"conversation:{number}")
    assert audit.broken() is None
    second = audit.lines()[1].seq
    with database.session() as session:
        if database.engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_log_no_update"))
        else:
            session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        session.execute(text("UPDATE audit_log SET who = 'li' WHERE seq = :seq"), {"seq": second})
    assert audit.broken() == second


def test_what_an_admin_does_is_in_the_log(accounts: Accounts, audit: Audit) -> None:
    accounts.add("zhang", "张三", Role.OPERATOR, by="admin", password=PASSWORD)
    accounts.set_role("zhang", Role.SUPERVISOR, by="admin")
    accounts.reset_password("zhang", by="admin")
    told = [(line.who, line.action, line.subject) for line in audit.lines(subject="staff:zhang")]
    assert told == [
        ("admin", "password_changed", "staff:zhang"),
        ("admin", "role_changed", "staff:zhang"),
        ("admin", "staff_added", "staff:zhang"),
    ]
    assert PASSWORD not in str(audit.lines())
