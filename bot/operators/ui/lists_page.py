"""What could not be delivered to the city's own system, and what many people complain about."""

from anyio import to_thread
from nicegui import ui

from bot.operators.ui.saying import stamp
from bot.operators.ui.shell import Me, Shell
from bot.operators.ui.tables import plain_table, row
from integrations.accounts import Role
from integrations.numbers import grouped

KINDS = {"filed": "新工单", "noted": "市民补充"}


def install(shell: Shell) -> None:
    """/operator/groups and /operator/letters."""
    office = shell.office

    @shell.page("/groups", "群体", icon="groups")
    async def groups(me: Me) -> None:
        cases = await to_thread.run_sync(office.groups.cases)
        ui.label("很多人反映同一件事").classes("title")
        if not cases:
            ui.label("现在没有。").classes("empty")
            return
        with plain_table("类别", "是谁、在哪", "区", "人数", "损失合计（元）"):
            for case in cases:
                topic = office.catalog.topics.get(case.topic)
                row(
                    topic.short if topic else case.topic,
                    case.name,
                    case.district or "",
                    str(case.people),
                    f"{case.loss:,.0f}" if case.loss else "",
                )

    @shell.page("/letters", "未送达", role=Role.SUPERVISOR, icon="mark_email_unread")
    async def letters(me: Me) -> None:
        ui.label("没有送到市里系统的").classes("title")
        box = ui.element("div")

        async def draw() -> None:
            dead = await to_thread.run_sync(office.outbox.dead)
            box.clear()
            with box:
                if not dead:
                    ui.label("都送到了。").classes("empty")
                    return
                with plain_table("工单号", "内容", "试了几次", "原因", "时间", ""):
                    for letter in dead:
                        with ui.element("tr"):
                            with ui.element("td"):
                                ui.link(grouped(letter.ticket), f"/tickets/{letter.ticket}").classes("number")
                            for text in (
                                KINDS.get(letter.kind, letter.kind),
                                str(letter.attempts),
                                letter.reason,
                                stamp(letter.created_at),
                            ):
                                with ui.element("td"):
                                    ui.label(text)
                            with ui.element("td"):
                                ui.button("重发", on_click=lambda i=letter.id: replay(i), color=None).classes("plain")

        async def replay(letter: int) -> None:
            try:
                await to_thread.run_sync(office.outbox.replay, letter)
            except KeyError:
                ui.notify("这一封已经在重发了。", position="top")
            else:
                await to_thread.run_sync(office.audit.record, me.login, "letter_replayed", f"outbox:{letter}")
                ui.notify("已放回去重发。", type="positive", position="top")
            await draw()

        await draw()
