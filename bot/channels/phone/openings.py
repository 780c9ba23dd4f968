"""The beginning of a call, before the dialog: greeting, may it be recorded, shall we go on where the line broke."""

from dataclasses import replace
from typing import TYPE_CHECKING

from anyio import to_thread

from bot.channels.phone import words
from bot.channels.phone.expecting import RESUME, Expecting, asked_for_consent, asked_to_resume
from bot.channels.phone.hearing import Said
from bot.channels.phone.record import key_of, number_of
from dialog.actions import aloud, wording
from integrations.followup_calls import AskedOnCall
from integrations.journal import WAITING
from integrations.phone_talks import PhoneTalk
from intents.extraction.acts import find_acts

if TYPE_CHECKING:
    from bot.channels.phone.call import Call

CONSENT_AGAIN = "consent again"
A_STORY = 6
"""Characters from which what is no yes and no no is the beginning of the caller's story."""

_NO = ("不", "别", "免")


class Opening:
    """One call's. It is over when `call.opening` is None: from then on everything goes to the dialog."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._before: PhoneTalk | None = None

    async def begin(self) -> None:
        """The first words, at once; what is known of the caller is looked up while they are said."""
        call = self._call
        rooms, call_id, key = call.rooms, str(call.call.call_id), key_of(call.record.caller)
        back = await to_thread.run_sync(rooms.talks.of_call, call_id)
        if back is not None:
            await self._come_back(back)
            return
        if key is not None:
            self._before = await to_thread.run_sync(rooms.talks.dropped, key, rooms.resume_within)
        if self._before is not None:
            topic = await to_thread.run_sync(self._topic, self._before.conversation_id)
            question = words.ASK_RESUME.format(topic) if topic else words.ASK_RESUME_UNKNOWN
            call.say([words.GREETING, question], asked_to_resume())
            return
        call.say([words.GREETING, words.ASK_RECORDING], asked_for_consent())
        await self._open()

    async def hear(self, text: str, said: Said | None) -> None:
        """The answer to what was asked."""
        if self._call.expecting.asks == RESUME:
            await self._resume(text, said)
        else:
            await self._consent(text, said)

    async def silence(self, times: int) -> bool:
        """Nothing was answered; whether that settles it: who does not agree is not recorded."""
        if times == 1:
            return False
        if self._call.expecting.asks == RESUME:
            await self._resume("", None)
        else:
            await self._agree(False, lead=(words.NOT_RECORDED, wording.WHAT_HAPPENED))
        return True

    async def skip(self) -> None:
        """The caller wants a person before anything else: no recording, no questions."""
        if self._call.conversation is None:
            await self._open()
        assert self._call.conversation is not None
        await self._call.record.agreed(self._call.conversation, False, words.RECORDING_NO)
        self._call.opening = None

    async def _open(self) -> None:
        call = self._call
        opened = await call.rooms.door.start("phone", key_of(call.record.caller))
        call.conversation = opened["conversation_id"]
        await call.record.begin(opened["conversation_id"], None)

    async def _come_back(self, back: PhoneTalk) -> None:
        """From a queue in which nobody answered: the same call, the same conversation, the same answer about recording."""
        call = self._call
        call.conversation = back.conversation_id
        if call.record.caller is None:
            # Of the call itself the number is forgotten once it has ended.
            key = await to_thread.run_sync(call.rooms.talks.citizen_key, back.conversation_id)
            call.record.caller = number_of(key)
        await call.record.begin(back.conversation_id, back.recorded)
        self._take_up(back.recorded)
        waits = await to_thread.run_sync(call.rooms.door.journal.state, back.conversation_id) == WAITING
        call.ask(wording.GO_ON if waits else wording.REPEAT_WORDS, before=[words.BACK_FROM_QUEUE])

    async def _resume(self, text: str, said: Said | None) -> None:
        call, before = self._call, self._before
        assert before is not None
        if _yes(text):
            call.conversation = before.conversation_id
            await call.record.begin(before.conversation_id, before.recorded)
            await to_thread.run_sync(call.rooms.talks.resumed, before.call_id)
            self._take_up(before.recorded)
            call.ask(wording.REPEAT_WORDS, before=[words.RESUMED])
            return
        await self._open()
        if text and not _no(text):
            # They tell their story at once.
            await self._consent(text, said)
            return
        call.say([words.NOT_RESUMED, words.ASK_RECORDING], asked_for_consent())

    async def _consent(self, text: str, said: Said | None) -> None:
        if _yes(text) or ("同意" in text and not _no(text)):
            await self._agree(True, lead=(words.RECORDED, wording.WHAT_HAPPENED))
        elif _no(text):
            await self._agree(False, lead=(words.NOT_RECORDED, wording.WHAT_HAPPENED))
        elif len(text) < A_STORY and not find_acts(text) and self._call.expecting.asks != CONSENT_AGAIN:
            self._call.say([words.RECORDING_KEYS], replace(asked_for_consent(), asks=CONSENT_AGAIN))
        else:
            # Nobody who has not agreed is recorded; what they tell is not lost.
            await self._agree(False)
            self._call.ask(text)

    async def _agree(self, agreed: bool, lead: tuple[str, ...] = ()) -> None:
        call = self._call
        assert call.conversation is not None
        await call.record.agreed(call.conversation, agreed, words.RECORDING_YES if agreed else words.RECORDING_NO)
        self._take_up(agreed)
        if not lead:
            return
        if asked := await self._asked_back(call.conversation):
            choices = tuple((button["title"], button["payload"]) for button in asked.buttons)
            call.say([lead[0], asked.opening, asked.question], Expecting(asked.asks, choices))
        else:
            call.say(lead, Expecting("description", spec=call.rooms.catalog.fields["description"]))

    async def _asked_back(self, conversation: str) -> AskedOnCall | None:
        """What became of the caller's last ticket is asked first, if it is due to be asked."""
        key, asks_back = key_of(self._call.record.caller), self._call.rooms.asks_back
        return await to_thread.run_sync(asks_back, key, conversation) if key and asks_back else None

    def _take_up(self, recorded: bool | None) -> None:
        if recorded:
            self._call.hearing.tape = self._call.record.start_tape()
        self._call.opening = None

    def _topic(self, conversation: str) -> str | None:
        rooms = self._call.rooms
        draft = rooms.door.drafts.current(conversation)
        topic = rooms.catalog.topics.get(draft.value("topic") or "") if draft else None
        return aloud.spoken(topic.short) if topic else None


def _yes(text: str) -> bool:
    return any(act.kind == "affirm" for act in find_acts(text)) and not _no(text)


def _no(text: str) -> bool:
    return len(text) <= 8 and (
        text.startswith(_NO) or any(act.kind in ("deny", "cancel", "skip") for act in find_acts(text))
    )
