"""One open conversation: what was said, the draft, the box to answer in, and everything that an operator may do with it."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence

from anyio import to_thread
from nicegui import ui

from bot.operators.canned import known_of
from bot.operators.desk import Case
from bot.operators.office import Office
from bot.operators.ui.composer import Composer
from bot.operators.ui.dialogs import ask_value, confirm, pick
from bot.operators.ui.draft_card import DraftCard, Hands
from bot.operators.ui.saying import channel, told_kindly
from bot.operators.ui.shell import Me
from bot.operators.ui.transcript import Transcript
from integrations.canned_replies import CannedReply
from integrations.doubts import SETTLED, Doubt
from integrations.drafts import Draft
from integrations.escalation import CALLBACK, HELD, Entry
from integrations.journal import Line
from integrations.masking import masked
from integrations.numbers import grouped
from intents.show import show

BACK_TO_QUEUE = "queue:"
EMPTY = Draft("", "", "open", {}, ())


class Panel:
    """One conversation in one operator's page."""

    def __init__(
        self,
        office: Office,
        me: Me,
        conversation_id: str,
        canned: Sequence[CannedReply],
        names: Mapping[str, str],
        on_close: Callable[["Panel"], None],
        on_active: Callable[["Panel"], None],
    ) -> None:
        self._office = office
        self._me = me
        self.id = conversation_id
        self._canned = canned
        self._names = names
        self._on_close = on_close
        self._revealed = False
        self._case: Case | None = None
        self._composer: Composer | None = None
        self._buttons_for: object = None
        self.box = ui.element("section").classes("panel").props('aria-label="对话"')
        self.box.on(
            "focusin",
            lambda: on_active(self),
            js_handler="(e) => { if (!e.currentTarget.classList.contains('active')) emit(); }",
        )
        with self.box:
            with ui.element("div").classes("panel-head"):
                self._title = ui.label().classes("panel-title")
                self._state = ui.label().classes("chip")
                ui.element("div").classes("grow")
                self._phone = ui.button("显示电话", icon="visibility", on_click=self.reveal, color=None).classes(
                    "plain"
                )
                ui.button(icon="close", on_click=lambda: on_close(self), color=None).classes("plain").props(
                    'aria-label="关掉这一栏"'
                )
            self._note = ui.label().classes("panel-note")
            with ui.element("div").classes("panel-body"):
                with ui.element("div").classes("talk"):
                    self._transcript = Transcript(self._describe, names)
                    self._reply_place = ui.element("div")
                with ui.element("div").classes("side"):
                    self._actions = ui.element("div").classes("panel-actions")
                    hands = Hands(self._transcript.prove, self._edit, self._settle, self._transcript.play)
                    self._card = DraftCard(office.catalog, names, hands)

    @property
    def last(self) -> int:
        """The number of the newest line that is shown."""
        return self._transcript.last

    @property
    def mine(self) -> bool:
        """Whether this operator holds it."""
        entry = self._live
        return entry is not None and entry.state == HELD and entry.operator == self._me.login

    @property
    def _live(self) -> Entry | None:
        entries = self._case.escalations if self._case else ()
        return entries[-1] if entries and entries[-1].state in (HELD, CALLBACK, "waiting") else None

    async def refresh(self) -> None:
        """Reads the conversation and shows what is new in it."""
        case = await to_thread.run_sync(self._office.operators.case, self.id)
        files = await to_thread.run_sync(self._office.evidence.of_draft, case.draft.id) if case.draft else []
        self._case = case
        with self.box:
            self._transcript.show(case.lines)
            self._card.show(case, files, self.mine, self._revealed)
            self._head()
            await self._buttons()

    def active(self, yes: bool) -> None:
        """Whether the shortcuts are for this one."""
        self.box.classes(add="active" if yes else "", remove="" if yes else "active")

    def focus_reply(self) -> None:
        """The keyboard goes into the box."""
        if self._composer:
            self._composer.focus()

    def open_canned(self) -> None:
        """The list of canned replies."""
        if self._composer:
            self._composer.open_canned()

    async def take(self) -> None:
        """Holds the conversation from now on."""
        if self.mine:
            self.focus_reply()
            return
        await self._do(lambda: self._office.operators.take(self.id, self._me.login))
        self.focus_reply()

    async def give_back(self) -> None:
        """The bot goes on."""
        if self.mine and (note := await confirm("交还机器人？", "交还", note="备注，可以不写")) is not None:
            await self._do(lambda: self._office.operators.give_back(self.id, self._me.login, note))

    async def close_case(self) -> None:
        """It is done."""
        if self.mine and (note := await confirm("结束这次对话？", "结束", note="备注，可以不写")) is not None:
            await self._do(lambda: self._office.operators.close(self.id, self._me.login, note))

    async def file(self) -> None:
        """Files on the citizen's behalf."""
        if not self.mine or await confirm("替市民提交这个工单？", "提交") is None:
            return
        with told_kindly():
            ticket = await to_thread.run_sync(self._office.operators.file, self.id, self._me.login)
            ui.notify(f"已提交，工单号 {grouped(ticket.number)}。", type="positive", position="top")
        await self._after()

    async def transfer(self) -> None:
        """To a colleague, or back into the queue."""
        if not self.mine:
            return
        others = {login: name for login, name in self._names.items() if login != self._me.login}
        to = await pick("转给谁？", {BACK_TO_QUEUE: "放回排队", **others})
        if to is not None:
            target = None if to == BACK_TO_QUEUE else to
            await self._do(lambda: self._office.operators.transfer(self.id, self._me.login, target))

    async def reveal(self) -> None:
        """Shows phone numbers; the look is in the audit log before they are."""
        await to_thread.run_sync(self._office.audit.record, self._me.login, "phone_shown", f"conversation:{self.id}")
        self._revealed = True
        with self.box:
            self._transcript.reveal()
            self._phone.visible = False
            await self.refresh()

    async def _edit(self, name: str) -> None:
        draft = (self._case.draft if self._case else None) or EMPTY
        value = draft.value(name)
        try:
            now = show(value, self._office.catalog.field(name, draft.value("topic")).kind) if value is not None else ""
        except KeyError:
            now = str(value or "")
        if not self._revealed and masked(now) != now:
            # Nobody edits half a number: it is shown first, or written anew.
            now = ""
        given = await ask_value(self._office.catalog, draft, name, now)
        if given is not None:
            await self._do(lambda: self._office.operators.edit_field(self.id, self._me.login, name, given))

    async def _settle(self, doubt: Doubt, value: str) -> None:
        def settle() -> None:
            self._office.operators.edit_field(self.id, self._me.login, doubt.field, value)
            self._office.doubts.move(doubt.id, SETTLED)

        await self._do(settle)

    async def _send(self, text: str) -> bool:
        sent = False
        message_id = str(uuid.uuid4())
        with told_kindly():
            await to_thread.run_sync(self._office.operators.reply, self.id, self._me.login, text, message_id)
            sent = True
        await self._after()
        return sent

    async def _keep(self, text: str) -> None:
        await to_thread.run_sync(self._office.unsent.keep, self.id, self._me.person.id, text)

    async def _do(self, command: Callable[[], object]) -> None:
        with told_kindly():
            await to_thread.run_sync(command)
        await self._after()

    async def _after(self) -> None:
        self._office.announce(self.id)
        self._office.floor.look_now()
        await self.refresh()

    def _head(self) -> None:
        assert self._case is not None
        entry, draft = self._live, self._case.draft
        topic = self._office.catalog.topics.get(str(draft.value("topic"))) if draft else None
        place = draft.value("district") if draft else None
        self._title.text = " · ".join(str(p) for p in (topic.short if topic else "新对话", place) if p)
        if entry is None:
            self._state.text = "已结束" if self._case.state == "closed" else "机器人接待中"
        elif entry.state == HELD:
            who = "我" if self.mine else self._names.get(entry.operator or "", entry.operator or "")
            self._state.text = f"{who}在接待 · {channel(entry.channel)}"
        else:
            self._state.text = (
                f"{'等回电' if entry.state == CALLBACK else '等候中'} · {entry.reason.name} · {channel(entry.channel)}"
            )
        self._note.text = f"备注：{entry.note}" if entry and entry.note else ""
        self._note.visible = bool(self._note.text)

    async def _buttons(self) -> None:
        entry, draft = self._live, self._case.draft if self._case else None
        taken = entry is not None and entry.state == HELD and not self.mine
        state = (self.mine, taken, draft.state if draft else None)
        if state == self._buttons_for:
            return
        self._buttons_for = state
        unsent = await to_thread.run_sync(self._office.unsent.read, self.id, self._me.person.id) if self.mine else ""
        self._actions.clear()
        self._reply_place.clear()
        self._composer = None
        with self._actions:
            if self.mine:
                if draft is not None and draft.state == "open":
                    _button("提交工单", "f", self.file, main=True)
                _button("交还机器人", "b", self.give_back)
                _button("转交", "m", self.transfer)
                _button("结束", "c", self.close_case)
            elif not taken:
                _button("接手", "t", self.take, main=True)
        with self._reply_place:
            if self.mine:
                self._composer = Composer(self._canned, self._known, self._send, self._keep, unsent)
            else:
                ui.label("同事正在接待。" if taken else "接手以后才能回复。").classes("soft hint")

    def _known(self) -> Mapping[str, str]:
        case = self._case
        return known_of(case.draft if case else None, case.ticket if case else None, self._me.person.name)

    def _describe(self, line: Line) -> str:
        """A line of the system, with names for logins and labels for fields."""
        payload = line.payload
        who = self._names.get(str(payload.get("operator") or ""), str(payload.get("operator") or ""))
        if payload.get("event") == "edited":
            draft, name = (self._case.draft if self._case else None) or EMPTY, str(payload.get("field"))
            return f"{who} 把“{self._label(name, draft)}”从“{self._say(name, payload.get('old'), draft)}”改成“{self._say(name, payload.get('new'), draft)}”"
        login = str(payload.get("operator") or "")
        return line.text.replace(login, who, 1) if login and line.text.startswith(login) else line.text

    def _label(self, name: str, draft: Draft) -> str:
        heads = {"topic": "类别", "type": "类型"}
        return heads.get(name) or self._office.catalog.field(name, draft.value("topic")).label

    def _say(self, name: str, value: object, draft: Draft) -> str:
        if name == "topic":
            return self._office.catalog.topics[str(value)].short if value in self._office.catalog.topics else "未定"
        if name == "type":
            return str(value or "未定")
        return show(value, self._office.catalog.field(name, draft.value("topic")).kind)


def _button(text: str, key: str, on_click: Callable[[], Awaitable[None]], *, main: bool = False) -> None:
    ui.button(text, on_click=on_click, color=None).classes("go" if main else "plain").props(f'title="快捷键 {key}"')
