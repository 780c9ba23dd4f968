"""The command line's way to the console's accounts: for whoever has lost the password, and for the log's wholeness."""

import sys

from bot.console import office_of
from bot.house import build
from bot.operators.office import Office
from config.settings import Settings
from integrations.accounts import AccountError, Role

BY = "cli"


def _office(settings: Settings) -> Office:
    return office_of(build(settings), lambda _: None)


def list_accounts(settings: Settings) -> int:
    """One line an account."""
    for person in _office(settings).accounts.people():
        print(f"{person.login:<20} {person.role:<11} {'disabled' if person.disabled else 'active':<9} {person.name}")
    return 0


def add_account(settings: Settings, login: str, name: str, role: str) -> int:
    """A new account; its password is printed this once."""
    if role not in set(Role):
        return _refuse(f"no such role: {role}; one of {', '.join(Role)}")
    try:
        made = _office(settings).accounts.add(login, name, Role(role), by=BY)
    except AccountError as error:
        return _refuse(str(error))
    print(made)
    return 0


def new_password(settings: Settings, login: str) -> int:
    """A new password for an account, printed this once; its sessions end."""
    try:
        made = _office(settings).accounts.reset_password(login, by=BY)
    except AccountError as error:
        return _refuse(str(error))
    print(made)
    return 0


def check_audit(settings: Settings) -> int:
    """Whether every line of the audit log is as it was written."""
    broken = _office(settings).audit.broken()
    if broken is not None:
        return _refuse(f"line {broken} of the audit log is not as it was written, or the one before it is gone")
    print("the audit log is whole")
    return 0


def _refuse(why: str) -> int:
    print(f"jiesu: {why}", file=sys.stderr)
    return 2
