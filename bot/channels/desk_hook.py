"""Where a proprietary ticket system tells of changes: POST /desk/hook, signed. See integrations/webhook_desk.py for the agreement."""

from anyio import to_thread
from fastapi import APIRouter, Request

from bot.channels.bodies import TooLong, body_of
from bot.channels.problems import Problem
from integrations.desk import NoSuchTicket
from integrations.dispatcher import take_over
from integrations.local_desk import LocalDesk
from integrations.outbox import Outbox
from integrations.webhook_desk import BadHook, NotAgreed, change_of, verify

LARGEST = 64 * 1024


def hook_router(secret: str, outbox: Outbox, desk: LocalDesk) -> APIRouter:
    """The route, on the parts that it changes."""
    router = APIRouter()

    @router.post("/desk/hook")
    async def change(request: Request) -> dict[str, bool]:
        """A change of a ticket there: {"id", "external_id", "number", "status", "note", "at"}. The same id again changes nothing."""
        try:
            body = await body_of(request, LARGEST)
            verify(secret, request.headers, body)
            told = change_of(body)
        except TooLong:
            raise Problem(413, "请求太大了。") from None
        except NotAgreed as error:
            raise Problem(422, f"格式不对（{error}）。") from None
        except BadHook as error:
            raise Problem(401, f"签名不对（{error}）。") from None
        try:
            return {"new": await to_thread.run_sync(take_over, told, outbox, desk, "webhook")}
        except NoSuchTicket:
            raise Problem(404, "没有这个工单。") from None

    return router
