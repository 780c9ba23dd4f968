"""Asterisk's end of its WebSocket channel: a queue of frames, a timer that plays one every 20 ms, and its control messages in both forms."""

import asyncio
import contextlib
import json
from collections import deque
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

FRAME_SECONDS = 0.02
MOST, XOFF, XON = 1000, 900, 800
LONGEST_TEXT = 127
LONGEST_MESSAGE = 65_500
COMMANDS = {"ANSWER", "HANGUP", "START_MEDIA_BUFFERING", "STOP_MEDIA_BUFFERING", "FLUSH_MEDIA", "PAUSE_MEDIA", "CONTINUE_MEDIA",
            "MARK_MEDIA", "GET_STATUS", "REPORT_QUEUE_DRAINED", "SET_MEDIA_DIRECTION"}  # fmt: skip
SIZES = {"slin": 320, "slin16": 640, "ulaw": 160, "alaw": 160, "slin48": 1920, "slin12": 480}


class AsteriskPeer:
    """One channel. `over` is "hung up by the bot", "closed by the bot", "hung up", or "dropped: …"; `heard` is all that the caller heard."""

    def __init__(self, socket: ClientConnection, form: str, plain: bool, marks: bool) -> None:
        self._socket = socket
        self._plain = plain
        self._knows_marks = marks
        self.form = form
        self.size = SIZES[form]
        self.heard = bytearray()
        self.flushed = 0
        self.longest_queue = 0
        self.lost_frames = 0
        self.told: list[str] = []
        self.commands: list[str] = []
        self.answered = False
        self.over: str | None = None
        self.speed = 1
        self._queue: deque[bytes | str] = deque()
        self._length = 0
        self._full = False
        self._report = False
        self._ended = asyncio.Event()

    @classmethod
    async def call(
        cls,
        url: str,
        form: str = "slin16",
        plain: bool = False,
        variables: dict[str, str] | None = None,
        marks: bool = True,
        headers: dict[str, str] | None = None,
        **parameters: str,
    ) -> "AsteriskPeer":
        """Dial(WebSocket/jiesu/c(form)f(json)v(parameters))."""
        address = f"{url.replace('http', 'ws')}/phone/asterisk" + ("?" + urlencode(parameters) if parameters else "")
        socket = await connect(
            address, subprotocols=["media"], proxy=None, compression=None, additional_headers=headers  # type: ignore[list-item]
        )  # fmt: skip
        assert socket.subprotocol == "media"
        made = cls(socket, form, plain, marks)
        about = {"connection_id": "jiesu", "channel": "WebSocket/jiesu/0x1", "channel_id": "pbx-1.2", "format": form,
                 "optimal_frame_size": made.size, "ptime": 20}  # fmt: skip
        await made._tell("MEDIA_START", about, {} if plain else {"channel_variables": variables or {}})
        made._tasks = [asyncio.create_task(made._read()), asyncio.create_task(made._play())]
        return made

    @property
    def queued(self) -> int:
        """Frames that the bot has sent and the caller has not heard yet."""
        return self._length

    async def _tell(self, event: str, values: dict[str, Any], more: dict[str, Any] | None = None) -> None:
        self.told.append(event)
        if not self._plain:
            text = json.dumps({"event": event, **values, **(more or {})})
        elif event == "MEDIA_MARK_PROCESSED":
            text = f"{event} {values['correlation_id']}".rstrip()
        else:
            text = " ".join([event, *(f"{name}:{value}" for name, value in values.items())])
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(text)

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in self._socket:
                if isinstance(message, bytes):
                    await self._media(message)
                else:
                    await self._command(message)
        self._end("closed by the bot")

    async def _media(self, message: bytes) -> None:
        if len(message) > LONGEST_MESSAGE:
            self._end("dropped: a message that is too long")
        if self._length >= MOST:
            self.lost_frames += len(message) // self.size
            return
        # What does not fill a frame is dropped.
        for at in range(0, len(message) // self.size * self.size, self.size):
            self._queue.append(message[at : at + self.size])
            self._length += 1
            self.longest_queue = max(self.longest_queue, self._length)
            if not self._full and self._length >= XOFF:
                self._full = True
                await self._tell("MEDIA_XOFF", {} if self._plain else {"channel_id": "pbx-1.2"})
        self.lost_frames += bool(len(message) % self.size)

    async def _command(self, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            self._end("dropped: a command that Asterisk ignores")
            return
        if self._plain:
            name, _, id = text.partition(" ")
        else:
            told = json.loads(text)
            name, id = told["command"], told.get("correlation_id", "")
        self.commands.append(name)
        if name not in COMMANDS:
            self._end(f"dropped: no such command: {name}")
        elif name == "MARK_MEDIA" and self._knows_marks:
            self._queue.append(id)
        elif name == "FLUSH_MEDIA":
            self.flushed += self._length
            self._queue.clear()
            self._length = 0
        elif name == "REPORT_QUEUE_DRAINED":
            self._report = True
        elif name == "ANSWER":
            self.answered = True
        elif name == "HANGUP":
            self._end("hung up by the bot")

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        began, played = loop.time(), 0
        while self.over is None:
            await asyncio.sleep(max(0.0, began + played * FRAME_SECONDS - loop.time()))
            played += 1
            for _ in range(self.speed):
                await self._tick()

    async def _tick(self) -> None:
        if self._full and self._length < XON:
            self._full = False
            await self._tell("MEDIA_XON", {} if self._plain else {"channel_id": "pbx-1.2"})
        if not self._queue and self._report:
            self._report = False
            await self._tell("QUEUE_DRAINED", {})
        while self._queue and isinstance(self._queue[0], str):
            await self._tell("MEDIA_MARK_PROCESSED", {"correlation_id": self._queue.popleft()})
        if self._queue:
            frame = self._queue.popleft()
            assert isinstance(frame, bytes)
            self._length -= 1
            self.heard += frame

    async def say(self, sound: bytes) -> None:
        """The caller speaks: frames, on the clock."""
        for at in range(0, len(sound), self.size):
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(sound[at : at + self.size])
            await asyncio.sleep(FRAME_SECONDS)

    async def event(self, event: str, **values: str) -> None:
        """Any event."""
        await self._tell(event, values)

    async def press(self, key: str) -> None:
        """A key, at its release."""
        await self._tell("DTMF_END", {"digit": key, "channel_id": "pbx-1.2"})

    async def hang_up(self, reset: bool = False) -> None:
        """The caller hangs up: Asterisk closes, or is gone."""
        if reset:
            self._socket.transport.abort()
        self._end("hung up")

    def _end(self, how: str) -> None:
        if self.over is None:
            self.over = how
            self._ended.set()

    async def ended(self) -> str:
        """How it ended; the socket is closed, as Asterisk does."""
        await asyncio.wait_for(self._ended.wait(), 30)
        with contextlib.suppress(ConnectionClosed, OSError):
            await self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self.over is not None
        return self.over

    async def until(self, true: Any, seconds: float = 30) -> None:
        """Waits for a condition, while the call lasts."""
        async with asyncio.timeout(seconds):
            while not true():
                assert self.over is None, self.over
                await asyncio.sleep(0.005)
