"""Recordings and attachments, for whoever has signed in; each look is in the audit log first."""

import time
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse

from bot.channels.problems import Problem
from bot.operators.guard import BASE
from bot.operators.office import Office

SECONDS_OF_ONE_LOOK = 600
"""A player asks for a recording in many pieces, and again for each span: that is one look."""

PRIVATE = {
    "Cache-Control": "private, max-age=600",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
"""Of a file that a citizen sent nothing may run, even if it is opened in a page of its own."""

Id = Annotated[str, Path(max_length=64)]


def files_router(office: Office) -> APIRouter:
    """/operator/api/recordings/{id} and /operator/api/files/{id}; the guard has checked the session."""
    router = APIRouter(prefix=f"{BASE}/api", include_in_schema=False)
    looks: dict[tuple[str, str], float] = {}

    def note(request: Request, action: str, subject: str, name: str) -> None:
        who = request.state.signed_in.person.login
        now = time.monotonic()
        for key in [key for key, at in looks.items() if now - at > SECONDS_OF_ONE_LOOK]:
            looks.pop(key, None)
        if (who, name) not in looks:
            office.audit.record(who, action, subject, id=name)
            looks[who, name] = now

    @router.get("/recordings/{recording_id}")
    async def recording(request: Request, recording_id: Id) -> Response:
        try:
            conversation, path = await to_thread.run_sync(office.recordings.file_of, recording_id)
        except KeyError:
            raise Problem(404, "没有这段录音。") from None
        if not path.is_file():
            raise Problem(410, "录音已经按规定删除了。")
        await to_thread.run_sync(note, request, "recording_played", f"conversation:{conversation}", recording_id)
        return FileResponse(path, media_type="audio/wav", headers=PRIVATE)

    @router.get("/files/{file_id}")
    async def file(request: Request, file_id: Id) -> Response:
        try:
            media_type, data = await to_thread.run_sync(office.evidence.read, file_id)
        except (KeyError, FileNotFoundError):
            raise Problem(404, "没有这个文件。") from None
        await to_thread.run_sync(note, request, "file_opened", f"file:{file_id}", file_id)
        shown = "inline" if media_type.startswith("image/") else "attachment"
        name = f"evidence.{media_type.rpartition('/')[2]}"
        return Response(
            data, media_type=media_type, headers={**PRIVATE, "Content-Disposition": f'{shown}; filename="{name}"'}
        )

    return router
