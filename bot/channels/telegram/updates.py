"""One update, from a citizen's message to the answers under it."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from telegram import Audio, Bot, CallbackQuery, Document, Location, Message, Update, VideoNote, Voice
from telegram.constants import ChatAction, ChatType, FileSizeLimit
from telegram.error import BadRequest, NetworkError, TelegramError

from asr.errors import AsrError
from bot.channels.phone.caller import normalise
from bot.channels.telegram import words
from bot.channels.telegram.sending import Sender, patiently
from bot.conversation import Conversation
from bot.listening import kind_words
from integrations.evidence import LARGEST, MOST, EvidenceError, NotEvidence, ScannerDown, TooLarge, TooMany
from integrations.inbox import Inbox
from integrations.journal import Busy
from integrations.phone_links import PhoneLinks
from integrations.pushes import Pushes

log = logging.getLogger(__name__)

CHANNEL = "telegram"
BUSY_ATTEMPTS = 10
ACTION_SECONDS = 4.0
Sound = Voice | Audio | VideoNote | Document

_COMMAND = re.compile(r"/(?P<name>[A-Za-z]\w*)(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)


@dataclass(slots=True)
class Updates:
    """Answers updates; each chat's in order, one at a time (bot/channels/telegram/channel.py sees to that)."""

    bot: Bot
    door: Conversation
    inbox: Inbox
    pushes: Pushes
    sender: Sender
    links: PhoneLinks | None = None
    _albums: set[str] = field(default_factory=set)

    async def take(self, data: Mapping[str, Any]) -> None:
        """One update as Telegram sent it. TelegramError when the answer could not be sent: it is worth another try."""
        update = Update.de_json(dict(data), self.bot)
        if update.callback_query is not None:
            await self._pressed(update.callback_query)
        elif update.edited_message is not None:
            await self._edited(update.edited_message)
        elif update.message is not None and update.message.chat.type == ChatType.PRIVATE:
            await self._message(update.message)

    async def _conversation(self, user: int) -> str:
        key = f"{CHANNEL}:{user}"
        known = await asyncio.to_thread(self.door.journal.latest, CHANNEL, key)
        if known is not None:
            await asyncio.to_thread(self.pushes.back, known)
            return known
        opened: str = (await self.door.start(CHANNEL, key))["conversation_id"]
        return opened

    async def _message(self, message: Message) -> None:
        if message.from_user is None:
            return
        chat, user = message.chat.id, message.from_user.id
        text = message.text or ""
        if command := _COMMAND.fullmatch(text):
            return await self._command(chat, user, command["name"].lower(), message, (command["rest"] or "").strip())
        conversation = await self._conversation(user)
        if text:
            return await self._say(chat, conversation, text, f"tg:{chat}:{message.message_id}")
        if sound := _sound(message):
            return await self._voice(chat, conversation, message, sound)
        if message.photo or message.document:
            return await self._evidence(chat, conversation, message)
        if message.venue:
            said = f"地点在{message.venue.title}，{message.venue.address}"
            return await self._say(chat, conversation, said, f"tg:{chat}:{message.message_id}")
        if message.location:
            return await self._located(chat, conversation, message.location)
        if message.contact:
            if message.contact.user_id == user:
                await self._link(user, message.contact.phone_number)
            return await self._say(chat, conversation, message.contact.phone_number, f"tg:{chat}:{message.message_id}")
        await self.sender.text(chat, words.NOT_EVIDENCE if message.video else words.CANNOT_READ)

    async def _link(self, user: int, given: str) -> None:
        """Telegram vouches for it: this number is the sender's own. What they tell by telephone may be sent to them here."""
        if self.links is not None and (number := normalise(given)):
            await asyncio.to_thread(self.links.link, number, CHANNEL, f"{CHANNEL}:{user}")

    async def _located(self, chat: int, conversation: str, place: Location) -> None:
        """Kept with the draft as it is; without a map here, the citizen's words say where it is."""
        told = await self.door.locate(conversation, place.latitude, place.longitude)
        await self.sender.text(chat, words.LOCATION_KEPT if told else words.LOCATION)

    async def _command(self, chat: int, user: int, command: str, message: Message, rest: str) -> None:
        if command == "help":
            return await self.sender.text(chat, words.HELP)
        if command == "start":
            key = f"{CHANNEL}:{user}"
            known = await asyncio.to_thread(self.door.journal.latest, CHANNEL, key)
            if known is None:
                opened = await self.door.start(CHANNEL, key)
                return await self.sender.replies(chat, opened["replies"])
            return await self._say(chat, known, "你好", f"tg:{chat}:{message.message_id}")
        if command not in words.SAID_FOR:
            return await self.sender.text(chat, words.UNKNOWN_COMMAND)
        conversation = await self._conversation(user)
        said = words.STATUS_OF.format(rest) if command == "status" and rest else words.SAID_FOR[command]
        await self._say(chat, conversation, said, f"tg:{chat}:{message.message_id}")

    async def _say(self, chat: int, conversation: str, text: str, message_id: str) -> None:
        async with self._doing(chat, ChatAction.TYPING):
            told = await self._turn(lambda: self.door.say(conversation, text, message_id))
        await self._answer(chat, told)

    async def _turn(self, call: Any) -> dict[str, Any] | None:
        """One turn at the door; another process may hold it for a moment."""
        for _ in range(BUSY_ATTEMPTS):
            try:
                told: dict[str, Any] = await call()
                return told
            except Busy:
                await asyncio.sleep(1.0)
        return None

    async def _answer(self, chat: int, told: dict[str, Any] | None) -> None:
        if told is None:
            return await self.sender.text(chat, words.BUSY)
        await self.sender.replies(chat, told["replies"])

    async def _voice(self, chat: int, conversation: str, message: Message, sound: Sound) -> None:
        try:
            async with self._doing(chat, ChatAction.RECORD_VOICE):
                data = await self._download(chat, sound.file_id, sound.file_size)
                if data is None:
                    return
                told = await self._turn(lambda: self.door.hear(conversation, data, f"tg:{chat}:{message.message_id}"))
        except AsrError as error:
            return await self.sender.text(chat, kind_words(error))
        if told and told.get("transcript"):
            await self.sender.text(chat, words.HEARD.format(told["transcript"]))
        await self._answer(chat, told)

    async def _evidence(self, chat: int, conversation: str, message: Message) -> None:
        if message.photo:
            best = max(message.photo, key=lambda photo: photo.width * photo.height)
            file_id, size = best.file_id, best.file_size
        else:
            assert message.document is not None
            file_id, size = message.document.file_id, message.document.file_size
        async with self._doing(chat, ChatAction.TYPING):
            data = await self._download(chat, file_id, size)
        if data is not None and await self._attach(chat, conversation, data):
            album = message.media_group_id
            if album is None or album not in self._albums:
                await self.sender.text(chat, words.PHOTO_KEPT)
            if album is not None:
                self._albums = {*list(self._albums)[-100:], album}
        if message.caption:
            await self._say(chat, conversation, message.caption, f"tg:{chat}:{message.message_id}")

    async def _attach(self, chat: int, conversation: str, data: bytes) -> bool:
        try:
            await self.door.attach(conversation, data)
            return True
        except TooLarge:
            await self.sender.text(chat, words.TOO_LARGE.format(LARGEST // 2**20))
        except NotEvidence:
            await self.sender.text(chat, words.NOT_EVIDENCE)
        except TooMany:
            await self.sender.text(chat, words.TOO_MANY.format(MOST))
        except ScannerDown:
            await self.sender.text(chat, words.NOT_CHECKED)
        except EvidenceError:
            await self.sender.text(chat, words.NOT_CLEAN)
        return False

    async def _download(self, chat: int, file_id: str, size: int | None) -> bytes | None:
        """A file's bytes; None when the citizen was told why not."""
        if size is not None and size > FileSizeLimit.FILESIZE_DOWNLOAD:
            await self.sender.text(chat, words.TOO_LARGE_FOR_TELEGRAM)
            return None

        async def fetch() -> bytes:
            file = await self.bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())

        try:
            data: bytes = await patiently(fetch)
            return data
        except BadRequest:
            await self.sender.text(chat, words.TOO_LARGE_FOR_TELEGRAM)
        except NetworkError:
            await self.sender.text(chat, words.DOWNLOAD_FAILED)
        return None

    async def _pressed(self, query: CallbackQuery) -> None:
        with suppress(BadRequest, NetworkError):
            await self.bot.answer_callback_query(query.id)
        message = query.message
        payload = await asyncio.to_thread(self.inbox.payload, query.data or "")
        if message is None or payload is None:
            return
        chat = message.chat.id
        if isinstance(message, Message) and message.text and message.reply_markup:
            await self.sender.answered(chat, message.message_id, message.text, words.CHOSEN.format(payload))
        conversation = await self._conversation(query.from_user.id)
        await self._say(chat, conversation, payload, f"tg:{chat}:q{query.id}")

    async def _edited(self, message: Message) -> None:
        if not message.text or message.from_user is None or message.chat.type != ChatType.PRIVATE:
            return
        conversation = await self._conversation(message.from_user.id)
        stamp = int(message.edit_date.timestamp()) if message.edit_date else 0
        await self._say(
            message.chat.id, conversation, message.text, f"tg:{message.chat.id}:{message.message_id}:e{stamp}"
        )

    @asynccontextmanager
    async def _doing(self, chat: int, action: str) -> AsyncIterator[None]:
        """Shows what is being done for as long as it takes: Telegram forgets it after five seconds."""

        async def once() -> None:
            with suppress(TelegramError):
                await self.bot.send_chat_action(chat, action)

        async def show() -> None:
            while True:
                await asyncio.sleep(ACTION_SECONDS)
                await once()

        await once()
        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            showing.cancel()
            # Its own end is expected; that of the turn, which may come just now, is not to be swallowed.
            await asyncio.gather(showing, return_exceptions=True)


def _sound(message: Message) -> Sound | None:
    """What of a message is to be heard: also a recording that was sent as a document."""
    document = message.document
    heard = document if document and (document.mime_type or "").startswith("audio/") else None
    return message.voice or message.audio or message.video_note or heard
