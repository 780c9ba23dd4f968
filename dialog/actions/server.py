"""The action endpoint that Rasa calls over loopback. Never public: it changes drafts for whoever asks."""

import json
import logging
import zlib
from types import TracebackType

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dialog.actions.filing import FileTicket
from dialog.actions.form import ValidateTicketForm
from dialog.actions.interruptions import INTERRUPTIONS
from dialog.actions.room import Room

log = logging.getLogger(__name__)


def executor(room: Room) -> ActionExecutor:
    """All actions, registered."""
    made = ActionExecutor()
    for action in (ValidateTicketForm, FileTicket, *INTERRUPTIONS):
        made.register_action(action(room))
    return made


def action_app(room: Room) -> Starlette:
    """An ASGI app with the action server's webhook.

    rasa-sdk's own server answers an error with the tracker in its body, the citizen's words included; this one names the action only.
    """
    actions = executor(room)

    async def webhook(request: Request) -> Response:
        body = await request.body()
        if request.headers.get("content-encoding") == "deflate":
            body = zlib.decompress(body)
        # Rasa leaves the domain out (selective domain): no action here reads it.
        call = {"domain": {}, **json.loads(body)}
        try:
            result = await actions.run(call)
        except ActionExecutionRejection as error:
            return JSONResponse({"error": "rejected", "action_name": error.action_name}, status_code=400)
        except ActionNotFoundException as error:
            return JSONResponse({"error": "no such action", "action_name": error.action_name}, status_code=404)
        except Exception as error:
            log.error("action %s failed: %s", call.get("next_action"), type(error).__name__, exc_info=_trace(error))
            return JSONResponse({"error": "failed", "action_name": call.get("next_action")}, status_code=500)
        return JSONResponse(result.model_dump() if result else None)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)])


def _trace(error: BaseException) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    """Where it failed, without what it said: an exception's text may repeat the citizen's."""
    scrubbed = type(error)() if type(error).__init__ is Exception.__init__ else RuntimeError(type(error).__name__)
    return (type(scrubbed), scrubbed, error.__traceback__)
