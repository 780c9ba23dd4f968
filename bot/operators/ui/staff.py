"""The admin's page of the people who work here."""

from collections.abc import Callable

from anyio import to_thread
from nicegui import ui

from bot.operators.ui.shell import Me, Shell
from bot.operators.ui.tables import plain_table
from integrations.accounts import CHINESE_ROLES, AccountError, Accounts, Person, Role

ROLES = {role.value: name for role, name in CHINESE_ROLES.items()}


def install(shell: Shell) -> None:
    """/operator/staff."""

    @shell.page("/staff", "人员", role=Role.ADMIN, icon="group")
    async def staff(me: Me) -> None:
        await StaffPage(shell.office.accounts, me).build()


class StaffPage:
    """One admin's view of the accounts."""

    def __init__(self, accounts: Accounts, me: Me) -> None:
        self._accounts = accounts
        self._me = me

    async def build(self) -> None:
        """The table, and the form for somebody new."""
        ui.label("人员").classes("title")
        self._rows = ui.element("div")
        await self._show_people()
        with ui.element("div").classes("inline-form"):
            self._login = ui.input("用户名").props("dense outlined")
            self._name = ui.input("姓名").props("dense outlined")
            self._role = ui.select(ROLES, value=Role.OPERATOR.value, label="角色").props("dense outlined options-dense")
            ui.button("新建", on_click=self._add, color=None).classes("go")
        self._told = ui.label().classes("notice").props("role=status")
        self._told.visible = False

    async def _show_people(self) -> None:
        everybody = await to_thread.run_sync(self._accounts.people)
        self._rows.clear()
        with self._rows, plain_table("用户名", "姓名", "角色", "状态", ""):
            for person in everybody:
                self._row(person)

    def _row(self, person: Person) -> None:
        with ui.element("tr"):
            for text in (person.login, person.name):
                with ui.element("td"):
                    ui.label(text)
            with ui.element("td"):
                ui.select(ROLES, value=person.role.value, on_change=lambda e: self._set_role(person, e.value)).props(
                    f'dense borderless options-dense aria-label="{person.login}的角色"'
                )
            with ui.element("td"):
                ui.label("停用" if person.disabled else "在用")
            with ui.element("td").classes("actions"):
                ui.button("新密码", on_click=lambda: self._reset(person), color=None).classes("plain")
                word = "恢复" if person.disabled else "停用"
                ui.button(word, on_click=lambda: self._switch(person), color=None).classes("plain")

    async def _set_role(self, person: Person, role: str) -> None:
        await self._do(lambda: self._accounts.set_role(person.login, Role(role), by=self._me.login))

    async def _switch(self, person: Person) -> None:
        await self._do(lambda: self._accounts.set_disabled(person.login, not person.disabled, by=self._me.login))

    async def _reset(self, person: Person) -> None:
        made = await self._do(lambda: self._accounts.reset_password(person.login, by=self._me.login))
        if made:
            self._tell(person.login, made)

    async def _add(self) -> None:
        login, name, role = str(self._login.value), str(self._name.value), Role(self._role.value)
        made = await self._do(lambda: self._accounts.add(login, name, role, by=self._me.login))
        if made:
            self._login.value = self._name.value = ""
            self._tell(login.strip().lower(), made)

    async def _do(self, change: Callable[[], str | None]) -> str | None:
        made = None
        try:
            made = await to_thread.run_sync(change)
        except AccountError as error:
            ui.notify(str(error), type="negative")
        await self._show_people()
        return made

    def _tell(self, login: str, password: str) -> None:
        self._told.text = f"{login} 的新密码：{password}（只显示这一次）"
        self._told.visible = True
