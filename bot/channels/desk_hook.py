"""Where a proprietary ticket system tells of changes: POST /desk/hook, signed. See integrations/webhook_desk.py for the agreement."""

from anyio import to_thread
from fastapi import APIRouter, Request

from bot.channels.problems import Problem
from integrations.local_desk import LocalDesk
from integrations.outbox import Outbox
from integrations.webhook_desk import BadHook, change_of, verify

LARGEST = 64 * 1024


def hook_router(secret: str, outbox: Outbox, desk: LocalDesk) -> APIRouter:
    """The route, on the parts that it changes."""
    router = APIRouter()

    @router.post("/desk/hook")
    async def change(request: Request) -> dict[str, bool]:
        """A change of a ticket there: {"id", "external_id", "status", "note", "at"}. The same id again changes nothing."""
        if int(request.headers.get("content-length") or 0) > LARGEST:
            raise Problem(413, "请求太大了。")
        body = await request.body()
        try:
            verify(secret, request.headers, body)
            told = change_of(body)
        except BadHook as error:
            raise Problem(401 if "form" not in str(error) else 422, f"签名或者格式不对（{error}）。") from None

        def take_over() -> bool:
            number = outbox.ticket_of(told.external_id)
            if number is None:
                raise Problem(404, "没有这个工单。")
            return desk.follow(number, told.status, change=told.id, by="webhook", note=told.note)

        return {"new": await to_thread.run_sync(take_over)}

    return router
