"""The conversation API: what the page, an app or another city system speaks."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse

from bot.channels.events import events_after
from bot.channels.problems import Problem
from bot.conversation import Conversation
from bot.utterance import LONGEST_ACCEPTED
from dialog.actions import wording
from integrations.desk import NoSuchTicket
from integrations.evidence import LARGEST, MOST, Infected, NotEvidence, ScannerDown, TooLarge, TooMany
from integrations.guesses import GuessLimiter, TooManyGuesses
from integrations.journal import Busy, NoSuchConversation, Unauthorised
from integrations.status import progress
from integrations.ticket_pdf import as_pdf

router = APIRouter(prefix="/api/v1")


class Message(BaseModel):
    """What a citizen sends."""

    text: str = Field(
        max_length=LONGEST_ACCEPTED, description="The citizen's words; a button is pressed by sending its payload."
    )
    client_message_id: str | None = Field(
        None,
        max_length=128,
        description="Made by the client; the same one again gives the same answer and does nothing twice.",
    )


def conversation_of(request: Request) -> Conversation:
    """The shared door, built by the wiring."""
    conversation: Conversation = request.app.state.conversation
    return conversation


Door = Annotated[Conversation, Depends(conversation_of)]


def known(
    request: Request,
    door: Door,
    conversation_id: Annotated[str, Path(max_length=64)],
    authorization: Annotated[str, Header()] = "",
    token: Annotated[str, Query(description="For EventSource, which cannot send headers.")] = "",
) -> str:
    """The conversation's id, once its token was checked."""
    scheme, _, given = authorization.partition(" ")
    secret = given if scheme.lower() == "bearer" else token
    try:
        door.journal.authenticate(conversation_id, secret)
    except (NoSuchConversation, Unauthorised):
        raise Problem(401, "对话不存在或者已经失效，请刷新页面重新开始。", {"WWW-Authenticate": "Bearer"}) from None
    return conversation_id


Known = Annotated[str, Depends(known)]


@router.post("/conversations", status_code=201)
async def start(door: Door) -> dict[str, Any]:
    """Opens a conversation."""
    return await door.start("web")


@router.post("/conversations/{conversation_id}/messages")
async def say(door: Door, conversation: Known, message: Message) -> dict[str, Any]:
    """One turn."""
    try:
        return await door.say(conversation, message.text, message.client_message_id)
    except Busy:
        raise Problem(409, wording.BUSY, {"Retry-After": "2"}) from None


@router.post("/conversations/{conversation_id}/files", status_code=201)
async def attach(door: Door, conversation: Known, file: UploadFile) -> dict[str, str]:
    """A photo or a PDF as evidence; it goes with the ticket."""
    try:
        return {"file_id": await door.attach(conversation, await file.read(LARGEST + 1))}
    except TooLarge:
        raise Problem(413, f"文件太大了，请发{LARGEST // 2**20}MB以内的。") from None
    except NotEvidence:
        raise Problem(415, "只能收照片或者PDF，请换一个文件。") from None
    except Infected:
        raise Problem(422, "这个文件没有通过安全检查，没有收下。") from None
    except ScannerDown:
        raise Problem(503, "现在没法检查文件，请稍后再发一次。", {"Retry-After": "60"}) from None
    except TooMany:
        raise Problem(409, f"一件事最多附{MOST}个文件，已经够了。") from None


@router.get("/conversations/{conversation_id}/files/{file_id}")
def file_of(door: Door, conversation: Known, file_id: Annotated[str, Path(max_length=64)]) -> Response:
    """A file that was sent in this conversation, for whoever sent it; never shown inside a page."""
    try:
        media_type, data = door.evidence.of_conversation(conversation, file_id)
    except KeyError:
        raise Problem(404, "没有这个文件。") from None
    name = f"evidence.{media_type.rpartition('/')[2]}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/conversations/{conversation_id}/tickets/{number}.pdf")
def ticket_pdf(door: Door, conversation: Known, number: Annotated[str, Path(max_length=32)]) -> Response:
    """The ticket with its evidence as one PDF, for the market regulator or a court."""
    try:
        ticket = door.desk.status_for_citizen(number, conversation_id=conversation)
    except NoSuchTicket:
        raise Problem(404, "没有这个工单。") from None
    files = [(str(file["file_id"]), *door.evidence.read(str(file["file_id"]))) for file in ticket.files]
    headers = {"Content-Disposition": f'attachment; filename="{ticket.number}.pdf"', "Cache-Control": "no-store"}
    return Response(as_pdf(ticket, files, door.labels), media_type="application/pdf", headers=headers)


@router.get("/conversations/{conversation_id}")
async def history(door: Door, conversation: Known) -> dict[str, Any]:
    """Everything said so far, so that a reload loses nothing."""
    return await door.history(conversation)


@router.get("/conversations/{conversation_id}/events")
async def events(
    request: Request,
    door: Door,
    conversation: Known,
    last_event_id: Annotated[str, Header()] = "",
    after: Annotated[int | None, Query(ge=0, description="As Last-Event-ID, for a first connection.")] = None,
) -> EventSourceResponse:
    """Server-sent events: what comes unasked. `Last-Event-ID` goes on where the connection broke."""
    if last_event_id.isascii() and last_event_id.isdigit():
        after = int(last_event_id)
    return EventSourceResponse(events_after(door.journal, request.app.state.news, conversation, after), ping=15)


@router.get("/tickets/{number}")
def ticket_status(
    request: Request,
    door: Door,
    number: Annotated[str, Path(max_length=32)],
    phone_last4: Annotated[str, Query(max_length=8)] = "",
) -> JSONResponse:
    """A ticket's status for whoever knows the last four digits of its phone."""
    guesses: GuessLimiter = request.app.state.guesses
    caller = request.client.host if request.client else "unknown"
    try:
        guesses.spend(f"{caller}")
        ticket = door.desk.status_for_citizen(number, phone_last4=phone_last4)
        return JSONResponse({**ticket.public_json(), "progress": progress(ticket)})
    except NoSuchTicket:
        raise Problem(404, "没查到，工单号或电话后四位不对，请核对一下。") from None
    except TooManyGuesses as error:
        raise Problem(429, "您试的次数太多了，请过一会儿再查。", {"Retry-After": str(error.retry_after)}) from None
