"""Which pages there are, in the order of the bar."""

from bot.operators.ui import (
    audit_page,
    calls_page,
    desk_page,
    lists_page,
    replies_page,
    reports_page,
    staff,
    ticket_page,
    tickets_page,
)
from bot.operators.ui.shell import Shell


def install(shell: Shell) -> None:
    """Hangs every page into the shell."""
    for module in (
        desk_page,
        tickets_page,
        ticket_page,
        calls_page,
        lists_page,
        reports_page,
        replies_page,
        staff,
        audit_page,
    ):
        module.install(shell)
