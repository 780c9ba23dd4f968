"""/operator/tickets/{number}: one ticket, with both sides of its story."""

from collections.abc import Mapping, Sequence

from anyio import to_thread
from nicegui import ui

from bot.operators import words
from bot.operators.office import Office
from bot.operators.ui.citizens_side import citizens_side
from bot.operators.ui.saying import DIRECTIONS, channel, stamp, told_kindly
from bot.operators.ui.shell import Me, Shell
from bot.operators.ui.transcript import recording_url
from integrations.desk import NoSuchTicket
from integrations.journal import Line
from integrations.masking import masked
from integrations.numbers import grouped, normalise
from integrations.status import CHINESE, FOLLOWS, Status
from integrations.ticket import Ticket
from integrations.timelines import CITIZEN, timelines
from intents.show import show

HIDDEN = ("confirm", "anonymous", "topic", "type")
BY = {"citizen": "市民", "cli": "命令行"}


def install(shell: Shell) -> None:
    """/operator/tickets/{number}."""

    @shell.page("/tickets/{number}", "工单", listed=False)
    async def ticket(me: Me, number: str) -> None:
        page = TicketPage(shell.office, me, normalise(number) or number)
        await page.build()


class TicketPage:
    """One operator's view of a ticket."""

    def __init__(self, office: Office, me: Me, number: str) -> None:
        self._office = office
        self._me = me
        self._number = number
        self._revealed = False

    async def build(self) -> None:
        """The page."""
        people = await to_thread.run_sync(self._office.accounts.people)
        self._names: Mapping[str, str] = {**BY, **{person.login: person.name for person in people}}
        self._box = ui.element("div").classes("ticket")
        await self._show()

    async def _show(self) -> None:
        try:
            ticket = await to_thread.run_sync(self._office.desk.get, self._number)
        except NoSuchTicket:
            ui.context.client.status_code = 404
            with self._box:
                ui.label("没有这个工单。").classes("empty")
            return
        lines = await to_thread.run_sync(self._office.journal.since, ticket.conversation_id, 0)
        sides = await to_thread.run_sync(timelines, self._office.database, ticket.number)
        self._box.clear()
        with self._box:
            self._head(ticket)
            with ui.element("div").classes("ticket-grid"):
                with ui.element("section").classes("card"):
                    ui.label("内容").classes("title")
                    self._fields(ticket)
                with ui.element("section").classes("card"):
                    ui.label("办理经过").classes("title")
                    self._history(ticket)
                    self._move_form(ticket)
                with ui.element("section").classes("card citizens-side"):
                    ui.label("告知与回访").classes("title")
                    citizens_side(sides[CITIZEN], self._names, self._text)
                with ui.element("section").classes("card"):
                    ui.label("市民说的").classes("title")
                    self._lines(lines)

    def _head(self, ticket: Ticket) -> None:
        with ui.element("div").classes("ticket-head"):
            ui.label(grouped(ticket.number)).classes("number title")
            ui.label(CHINESE[Status(ticket.status)]).classes(f"status {ticket.status}")
            ui.label(f"{ticket.topic_name}（{ticket.type}）")
            units = "、".join((ticket.lead_unit, *ticket.co_units))
            ui.label(f"{units} · {stamp(ticket.due_at)} 到期 · {channel(ticket.channel)}").classes("soft")
            ui.element("div").classes("grow")
            if not self._revealed:
                ui.button("显示电话", icon="visibility", on_click=self._reveal, color=None).classes("plain")
            ui.button(
                "打开对话", on_click=lambda: ui.navigate.to(f"/?open={ticket.conversation_id}"), color=None
            ).classes("plain")

    def _fields(self, ticket: Ticket) -> None:
        with ui.element("div").classes("fields"):
            for name, field in ticket.fields.items():
                if name in HIDDEN or field.get("value") is None:
                    continue
                try:
                    spec = self._office.catalog.field(name, ticket.topic)
                except KeyError:
                    continue
                with ui.element("div").classes("field"):
                    ui.label(spec.label).classes("label")
                    with ui.element("div").classes("what"):
                        ui.label(self._text(show(field["value"], spec.kind))).classes("value")
                        raw = field.get("raw")
                        if raw and str(raw) != str(field["value"]):
                            ui.label(f"原话“{self._text(str(raw))}”").classes("source")
                        audio = (field.get("span") or {}).get("audio")
                        if audio and audio.get("start") is not None:
                            ui.audio(
                                f"{recording_url(str(audio['recording']))}#t={audio['start']:.2f},{audio['end']:.2f}"
                            ).props("preload=none").classes("span")
        if ticket.files:
            with ui.element("div").classes("files"):
                for number, file in enumerate(ticket.files, start=1):
                    kind = "照片" if str(file["media_type"]).startswith("image/") else "文件"
                    ui.link(f"{kind}{number}", f"/api/files/{file['file_id']}", new_tab=True)

    def _history(self, ticket: Ticket) -> None:
        with ui.element("ol").classes("timeline"):
            for step in ticket.history:
                with ui.element("li"):
                    ui.label(f"{stamp(step.at)} · {self._names.get(step.by, step.by)}").classes("meta")
                    ui.label(CHINESE[Status(step.status)]).classes("what")
                    if step.note:
                        ui.label(self._text(step.note)).classes("note")

    def _move_form(self, ticket: Ticket) -> None:
        steps = {s.value: CHINESE[s] for s in Status if s in FOLLOWS[Status(ticket.status)]}
        same = {"": "只加一句话，不改状态"}
        with ui.element("div").classes("move-form"):
            status = ui.select({**steps, **same}, value=next(iter(steps), ""), label="改成").props(
                "dense outlined options-dense"
            )
            note = ui.textarea("给市民的话").props("dense outlined autogrow")

            async def move() -> None:
                text = str(note.value or "").strip()
                if not status.value and not text:
                    return
                with told_kindly():
                    await to_thread.run_sync(self._move, ticket, str(status.value or ""), text)
                    ui.notify("已经记下，并告诉市民。", type="positive", position="top")
                await self._show()

            ui.button("改状态", on_click=move, color=None).classes("go")

    def _move(self, ticket: Ticket, status: str, note: str) -> None:
        """The citizen reads the history: who it was stands in the audit log, and there first."""
        subject = f"ticket:{ticket.number}"
        self._office.audit.record(
            self._me.login, "ticket_moved", subject, old=ticket.status, new=status or ticket.status
        )
        if status:
            self._office.desk.move(ticket.number, Status(status), by=words.OPERATOR, note=note)
        else:
            self._office.desk.add_note(ticket.number, note, by=words.OPERATOR)

    def _lines(self, lines: Sequence[Line]) -> None:
        with ui.element("ol").classes("timeline"):
            for line in lines:
                if line.direction == "system":
                    continue
                with ui.element("li").classes(line.direction):
                    ui.label(f"{stamp(line.at)} · {DIRECTIONS.get(line.direction, line.direction)}").classes("meta")
                    ui.label(self._text(line.text)).classes("note")
                    if line.payload.get("recording"):
                        ui.audio(recording_url(str(line.payload["recording"]))).props("preload=none").classes("span")

    async def _reveal(self) -> None:
        await to_thread.run_sync(self._office.audit.record, self._me.login, "phone_shown", f"ticket:{self._number}")
        self._revealed = True
        await self._show()

    def _text(self, text: str) -> str:
        return text if self._revealed else masked(text)
