"""Speech on the page: over a WebSocket while it is spoken, as a file, and the hotline's own voice.

The WebSocket, `/api/v1/conversations/{id}/speech`. The client sends JSON texts and, in between, sound: 16 bit mono, little-endian.

    → {"type": "start", "token", "rate", "client_message_id", "auto"}     auto: answer as soon as the end is heard
    ← {"type": "ready"}
    → sound …                    ← {"type": "partial", "text"} …          ← {"type": "end"} when the citizen seems to have finished
    → {"type": "stop"}           ← {"type": "heard", "text"}
    → {"type": "send"}           ← {"type": "answer", …the contract's answer, with "transcript"}
    → {"type": "discard"}        ← {"type": "discarded"}                  then "start" again, on the same socket
    ← {"type": "problem", "detail"} at any time; "start" begins anew
    ← {"type": "problem", "detail", "again": true}                        what was said is kept: "send" again
"""

import asyncio
import json
import logging
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, Response, UploadFile, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

from asr.errors import AsrError, NotAudio, TooLarge
from asr.live import LiveUtterance
from asr.transcript import Transcript
from asr.voice import Voice, VoiceError
from bot.channels.http import Door, Known
from bot.channels.problems import Problem
from bot.conversation import Conversation
from bot.listening import NO_MICROPHONE, kind_words
from dialog.actions import wording
from integrations.journal import Busy, NoSuchConversation, Unauthorised

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/v1")

LARGEST = 20 * 1024 * 1024
"""Bytes of one recording."""

RATES = range(8000, 96_001)
SECOND_LONGEST_WAIT = 60.0
"""Seconds without a message after which a socket is closed: a browser that sleeps does not keep a recognizer."""


@router.get("/speech")
async def abilities(door: Door) -> dict[str, Any]:
    """Whether the page may offer a microphone, and if not, why (in Chinese)."""
    return {"listens": door.ears.follows, "why": None if door.ears.follows else NO_MICROPHONE}


@router.post("/conversations/{conversation_id}/audio")
async def hear(
    door: Door,
    conversation: Known,
    file: UploadFile,
    client_message_id: Annotated[str | None, Form(max_length=128)] = None,
) -> dict[str, Any]:
    """One turn, spoken into a file (wav, ogg/opus, mp3, m4a, webm …): the answer of `…/messages`, plus `transcript`.

    Without a recognition model the recording is kept, a person is asked for, and `transcript` is null.
    """
    try:
        data = await file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise TooLarge
        return await door.hear(conversation, data, client_message_id)
    except NotAudio as error:
        raise Problem(415, kind_words(error)) from None
    except TooLarge as error:
        raise Problem(413, kind_words(error)) from None
    except AsrError as error:
        raise Problem(503 if error.retryable else 422, kind_words(error)) from None
    except Busy:
        raise Problem(409, wording.BUSY, {"Retry-After": "2"}) from None


class Line(BaseModel):
    """What is to be read aloud."""

    text: str = Field(min_length=1, max_length=500, description="A sentence that the hotline said.")


def install_voice(voice: Voice | None) -> APIRouter:
    """The route that reads aloud, on the voice that the wiring chose."""
    speaking = APIRouter(prefix="/api/v1")

    @speaking.post("/conversations/{conversation_id}/voice", response_class=Response)
    async def say(conversation: Known, line: Line) -> Response:
        """A sentence as sound (audio/wav). 404 where no voice is installed."""
        if voice is None:
            raise Problem(404, "现在不能朗读。")
        try:
            spoken = await to_thread.run_sync(voice.speak, line.text)
        except VoiceError:
            raise Problem(503, "现在不能朗读，请看文字。") from None
        return Response(spoken.wav(), media_type="audio/wav", headers={"Cache-Control": "private, max-age=3600"})

    @speaking.get("/voice")
    async def speaks() -> dict[str, bool]:
        """Whether replies can be read aloud."""
        return {"speaks": voice is not None}

    return speaking


