"""/operator: the queue on the left, conversations side by side."""

from collections.abc import Sequence

from anyio import to_thread
from nicegui import ui
from nicegui.events import KeyEventArguments

from bot.operators.floor import Seen, View
from bot.operators.office import Office
from bot.operators.ui.panel import Panel
from bot.operators.ui.queue_list import QueueList
from bot.operators.ui.saying import told_kindly
from bot.operators.ui.shell import TITLE, Me, Shell
from integrations.canned_replies import CannedReply

SECONDS_BETWEEN_LOOKS = 1.0
TICKS_OF_A_MINUTE = 60
MOST_OPEN = 6
"""Columns at a time; another one takes the place of the oldest that this operator does not hold."""

TABS = {"waiting": "排队", "callback": "回电", "mine": "我的", "all": "全部"}
SHORTCUTS = (
    ("q", "到左边的列表，↑ ↓ 移动，Enter 打开"),
    ("n", "接手排在最前面的"),
    ("t", "接手这一栏"),
    ("r", "写回复，Enter 发送，Esc 离开"),
    ("l", "常用语"),
    ("f", "提交工单"),
    ("b", "交还机器人"),
    ("m", "转交"),
    ("c", "结束对话"),
    ("p", "显示电话"),
    ("[ ]", "上一栏、下一栏"),
    ("x", "关掉这一栏"),
)
BEEP = """(() => { try {
  const c = window.jiesuSound ??= new AudioContext(), o = c.createOscillator(), g = c.createGain();
  o.frequency.value = 660; g.gain.setValueAtTime(.12, c.currentTime); g.gain.exponentialRampToValueAtTime(.001, c.currentTime + .4);
  o.connect(g).connect(c.destination); o.start(); o.stop(c.currentTime + .4);
} catch (e) {} })()"""


def install(shell: Shell) -> None:
    """/operator itself."""
    shell.shortcuts.extend(SHORTCUTS)

    @shell.page("/", "接待", icon="headset_mic")
    async def desk(me: Me, open: str = "") -> None:
        kept = await to_thread.run_sync(shell.office.replies.all)
        page = DeskPage(shell.office, me, kept)
        await page.build(open)


