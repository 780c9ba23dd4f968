"""The list of live conversations on the left: as data, not as elements, so that hundreds cost as much as the twenty in sight."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from bot.operators.floor import Seen
from bot.operators.ui.saying import channel
from integrations.masking import masked

ROW_HEIGHT = 66
LONGEST = 60
"""Characters of the citizen's last words in a row."""

URGENT = 1
"""Priorities up to this one are shown in red."""

ROW = """
<div :class="['case', props.item.state, {urgent: props.item.urgent, opened: props.item.opened}]" tabindex="0" role="option"
     :aria-label="props.item.about + '，' + props.item.reason"
     @click="$parent.$emit('pick', props.item.id)"
     @keydown.enter="$parent.$emit('pick', props.item.id)"
     @keydown.down.prevent="$event.currentTarget.nextElementSibling?.focus()"
     @keydown.up.prevent="$event.currentTarget.previousElementSibling?.focus()">
  <div class="line1"><b>{{ props.item.reason }}</b><span>{{ props.item.channel }}</span>
    <time>{{ props.item.since ? Math.max(0, Math.floor((Date.now() - props.item.since) / 60000)) + '分' : '' }}</time></div>
  <div class="line2">{{ props.item.about }}<em v-if="props.item.who">{{ props.item.who }}</em></div>
  <div class="line3">{{ props.item.last }}</div>
</div>
"""


class QueueList:
    """A virtual list; `on_pick` gets a conversation's id."""

    def __init__(self, topics: Mapping[str, str], names: Mapping[str, str], on_pick: Callable[[str], Any]) -> None:
        self._topics = topics
        self._names = names
        self._rows: list[dict[str, Any]] = []
        self._list = (
            ui.element("q-virtual-scroll")
            .classes("queue-list")
            .props(f'role=listbox aria-label="对话列表" virtual-scroll-item-size={ROW_HEIGHT}')
        )
        self._list.props["items"] = []
        self._list.add_slot("default", ROW)

        async def pick(event: GenericEventArguments) -> None:
            await on_pick(str(event.args))

        self._list.on("pick", pick)

    def show(self, seen: Sequence[Seen], opened: frozenset[str]) -> None:
        """Shows these; nothing is sent when nothing is different."""
        rows = [self._row(one, one.id in opened) for one in seen]
        if rows != self._rows:
            self._rows = rows
            self._list.props["items"] = rows
            self._list.update()

    def tick(self) -> None:
        """A minute has passed: the waits are drawn anew."""
        if self._rows:
            self._list.update()

    def focus(self) -> None:
        """The keyboard goes to the first row."""
        ui.run_javascript("document.querySelector('.queue-list .case')?.focus()")

    def first(self) -> str | None:
        """The conversation on top."""
        return str(self._rows[0]["id"]) if self._rows else None

    def _row(self, seen: Seen, opened: bool) -> dict[str, Any]:
        entry, about = seen.entry, seen.about
        what = [self._topics.get(about.topic or "", ""), about.district or ""]
        return {
            "id": seen.id,
            "state": entry.state if entry else "bot",
            "urgent": bool(entry and entry.state != "held" and entry.reason.priority <= URGENT),
            "reason": entry.reason.name if entry else "机器人接待",
            "channel": channel(about.channel),
            "since": int(entry.since.timestamp() * 1000) if entry else 0,
            "about": " · ".join(part for part in what if part) or "还没有说清楚是什么事",
            "who": self._names.get(entry.operator, entry.operator) if entry and entry.operator else "",
            "last": masked(about.words)[:LONGEST],
            "opened": opened,
        }
