"""/operator/tickets: finding tickets."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from anyio import to_thread
from nicegui import ui

from bot.operators.office import Office
from bot.operators.ui.saying import stamp
from bot.operators.ui.shell import Me, Shell
from bot.operators.ui.tables import plain_table
from integrations.masking import masked
from integrations.numbers import grouped
from integrations.status import CHINESE, Status
from integrations.ticket import Ticket
from integrations.ticket_search import Wanted
from integrations.zone import BEIJING

A_PAGE = 50
ANY = ""
ENTER = "(e) => { if (!e.isComposing) emit(); }"


def install(shell: Shell) -> None:
    """/operator/tickets."""
    shell.shortcuts.append(("/", "工单页：到搜索框"))

    @shell.page("/tickets", "工单", icon="receipt_long")
    async def tickets(me: Me, status: str = "", topic: str = "", district: str = "") -> None:
        page = TicketsPage(shell.office, me)
        await page.build(status, topic, district)


class TicketsPage:
    """One operator's search."""

    def __init__(self, office: Office, me: Me) -> None:
        self._office = office
        self._me = me
        self._offset = 0

    async def build(self, status: str, topic: str, district: str) -> None:
        """The form, and the newest tickets."""
        topics = {t.id: t.short for t in self._office.catalog.topics.values()}
        statuses = {s.value: name for s, name in CHINESE.items()}
        with ui.element("div").classes("search-form").props("role=search"):
            self._number = self._input("工单号")
            self._phone = self._input("电话（完整号码）")
            self._words = self._input("关键词")
            self._district = self._select("区", {d: d for d in self._office.districts}, district)
            self._topic = self._select("类别", topics, topic)
            self._status = self._select("状态", statuses, status)
            self._since = self._input("从（年-月-日）")
            self._until = self._input("到（年-月-日）")
            ui.button("查", on_click=self._first_page, color=None).classes("go")
        ui.keyboard(
            lambda e: self._number.run_method("focus") if e.action.keydown and e.key == "/" else None,
            repeating=False,
            ignore=["input", "select", "textarea"],
        )
        self._found = ui.element("div")
        await self._show()

    def _input(self, label: str) -> ui.input:
        field = ui.input(label).props("dense outlined clearable")
        field.on("keydown.enter", self._first_page, js_handler=ENTER)
        return field

    def _select(self, label: str, options: dict[str, str], value: str) -> ui.select:
        known = {ANY: "全部", **options}
        return ui.select(known, value=value if value in known else ANY, label=label).props(
            "dense outlined options-dense"
        )

    async def _first_page(self) -> None:
        self._offset = 0
        await self._show()

    async def _turn(self, by: int) -> None:
        self._offset = max(0, self._offset + by * A_PAGE)
        await self._show()

    async def _show(self) -> None:
        try:
            wanted = self._wanted()
        except ValueError:
            ui.notify("日期请写成 2026-11-25 这样。", type="negative", position="top")
            return
        if wanted.phone:
            # Before it is looked for: who looked for whom is known even if nothing is found.
            subject = f"phone:{masked(wanted.phone)}"
            await to_thread.run_sync(self._office.audit.record, self._me.login, "phone_searched", subject)
        found = await to_thread.run_sync(
            lambda: self._office.search.find(wanted, limit=A_PAGE + 1, offset=self._offset)
        )
        self._draw(found)

    def _wanted(self) -> Wanted:
        until = _day(self._until.value)
        return Wanted(
            number=str(self._number.value or "").strip(),
            phone=str(self._phone.value or "").strip(),
            words=str(self._words.value or "").strip(),
            district=str(self._district.value or ""),
            topic=str(self._topic.value or ""),
            status=str(self._status.value or ""),
            since=_day(self._since.value),
            until=until + timedelta(days=1) if until else None,
        )

    def _draw(self, found: Sequence[Ticket]) -> None:
        self._found.clear()
        with self._found:
            if not found:
                ui.label("没有找到。").classes("empty")
                return
            with plain_table("工单号", "状态", "类别", "区", "诉求", "牵头单位", "提交", "期限"):
                for ticket in found[:A_PAGE]:
                    _row(ticket, self._office.clock())
            with ui.element("div").classes("actions pages"):
                if self._offset:
                    ui.button("上一页", on_click=lambda: self._turn(-1), color=None).classes("plain")
                if len(found) > A_PAGE:
                    ui.button("下一页", on_click=lambda: self._turn(1), color=None).classes("plain")


def _row(ticket: Ticket, now: datetime) -> None:
    late = ticket.due_at < now and ticket.status not in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED)
    description = masked(str(ticket.value("description") or ""))
    with ui.element("tr"):
        with ui.element("td"):
            ui.link(grouped(ticket.number), f"/tickets/{ticket.number}").classes("number")
        for text, style in (
            (CHINESE[Status(ticket.status)], f"status {ticket.status}"),
            (ticket.topic_name, ""),
            (ticket.district or "", ""),
            (description[:60], "words"),
            (ticket.lead_unit, ""),
            (stamp(ticket.created_at), "when"),
            (stamp(ticket.due_at), "when late" if late else "when"),
        ):
            with ui.element("td"):
                ui.label(text).classes(style)


def _day(text: str | None) -> datetime | None:
    """A day's first moment in Beijing; None when nothing is written. ValueError."""
    return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=BEIJING) if text and text.strip() else None
