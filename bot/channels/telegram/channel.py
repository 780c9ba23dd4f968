"""The channel: updates in by polling or webhook, kept before they are confirmed; unasked news out."""

import asyncio
import contextlib
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Header, Request
from telegram import BotCommand
from telegram.constants import UpdateType
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ApplicationBuilder, ExtBot

from bot.channels.problems import Problem
from bot.channels.telegram import words
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.words import COMMANDS
from bot.conversation import Conversation
from bot.keys import kept_key
from integrations.inbox import Inbox
from integrations.phone_links import PhoneLinks
from integrations.pushes import Pushes

log = logging.getLogger(__name__)

POLL_SECONDS = 20
PUSH_SECONDS = 0.5
RETRY_SECONDS = 3.0
ALLOWED = [UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY]


class TelegramChannel:
    """One bot."""

    def __init__(
        self,
        token: str,
        api: str,
        door: Conversation,
        inbox: Inbox,
        pushes: Pushes,
        links: PhoneLinks | None = None,
    ) -> None:
        builder = ApplicationBuilder().token(token).base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
        timeouts = builder.connect_timeout(10).read_timeout(30).get_updates_read_timeout(POLL_SECONDS + 10)
        application = timeouts.rate_limiter(AIORateLimiter(max_retries=3)).updater(None).build()
        self._bot: ExtBot[Any] = application.bot
        self._inbox = inbox
        self._pushes = pushes
        self._sender = Sender(self._bot, inbox)
        self._updates = Updates(self._bot, door, inbox, pushes, self._sender, links)
        self._chats: dict[str, asyncio.Task[None]] = {}
        self._arrived = asyncio.Event()

    @asynccontextmanager
    async def serving(self, webhook: str, secret: str) -> AsyncIterator[None]:
        """Answers while the context is open; a Telegram that is away is waited for."""
        tasks = [asyncio.create_task(job) for job in (self._run(webhook, secret), self._answer(), self._push())]
        try:
            yield
        finally:
            for task in (*tasks, *self._chats.values()):
                task.cancel()
            await asyncio.gather(*tasks, *self._chats.values(), return_exceptions=True)
            with contextlib.suppress(TelegramError, RuntimeError):
                await self._bot.shutdown()

    async def _run(self, webhook: str, secret: str) -> None:
        while True:
            try:
                await self._bot.initialize()
                await self._bot.set_my_commands([BotCommand(name, what) for name, what in COMMANDS.items()])
                if webhook:
                    await self._bot.set_webhook(webhook, secret_token=secret, allowed_updates=ALLOWED)
                    return
                await self._bot.delete_webhook()
                await self._poll()
            except TelegramError as error:
                # The error's text may hold the address, and that holds the token.
                log.warning("telegram: %s", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def _poll(self) -> None:
        offset = 0
        while True:
            found = await self._bot.get_updates(offset=offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED)
            for update in found:
                await self.keep(update.to_dict())
                # Only now is it confirmed: the next call says so.
                offset = max(offset, update.update_id + 1)

    async def keep(self, data: dict[str, Any]) -> None:
        """An update has come: it is kept, and will be answered."""
        holder = (
            data.get("message") or data.get("edited_message") or (data.get("callback_query") or {}).get("message") or {}
        )
        chat = str((holder.get("chat") or {}).get("id", ""))
        number = int(data["update_id"])
        await asyncio.to_thread(self._inbox.keep, f"tg:{number}", chat, number, data)
        self._arrived.set()

    async def _answer(self) -> None:
        """Starts a task for every chat that has something waiting."""
        while True:
            self._arrived.clear()
            try:
                waiting = await asyncio.to_thread(self._inbox.waiting)
            except Exception as error:
                log.error("telegram inbox: %s", type(error).__name__)
                waiting = ()
            for chat in {update.chat for update in waiting}:
                if chat not in self._chats or self._chats[chat].done():
                    mine = [update for update in waiting if update.chat == chat]
                    self._chats[chat] = asyncio.create_task(self._one_after_the_other(mine))
            self._chats = {chat: task for chat, task in self._chats.items() if not task.done()}
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), 1.0)

    async def _one_after_the_other(self, updates: list[Any]) -> None:
        for update in updates:
            await asyncio.to_thread(self._inbox.trying, update.id)
            try:
                await self._updates.take(update.data)
            except (Forbidden, BadRequest) as error:
                log.info("telegram: %s", type(error).__name__)
            except TelegramError as error:
                # Not answered: tried again, in order, for as long as Telegram is away. What was said is not said twice.
                log.warning("telegram: %s", type(error).__name__)
                await asyncio.to_thread(self._inbox.not_counted, update.id)
                await asyncio.sleep(RETRY_SECONDS)
                return
            except Exception as error:
                log.error("telegram update failed: %s", type(error).__name__)
                if not update.last:
                    await asyncio.sleep(RETRY_SECONDS)
                    return
                with contextlib.suppress(TelegramError, ValueError):
                    await self._sender.text(int(update.chat), words.TROUBLE)
            await asyncio.to_thread(self._inbox.done, update.id)
        self._arrived.set()

    async def _push(self) -> None:
        while True:
            try:
                for push in await asyncio.to_thread(self._pushes.due):
                    await self._tell(push)
            except Exception as error:
                log.error("telegram pushes: %s", type(error).__name__)
            await asyncio.sleep(PUSH_SECONDS)

    async def _tell(self, push: Any) -> None:
        chat = int(push.citizen_key.rpartition(":")[2])
        try:
            await self._sender.text(chat, push.text, push.buttons)
        except (Forbidden, BadRequest):
            await asyncio.to_thread(self._pushes.away, push)
        except RetryAfter as error:
            wait = error.retry_after
            after = float(wait if isinstance(wait, int | float) else wait.total_seconds())
            await asyncio.to_thread(self._pushes.later, push, after)
        except NetworkError:
            await asyncio.to_thread(self._pushes.later, push)
        else:
            await asyncio.to_thread(self._pushes.done, push)

    def webhook_router(self, secret: str) -> APIRouter:
        """POST /telegram, for Telegram alone."""
        router = APIRouter(include_in_schema=False)

        @router.post("/telegram")
        async def update(
            request: Request, x_telegram_bot_api_secret_token: str = Header("", max_length=256)
        ) -> dict[str, bool]:
            if not hmac.compare_digest(x_telegram_bot_api_secret_token.encode(), secret.encode()):
                raise Problem(401, "不是Telegram发来的。")
            try:
                await self.keep(await request.json())
            except (ValueError, KeyError, TypeError, AttributeError):
                raise Problem(422, "格式不对。") from None
            return {"ok": True}

        return router


def secret_of(configured: str, home: Path) -> str:
    """The secret of the webhook; made and kept when none is configured."""
    return configured or kept_key(home / "telegram.secret")
