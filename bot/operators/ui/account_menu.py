"""Who is signed in: dark mode, a new password, out."""

from anyio import to_thread
from nicegui import ui

from bot.operators.office import Office
from bot.operators.ui import dark
from integrations.accounts import CHINESE_ROLES, SHORTEST_PASSWORD, AccountError, Person


def account_menu(office: Office, person: Person, mode: ui.dark_mode) -> None:
    """The button at the right end of the bar, and what is under it."""
    dialog = _password_dialog(office, person)

    async def leave() -> None:
        await to_thread.run_sync(office.sessions.close, ui.context.client.request.state.signed_in.key)
        ui.navigate.to("/login")

    def switch() -> None:
        appearance.text = f"外观：{dark.switch(mode)}"

    with ui.button(f"{person.name} · {CHINESE_ROLES[person.role]}", icon="person", color=None).classes("plain quiet"):  # noqa: SIM117
        with ui.menu():
            with ui.menu_item(on_click=switch, auto_close=False):
                appearance = ui.label(f"外观：{dark.NAMES[mode.value]}")
            ui.menu_item("改密码", dialog.open)
            ui.menu_item("退出登录", leave)


def _password_dialog(office: Office, person: Person) -> ui.dialog:
    async def change() -> None:
        if new.value != again.value:
            again.error = "两次写的不一样。"
            return
        again.error = None
        try:
            await to_thread.run_sync(office.accounts.change_password, person.login, old.value, new.value)
        except AccountError as error:
            ui.notify(str(error), type="negative")
            return
        ui.navigate.to("/login")

    with ui.dialog() as dialog, ui.card().classes("form"):
        ui.label("改密码").classes("title")
        old = _password("原密码", "current-password")
        new = _password(f"新密码（至少{SHORTEST_PASSWORD}个字符）", "new-password")
        again = _password("再写一遍", "new-password")
        ui.label("改好后请用新密码重新登录。").classes("soft")
        with ui.row().classes("actions"):
            ui.button("取消", on_click=dialog.close, color=None).classes("plain")
            ui.button("改", on_click=change, color=None).classes("go")
    return dialog


def _password(label: str, autocomplete: str) -> ui.input:
    return ui.input(label, password=True).props(f"dense outlined autocomplete={autocomplete}")