@router.websocket("/conversations/{conversation_id}/speech")
async def listen(socket: WebSocket, conversation_id: str) -> None:
    """Listens while the citizen speaks. See the head of this file."""
    await socket.accept()
    try:
        await Listening(socket, socket.app.state.conversation, conversation_id).run()
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        # Gone in the middle of a word: nothing was sent, so nothing is said.
        return


class Listening:
    """One socket: one utterance after the other."""

    def __init__(self, socket: WebSocket, door: Conversation, conversation_id: str) -> None:
        self._socket = socket
        self._door = door
        self._conversation = conversation_id
        self._utterance: LiveUtterance | None = None
        self._transcript: Transcript | None = None
        self._message_id: str | None = None
        self._auto = False
        self._known = False

    async def run(self) -> None:
        """Until the citizen's browser is gone."""
        while True:
            message = await asyncio.wait_for(self._socket.receive(), SECOND_LONGEST_WAIT)
            if message["type"] == "websocket.disconnect":
                return
            try:
                if message.get("bytes") is not None:
                    await self._sound(message["bytes"])
                else:
                    await self._order(json.loads(message.get("text") or "{}"))
            except AsrError as error:
                self._utterance = self._transcript = None
                await self._problem(kind_words(error))
            except (ValueError, TypeError, KeyError, AttributeError):
                await self._problem("没听清，请再说一遍。")

    async def _order(self, order: dict[str, Any]) -> None:
        kind = order.get("type")
        if kind == "start":
            await self._start(order)
        elif kind == "stop":
            await self._stop()
        elif kind == "send":
            await self._send()
        elif kind == "discard":
            self._utterance = self._transcript = None
            await self._tell("discarded")
        else:
            raise ValueError

    async def _start(self, order: dict[str, Any]) -> None:
        if not self._known:
            try:
                await to_thread.run_sync(self._door.journal.authenticate, self._conversation, str(order.get("token")))
            except (NoSuchConversation, Unauthorised):
                await self._problem("对话不存在或者已经失效，请刷新页面重新开始。")
                await self._socket.close(4401)
                raise WebSocketDisconnect from None
            self._known = True
        rate = int(order["rate"])
        if rate not in RATES:
            raise ValueError
        self._transcript = None
        self._message_id = str(order["client_message_id"])[:128] if order.get("client_message_id") else None
        self._auto = bool(order.get("auto"))
        self._utterance = await self._in_thread(self._door.ears.utterance, rate)
        await self._tell("ready")

    async def _sound(self, sound: bytes) -> None:
        if self._utterance is None:
            # What is still under way after the end.
            return
        for heard in await self._in_thread(self._utterance.feed, sound):
            if heard.kind == "partial":
                await self._tell("partial", text=heard.text)
            else:
                await self._tell("end")
                if self._auto:
                    await self._stop()
                    await self._send()
                    return

    async def _stop(self) -> None:
        if self._utterance is None:
            raise ValueError
        self._transcript = await self._in_thread(self._utterance.finish)
        await self._tell("heard", text=self._transcript.text)

    async def _send(self) -> None:
        if self._utterance is None:
            raise ValueError
        if self._transcript is None:
            await self._stop()
        assert self._transcript is not None
        utterance, transcript = self._utterance, self._transcript
        self._utterance = self._transcript = None
        try:
            told = await self._door.heard(self._conversation, utterance.samples(), transcript, self._message_id)
        except Busy:
            # The sentence before is still being answered: nobody has to say this one twice.
            self._utterance, self._transcript = utterance, transcript
            await self._tell("problem", detail=wording.BUSY, again=True)
            return
        await self._tell("answer", **told)

    async def _in_thread(self, call: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._door.ears.listeners, call, *arguments)

    async def _tell(self, kind: str, **more: Any) -> None:
        await self._socket.send_text(json.dumps({"type": kind, **more}, ensure_ascii=False))

    async def _problem(self, detail: str) -> None:
        await self._tell("problem", detail=detail)