class DeskPage:
    """One operator's view of the floor."""

    def __init__(self, office: Office, me: Me, canned: Sequence[CannedReply]) -> None:
        self._office = office
        self._me = me
        self._canned = canned
        self._panels: list[Panel] = []
        self._active: Panel | None = None
        self._tab = "waiting"
        self._version = -1
        self._asked: int | None = None
        self._ticks = 0
        self._title = ""

    async def build(self, asked_for: str) -> None:
        """The page, with what this operator holds already open."""
        people = await to_thread.run_sync(self._office.accounts.people)
        self._names = {person.login: person.name for person in people}
        topics = {topic.id: topic.short for topic in self._office.catalog.topics.values()}
        ui.context.client.content.classes("working")
        with ui.element("div").classes("desk"):
            with ui.element("aside").classes("queue"):
                with ui.element("div").classes("tabs").props("role=tablist"):
                    self._tabs = {
                        key: ui.button(name, on_click=lambda k=key: self._choose(k), color=None).props(
                            "role=tab no-caps"
                        )
                        for key, name in TABS.items()
                    }
                self._list = QueueList(topics, self._names, self.open)
                self._nobody = ui.label("现在没有人在等。").classes("empty")
            self._columns = ui.element("div").classes("columns")
            with self._columns:
                self._hint = ui.label("从左边打开一段对话，或者按 n 接手排在最前面的。").classes("empty")
        ui.keyboard(self._on_key, repeating=False, ignore=["input", "select", "textarea"])
        client = ui.context.client
        self._office.floor.enter()
        client.on_delete(self._office.floor.leave)
        self._show(self._office.floor.view)
        held = await to_thread.run_sync(self._office.escalations.held_by, self._me.login)
        for entry in list(held)[-MOST_OPEN:]:
            await self.open(entry.conversation_id)
        if asked_for:
            await self.open(asked_for)
        ui.timer(SECONDS_BETWEEN_LOOKS, self._look, immediate=False)

    async def open(self, conversation_id: str) -> None:
        """Opens a conversation as a column, or goes to it where it is open."""
        panel = next((one for one in self._panels if one.id == conversation_id), None)
        if panel is None:
            if len(self._panels) >= MOST_OPEN:
                self._close(next((one for one in self._panels if not one.mine), self._panels[0]))
            with self._columns:
                panel = Panel(
                    self._office, self._me, conversation_id, self._canned, self._names, self._close, self._activate
                )
            self._panels.append(panel)
            with told_kindly():
                await panel.refresh()
        self._activate(panel)
        ui.run_javascript(f"getHtmlElement({panel.box.id})?.scrollIntoView({{inline: 'nearest', block: 'nearest'}})")
        self._show(self._office.floor.view, always=True)

    async def _look(self) -> None:
        view = self._office.floor.view
        self._ticks += 1
        if self._ticks % TICKS_OF_A_MINUTE == 0:
            self._list.tick()
        if view.version == self._version:
            return
        self._show(view)
        for panel in list(self._panels):
            if view.last.get(panel.id, 0) > panel.last:
                with told_kindly():
                    await panel.refresh()

    def _show(self, view: View, always: bool = False) -> None:
        if view.version == self._version and not always:
            return
        self._version = view.version
        mine = [seen for seen in view.held if seen.entry and seen.entry.operator == self._me.login]
        lists: dict[str, Sequence[Seen]] = {
            "waiting": view.waiting,
            "callback": view.callbacks,
            "mine": mine,
            "all": [*view.waiting, *view.held, *view.callbacks, *view.bot],
        }
        for key, button in self._tabs.items():
            count = len(lists[key])
            text = f"{TABS[key]} {count}" if count else TABS[key]
            if button.text != text:
                button.text = text
            chosen = key == self._tab
            button.classes(add="here" if chosen else "", remove="" if chosen else "here")
        shown = lists[self._tab]
        self._list.show(shown, frozenset(panel.id for panel in self._panels))
        self._nobody.visible = not shown
        self._hint.visible = not self._panels
        title = f"({len(view.waiting)}) {TITLE}" if view.waiting else TITLE
        if title != self._title:
            self._title = title
            ui.page_title(title)
        if self._asked is not None and view.asked > self._asked:
            ui.run_javascript(BEEP)
        self._asked = max(view.asked, self._asked or 0)

    def _choose(self, tab: str) -> None:
        self._tab = tab
        self._show(self._office.floor.view, always=True)

    def _activate(self, panel: Panel) -> None:
        if self._active is not panel:
            if self._active is not None:
                self._active.active(False)
            self._active = panel
            panel.active(True)

    def _close(self, panel: Panel) -> None:
        self._panels.remove(panel)
        panel.box.delete()
        if self._active is panel:
            self._active = None
            if self._panels:
                self._activate(self._panels[-1])
        self._show(self._office.floor.view, always=True)

    def _step(self, by: int) -> None:
        if self._panels:
            here = self._panels.index(self._active) if self._active in self._panels else 0
            panel = self._panels[(here + by) % len(self._panels)]
            self._activate(panel)
            panel.focus_reply()
            ui.run_javascript(
                f"getHtmlElement({panel.box.id})?.scrollIntoView({{inline: 'nearest', block: 'nearest'}})"
            )

    async def _take_next(self) -> None:
        waiting = self._office.floor.view.waiting
        if not waiting:
            ui.notify("现在没有人在等。", position="top")
            return
        await self.open(waiting[0].id)
        if self._active:
            await self._active.take()

    async def _on_key(self, event: KeyEventArguments) -> None:
        held = event.modifiers
        if not event.action.keydown or event.action.repeat or held.ctrl or held.meta or held.alt:
            return
        key, panel = str(event.key.name), self._active
        if key == "q":
            self._list.focus()
        elif key == "n":
            await self._take_next()
        elif key in "[]":
            self._step(-1 if key == "[" else 1)
        elif panel is not None:
            commands = {
                "t": panel.take,
                "f": panel.file,
                "b": panel.give_back,
                "m": panel.transfer,
                "c": panel.close_case,
            }
            if key in commands:
                await commands[key]()
            elif key == "p":
                await panel.reveal()
            elif key == "r":
                panel.focus_reply()
            elif key == "l":
                panel.open_canned()
            elif key == "x":
                self._close(panel)
