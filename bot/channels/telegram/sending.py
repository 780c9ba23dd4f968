"""Replies as Telegram messages: split where they are long, buttons under the last one."""

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from integrations.inbox import Inbox

log = logging.getLogger(__name__)

LONGEST = MessageLimit.MAX_TEXT_LENGTH
ATTEMPTS = 5
WIDE = 8
"""Characters of a button's title from which it has a row of its own."""

_END_OF_SENTENCE = re.compile(r"(?<=[。！？!?\n；;])")


class Sender:
    """Sends to one bot's chats."""

    def __init__(self, bot: Bot, inbox: Inbox) -> None:
        self._bot = bot
        self._inbox = inbox

    async def replies(self, chat: int, replies: Sequence[Mapping[str, Any]]) -> None:
        """The dialog's replies, in order."""
        for n, reply in enumerate(replies):
            buttons = reply.get("buttons") or ()
            await self.text(chat, str(reply["text"]), buttons if n == len(replies) - 1 else ())

    async def text(self, chat: int, text: str, buttons: Sequence[Mapping[str, str]] = ()) -> None:
        """One text, in as many messages as it takes. Forbidden, NetworkError, RetryAfter when it cannot be sent."""
        parts = split(text)
        for n, part in enumerate(parts):
            markup = await self._keyboard(buttons) if buttons and n == len(parts) - 1 else None
            await patiently(lambda part=part, markup=markup: self._bot.send_message(chat, part, reply_markup=markup))

    async def answered(self, chat: int, message: int, text: str, chosen: str) -> None:
        """The keyboard of an answered question goes, and the choice stands there instead."""
        try:
            await self._bot.edit_message_text(f"{text}\n{chosen}"[:LONGEST], chat, message)
        except (BadRequest, Forbidden, NetworkError):
            # Too old to be edited, or edited already: only the looks of it.
            return

    async def _keyboard(self, buttons: Sequence[Mapping[str, str]]) -> InlineKeyboardMarkup:
        rows: list[list[InlineKeyboardButton]] = []
        for button in buttons:
            carried = await asyncio.to_thread(self._inbox.carried, button["payload"])
            made = InlineKeyboardButton(button["title"], callback_data=carried)
            if rows and len(rows[-1]) < 3 and len(button["title"]) < WIDE and len(str(rows[-1][0].text)) < WIDE:
                rows[-1].append(made)
            else:
                rows.append([made])
        return InlineKeyboardMarkup(rows)


async def patiently(send: Any) -> Any:
    """A call, again after a flood limit or a broken connection. BadRequest and Forbidden at once."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await send()
        except RetryAfter as error:
            if attempt == ATTEMPTS:
                raise
            wait = error.retry_after
            await asyncio.sleep(float(wait if isinstance(wait, int | float) else wait.total_seconds()))
        except BadRequest:
            raise
        except NetworkError:
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(min(0.2 * 2**attempt, 5.0))


def units(text: str) -> int:
    """How long Telegram takes a text to be: in UTF-16, where an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, longest: int = LONGEST) -> list[str]:
    """Pieces of at most `longest` units, cut at the ends of sentences where there are any."""
    if units(text) > len(text):
        longest //= 2
    pieces = [""]
    for sentence in _END_OF_SENTENCE.split(text):
        rest = sentence
        if len(pieces[-1]) + len(rest) > longest and pieces[-1]:
            pieces.append("")
        while len(rest) > longest:
            pieces[-1] = rest[:longest]
            pieces.append("")
            rest = rest[longest:]
        pieces[-1] += rest
    return [piece for piece in pieces if piece.strip()] or [text[:longest]]
