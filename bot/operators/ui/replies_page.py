"""/operator/replies: what operators say every day, kept by their supervisors."""

from anyio import to_thread
from nicegui import ui

from bot.operators.canned import VARIABLES, CannedError, check
from bot.operators.office import Office
from bot.operators.ui.dialogs import confirm
from bot.operators.ui.saying import told_kindly
from bot.operators.ui.shell import Me, Shell
from bot.operators.ui.tables import plain_table
from integrations.accounts import Role
from integrations.canned_replies import LONGEST_TEXT, LONGEST_TITLE, CannedReply


def install(shell: Shell) -> None:
    """/operator/replies."""

    @shell.page("/replies", "常用语", role=Role.SUPERVISOR, icon="quickreply")
    async def replies(me: Me) -> None:
        await RepliesPage(shell.office, me).build()


class RepliesPage:
    """One supervisor's view of the list."""

    def __init__(self, office: Office, me: Me) -> None:
        self._replies = office.replies
        self._me = me

    async def build(self) -> None:
        """The list, and the way to a new one."""
        ui.label("常用语").classes("title")
        places = "、".join(f"{{{name}}}" for name in VARIABLES)
        ui.label(f"可以用的空位：{places}，发送时自动填上。").classes("soft")
        self._box = ui.element("div")
        ui.button("加一条", icon="add", on_click=lambda: self._edit(None), color=None).classes("go")
        await self._draw()

    async def _draw(self) -> None:
        everything = await to_thread.run_sync(self._replies.all)
        self._box.clear()
        with self._box, plain_table("名称", "内容", ""):
            for reply in everything:
                with ui.element("tr"):
                    for text in (reply.title, reply.text):
                        with ui.element("td"):
                            ui.label(text)
                    with ui.element("td").classes("actions"):
                        ui.button("改", on_click=lambda r=reply: self._edit(r), color=None).classes("plain")
                        ui.button("删", on_click=lambda r=reply: self._remove(r), color=None).classes("plain")

    async def _edit(self, reply: CannedReply | None) -> None:
        with ui.dialog() as dialog, ui.card().classes("form"):
            ui.label("改常用语" if reply else "新的常用语").classes("title")
            title = ui.input("名称", value=reply.title if reply else "").props(
                f"dense outlined maxlength={LONGEST_TITLE}"
            )
            text = ui.textarea("内容", value=reply.text if reply else "").props(
                f"dense outlined autogrow maxlength={LONGEST_TEXT}"
            )
            with ui.element("div").classes("actions"):
                ui.button("取消", on_click=lambda: dialog.submit(False), color=None).classes("plain")
                ui.button("保存", on_click=lambda: dialog.submit(True), color=None).classes("go")
        saved = await dialog
        written = str(title.value or "").strip()[:LONGEST_TITLE], str(text.value or "").strip()[:LONGEST_TEXT]
        dialog.delete()
        if not saved:
            return
        if not all(written):
            ui.notify("名称和内容都要写。", type="negative", position="top")
            return
        try:
            check(*written)
            with told_kindly():
                await to_thread.run_sync(self._replies.put, reply.id if reply else None, *written, self._me.login)
        except CannedError as error:
            ui.notify(str(error), type="negative", position="top")
        await self._draw()

    async def _remove(self, reply: CannedReply) -> None:
        if await confirm(f"删掉“{reply.title}”？", "删") is None:
            return
        await to_thread.run_sync(self._replies.remove, reply.id, self._me.login)
        await self._draw()
