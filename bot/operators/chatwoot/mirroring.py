"""Tells Chatwoot what happens in conversations that need a person: the words of both sides, the sound, the draft, who is wanted."""

import logging
from dataclasses import dataclass

from anyio import to_thread

from bot.operators.chatwoot.api import ChatwootApi, ChatwootError, File
from bot.operators.desk import Case, OperatorDesk
from integrations.escalation import CALLBACK, ENDED, LIVE
from integrations.evidence import Evidence
from integrations.journal import Line
from integrations.mirrors import Mirror, Mirrors
from integrations.recordings import Recordings
from intents.show import show

log = logging.getLogger(__name__)

OURS = "jiesu:"
"""What the source id of every message begins with that we have put there."""

PRIORITIES = ("urgent", "high", "high", "medium", "low", "low")
"""Chatwoot's word for each of our priorities."""


@dataclass(frozen=True, slots=True)
class Mirroring:
    """From the journal to Chatwoot."""

    api: ChatwootApi
    mirrors: Mirrors
    desk: OperatorDesk
    recordings: Recordings
    evidence: Evidence

    async def step(self) -> None:
        """Tells what is new; what fails is told later."""
        for conversation_id in await to_thread.run_sync(self.mirrors.behind):
            mirror = await to_thread.run_sync(self.mirrors.claim, conversation_id)
            if mirror is None:
                continue
            try:
                await self._tell(mirror)
            except ChatwootError as error:
                log.warning("chatwoot: %s", error)
                await to_thread.run_sync(self.mirrors.failed, mirror)
            except Exception as error:
                # One conversation that cannot be told holds up no other.
                log.error("chatwoot: %s", type(error).__name__)
                await to_thread.run_sync(self.mirrors.failed, mirror)

    async def _tell(self, mirror: Mirror) -> None:
        case = await to_thread.run_sync(self.desk.case, mirror.conversation_id)
        number = mirror.chatwoot_id
        if number is None:
            attributes = {"channel": await to_thread.run_sync(self.desk.journal.channel, mirror.conversation_id)}
            number = await self.api.open_conversation(mirror.conversation_id, "市民", attributes)
            await to_thread.run_sync(self.mirrors.known_as, mirror.conversation_id, number)
        wanted = bool(case.escalations) and case.escalations[-1].state in LIVE
        new = [line for line in case.lines if line.seq > mirror.sent_to]
        known = await self._known(number) if new else set()
        for line in new:
            if line.payload.get("event") == "asked":
                await self._show_files(number, line, case, known)
            if f"{OURS}{line.seq}" not in known:
                await self._post(number, line, case)
            await to_thread.run_sync(self.mirrors.sent, mirror.conversation_id, line.seq)
        status = "open" if wanted else "resolved" if case.escalations[-1].state == ENDED else "pending"
        if status != mirror.status:
            # In this order: what is found open has its priority, whatever happens in between.
            if wanted:
                await self.api.set_priority(number, PRIORITIES[case.escalations[-1].reason.priority])
            await self.api.set_status(number, status)
        await to_thread.run_sync(self.mirrors.done, mirror.conversation_id, status)

    async def _known(self, number: int) -> set[str]:
        """What a process before this one may have told without having noted it."""
        return {str(message.get("source_id")) for message in await self.api.messages(number)}

    async def _show_files(self, number: int, line: Line, case: Case, known: set[str]) -> None:
        """The pictures and papers of the draft, before the note that asks for a person."""
        files = await to_thread.run_sync(self.evidence.of_draft, case.draft.id) if case.draft else []
        for place, (file_id, media_type) in enumerate(files, start=1):
            source = f"{OURS}{line.seq}:{file_id}"
            if source in known:
                continue
            _, data = await to_thread.run_sync(self.evidence.read, file_id)
            name = f"{place}.{media_type.rpartition('/')[2]}"
            title = f"{'照片' if media_type.startswith('image/') else '文件'}{place}"
            await self.api.post(number, title, kind="incoming", source_id=source, file=File(name, data, media_type))

    async def _post(self, number: int, line: Line, case: Case) -> None:
        source = f"{OURS}{line.seq}"
        if line.direction == "citizen":
            sound = None
            if recording := line.payload.get("recording"):
                sound = File("voice.wav", await to_thread.run_sync(self.recordings.read, recording), "audio/wav")
            await self.api.post(number, line.text, kind="incoming", source_id=source, file=sound)
        elif line.direction == "system":
            text = line.text
            if line.payload.get("event") == "asked":
                text = f"{text}\n{self.draft_of(case)}"
            elif line.payload.get("event") in ("callback", "overdue"):
                text = f"{text}：{await to_thread.run_sync(self._number_to_call, case)}"
            await self.api.post(number, text, kind="outgoing", source_id=source, private=True)
        elif "chatwoot" not in line.payload:
            await self.api.post(number, line.text, kind="outgoing", source_id=source)

    def draft_of(self, case: Case) -> str:
        """The draft, one line a field."""
        if case.draft is None:
            return "还没有草稿。"
        catalog, topic = self.desk.catalog, case.draft.value("topic")
        lines = [f"类别：{catalog.topics[topic].short}"] if topic in catalog.topics else []
        for name, entry in case.draft.fields.items():
            if name in catalog.fields and entry.value is not None:
                spec = catalog.field(name, topic)
                lines.append(f"{spec.label}：{show(entry.value, spec.kind)}")
        return "\n".join(lines) or "还没有草稿。"

    def _number_to_call(self, case: Case) -> str:
        entry = next((e for e in reversed(case.escalations) if e.state == CALLBACK), None)
        left = self.desk.escalations.phone(entry.id) if entry else None
        return left or (case.draft.value("contact_phone") if case.draft else None) or "没有留电话"
