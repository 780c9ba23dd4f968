"""/operator/calls: citizens who only telephone, to be asked what became of their ticket."""

from anyio import to_thread
from nicegui import ui

from bot.operators.office import Office
from bot.operators.ui.saying import stamp, told_kindly
from bot.operators.ui.shell import Me, Shell
from bot.operators.ui.tables import plain_table
from integrations.followup_calls import ToCall
from integrations.followup_words import OVERDUE, QUESTION, SHOWN
from integrations.numbers import grouped

REASONS = {OVERDUE: "到期未办结"}
RESOLVED = "单位说办好了"


def install(shell: Shell) -> None:
    """/operator/calls."""

    @shell.page("/calls", "回访电话", icon="phone_callback")
    async def calls(me: Me) -> None:
        await CallsPage(shell.office, me).build()


class CallsPage:
    """One operator's view of the list."""

    def __init__(self, office: Office, me: Me) -> None:
        self._office = office
        self._me = me
        self._numbers: dict[int, str] = {}

    async def build(self) -> None:
        """The page."""
        ui.label("只打过电话的市民，回访请打给他们").classes("title")
        self._box = ui.element("div")
        await self._draw()

    async def _draw(self) -> None:
        rows = await to_thread.run_sync(self._office.calls.to_call)
        self._box.clear()
        with self._box:
            if not rows:
                ui.label("现在没有要回访的。").classes("empty")
                return
            with plain_table("工单号", "类别", "为什么回访", "从何时起", "最晚", "没人接", "电话", ""):
                for row in rows:
                    self._row(row)

    def _row(self, row: ToCall) -> None:
        with ui.element("tr"):
            with ui.element("td"):
                ui.link(grouped(row.ticket), f"/tickets/{row.ticket}").classes("number")
            reason = REASONS.get(row.reason, RESOLVED)
            tries = f"{row.tries}次" if row.tries else ""
            for text in (row.topic, reason, stamp(row.since), stamp(row.until), tries):
                with ui.element("td"):
                    ui.label(text)
            with ui.element("td"):
                if row.id in self._numbers:
                    ui.label(self._numbers[row.id]).classes("number")
                else:
                    ui.button("显示号码", on_click=lambda: self._show(row), color=None).classes("plain")
            with ui.element("td"):
                ui.button("登记回访", on_click=lambda: self._note(row), color=None).classes("go")
                ui.button("没人接", on_click=lambda: self._in_vain(row), color=None).classes("plain")

    async def _show(self, row: ToCall) -> None:
        # The look is on record before there is anything to see.
        await to_thread.run_sync(self._office.audit.record, self._me.login, "phone_shown", f"ticket:{row.ticket}")
        number = await to_thread.run_sync(self._office.calls.number, row.id)
        self._numbers[row.id] = number or "没有留号码"
        await self._draw()

    async def _note(self, row: ToCall) -> None:
        with ui.dialog() as dialog, ui.card().classes("form"):
            ui.label(f"工单 {grouped(row.ticket)} 的回访").classes("title")
            chosen = {}
            for question, shown in SHOWN.items():
                ui.label(QUESTION[question]).classes("label")
                choices = ui.radio(shown).props("inline dense")
                choices.props(f'aria-label="{QUESTION[question]}"')
                chosen[question] = choices
            remark = ui.textarea("市民还说了什么").props("dense outlined autogrow")
            with ui.element("div").classes("actions"):
                ui.button("取消", on_click=lambda: dialog.submit(False), color=None).classes("plain")
                ui.button("登记", on_click=lambda: dialog.submit(True), color=None).classes("go")
        said = await dialog
        answers = {question: str(choice.value) for question, choice in chosen.items() if choice.value}
        words = str(remark.value or "").strip()
        dialog.delete()
        if not said:
            return
        if not answers:
            ui.notify("请至少选一项。", type="negative", position="top")
            return
        with told_kindly():
            await to_thread.run_sync(
                lambda: self._office.audit.record(
                    self._me.login, "follow_up_noted", f"ticket:{row.ticket}", answers=answers
                )
            )
            told = await to_thread.run_sync(self._office.calls.told, row.id, answers, words)
            reopened = told.reopened_until is not None
            ui.notify("没解决，已按原工单号重新办理。" if reopened else "已登记。", type="positive", position="top")
        await self._draw()

    async def _in_vain(self, row: ToCall) -> None:
        await to_thread.run_sync(self._office.audit.record, self._me.login, "called_in_vain", f"ticket:{row.ticket}")
        await to_thread.run_sync(self._office.calls.nobody_answered, row.id)
        await self._draw()
