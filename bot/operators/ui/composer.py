"""The box in which an operator writes to a citizen."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui import ui
from nicegui.events import GenericEventArguments

from bot.operators.canned import filled, unfilled
from integrations.canned_replies import CannedReply

ENTER = "(e) => { if (!e.isComposing && !e.shiftKey) { e.preventDefault(); emit(e.target.value); } }"
"""Enter sends, Shift+Enter is a new line, and the Enter that picks a Chinese word is neither."""

LEAVE = "(e) => e.target.blur()"
SECONDS_UNTIL_KEPT = 1.0


class Composer:
    """`send` gets the text; `keep` what is not sent yet; `known` fills the canned replies."""

    def __init__(
        self,
        canned: Sequence[CannedReply],
        known: Callable[[], Mapping[str, str]],
        send: Callable[[str], Awaitable[bool]],
        keep: Callable[[str], Awaitable[None]],
        unsent: str,
    ) -> None:
        self._known = known
        self._send = send
        self._keep = keep
        self._kept = unsent
        with ui.element("div").classes("composer") as self.box:
            self._text = ui.textarea(value=unsent, placeholder="回复市民：Enter 发送，Shift+Enter 换行").props(
                'autogrow dense outlined aria-label="回复市民"'
            )
            self._text.on("keydown.enter", self._on_enter, js_handler=ENTER)
            self._text.on("keydown.escape", js_handler=LEAVE)
            with ui.element("div").classes("tools"):
                with ui.button("常用语", icon="expand_less", color=None).classes("plain"), ui.menu() as self._menu:
                    for reply in canned:
                        ui.menu_item(reply.title, lambda r=reply: self._insert(r))
                ui.element("div").classes("grow")
                ui.button("发送", on_click=self._on_click, color=None).classes("go")
        ui.timer(SECONDS_UNTIL_KEPT, self._keep_what_is_new)

    def focus(self) -> None:
        """The keyboard goes into the box."""
        self._text.run_method("focus")

    def open_canned(self) -> None:
        """The list of canned replies."""
        self._menu.open()

    def _insert(self, reply: CannedReply) -> None:
        written = str(self._text.value or "")
        self._text.value = (f"{written}\n" if written.strip() else "") + filled(reply.text, self._known())
        self.focus()

    async def _on_enter(self, event: GenericEventArguments) -> None:
        await self._go(str(event.args or ""))

    async def _on_click(self) -> None:
        await self._go(str(self._text.value or ""))
        self.focus()

    async def _go(self, text: str) -> None:
        if not text.strip():
            return
        if places := unfilled(text):
            ui.notify(f"还有没填的：{'、'.join(places)}。", type="warning", position="top")
            return
        if await self._send(text):
            self._text.value = ""
            await self._keep_what_is_new()

    async def _keep_what_is_new(self) -> None:
        text = str(self._text.value or "")
        if text != self._kept:
            self._kept = text
            await self._keep(text)
