"""Asterisk's WebSocket channel: Asterisk frames and paces, this side keeps it filled a few seconds ahead and takes back what is not heard yet."""

import asyncio
import contextlib
import re
from collections import deque
from dataclasses import dataclass
from uuid import UUID, uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.channels.phone import companding, control
from bot.channels.phone.audiosocket import KEYS
from bot.channels.phone.caller import clean_name, normalise
from bot.channels.phone.control import Told
from bot.channels.phone.transport import BYTES_PER_SAMPLE, FRAME_SECONDS, Audio, Caller, Digit, Played
from bot.channels.phone.wire import WireCall

START_SECONDS = 2.0
"""Asterisk says MEDIA_START at once."""

GOODBYE_SECONDS = 5.0

CHUNK_FRAMES = 25
"""Sound in one message; a mark follows each, so that the place is known to half a second, and in between by the clock."""

AHEAD_FRAMES = 250
"""Frames in Asterisk's queue, which holds 1,000 and says MEDIA_XOFF at 900."""

MARK_LATE_SECONDS = 1.0
"""An Asterisk that knows no marks: then what should be played by now counts as played."""

_SLIN = re.compile(r"slin(\d*)")
_ODD_RATES = {"": 8_000, "44": 44_100}
_LAWS = ("ulaw", "alaw")


@dataclass(frozen=True, slots=True)
class Sent:
    """A mark on its way through Asterisk's queue: the bytes that are heard with it, and the talk's marks."""

    id: str
    position: int
    marks: tuple[str, ...]


class Unsupported(Exception):
    """Asterisk offers a codec that is not spoken here."""


class AsteriskCall(WireCall):
    """One WebSocket. `run` it until it ends; the gateway leads the talk meanwhile."""

    via = "websocket"

    def __init__(self, socket: WebSocket) -> None:
        super().__init__()
        self._socket = socket
        self._plain = False
        self._law: str | None = None
        self._frame = 0
        self._commands: deque[str] = deque()
        self._work = asyncio.Event()
        self._held = False
        self._sent = 0
        self._heard = 0
        self._heard_at = 0.0
        self._marks: deque[Sent] = deque()
        self._numbered = 0
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pumping: asyncio.Task[None] | None = None

    # Coming in.

    async def started(self) -> None:
        """Waits for MEDIA_START and takes from it, and from the address, who calls and how. TimeoutError, Unsupported."""
        async with asyncio.timeout(START_SECONDS):
            while True:
                told = control.parse(await self._socket.receive_text())
                if told is not None and told.event == "MEDIA_START":
                    break
        self._plain = told.plain
        form = told.values.get("format", "")
        if form in _LAWS:
            self._law = form
            self.at_rate(8_000)
        elif match := _SLIN.fullmatch(form):
            self.at_rate(_ODD_RATES.get(match[1]) or int(match[1]) * 1000)
        else:
            raise Unsupported(form)
        self._frame = round(self.rate * FRAME_SECONDS) * BYTES_PER_SAMPLE
        self._introduce(told)

    def _introduce(self, told: Told) -> None:
        given = {f"JIESU_{k.upper()}": v for k, v in self._socket.query_params.items()} | dict(told.variables)
        try:
            self.call_id = UUID(given.get("JIESU_CALL", ""))
        except ValueError:
            self.call_id = uuid4()
        self.caller = Caller(normalise(given.get("JIESU_NUMBER")), clean_name(given.get("JIESU_NAME")), told.variables)
        if given.get("JIESU_ANSWER"):
            self._command(control.ANSWER)

    async def run(self) -> None:
        """Reads until the socket is gone."""
        self._pumping = asyncio.create_task(self._pump())
        lost = False
        try:
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                if (sound := message.get("bytes")) is not None:
                    self._hear(sound)
                elif (told := control.parse(message.get("text") or "")) is not None:
                    self._take(told)
        except (WebSocketDisconnect, RuntimeError, OSError):
            lost = True
        finally:
            self._pumping.cancel()
            if not self._gone.done():
                self._gone.set_result(None)
            self.lost_by_wire(lost)

    def _hear(self, sound: bytes) -> None:
        samples = companding.decode(self._law, sound) if self._law else sound[: len(sound) // 2 * 2]
        if samples and not self.over:
            self._happenings.put(Audio(samples))

    def _take(self, told: Told) -> None:
        match told.event:
            case "DTMF_END":
                key = told.values.get("digit", "").upper()
                if key in KEYS:
                    self._happenings.put(Digit(key))
            case "MEDIA_XOFF":
                self._held = True
            case "MEDIA_XON":
                self._held = False
                self._work.set()
            case "MEDIA_MARK_PROCESSED":
                self._reached(told.values.get("correlation_id", ""))
            # QUEUE_DRAINED, STATUS, MEDIA_BUFFERING_COMPLETED and what later versions add: nothing to do.

    def _reached(self, id: str) -> None:
        """Everything up to this mark was heard. One that was flushed with its sound is known no more."""
        if not any(sent.id == id for sent in self._marks):
            return
        while self._marks:
            sent = self._marks.popleft()
            self._heard, self._heard_at = sent.position, asyncio.get_running_loop().time()
            for mark in sent.marks:
                self._happenings.put(Played(mark))
            if sent.id == id:
                break
        self._work.set()
        if not self.playing:
            self._all_played()

    # Going out.

    def _command(self, name: str, mark: str = "") -> None:
        self._commands.append(control.command(name, self._plain, mark))
        self._work.set()

    async def _pump(self) -> None:
        """The only one that sends: commands first, then sound while Asterisk has room."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
            while True:
                await self._wait_for_work()
                while self._commands:
                    await self._socket.send_text(self._commands.popleft())
                if self._playlist and not self._held and self._sent - self.position_bytes < AHEAD_FRAMES * self._frame:
                    await self._send_chunk()
                    self._work.set()

    async def _wait_for_work(self) -> None:
        """Until there is something to send, or time enough has passed for there to be room, or for a mark to be missed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.2 if self._marks or self._playlist else None):
                await self._work.wait()
        self._work.clear()
        late = self._heard_at + (self._sent - self._heard) / self._frame * FRAME_SECONDS + MARK_LATE_SECONDS
        if self._marks and asyncio.get_running_loop().time() > late:
            self._reached(self._marks[-1].id)

    async def _send_chunk(self) -> None:
        chunk = bytearray()
        reached: list[str] = []
        for _ in range(CHUNK_FRAMES):
            sound, marks = self._playlist.take(self._frame)
            chunk += sound
            if marks or not self._playlist:
                reached += marks or ()
                break
        chunk += bytes(-len(chunk) % self._frame)
        if self._sent == self.position_bytes and not self._marks:
            # Asterisk's queue is empty: what is sent now is heard from now.
            self._heard, self._heard_at = self._sent, asyncio.get_running_loop().time()
        self._numbered += 1
        sent = Sent(f"m{self._numbered}", self._playlist.position, tuple(reached))
        self._sent = sent.position
        self._marks.append(sent)
        self._commands.append(control.command(control.MARK, self._plain, sent.id))
        if chunk:
            await self._socket.send_bytes(companding.encode(self._law, bytes(chunk)) if self._law else bytes(chunk))

    def play(self, samples: bytes) -> int:
        """See CallTransport."""
        if self.over:
            return self.position
        begins = self._playlist.add(samples) // BYTES_PER_SAMPLE
        self._work.set()
        return begins

    def mark(self, name: str) -> None:
        """See CallTransport."""
        if self._playlist.mark(name):
            return
        if self._marks:
            # All of it is on its way already: the mark goes with the last piece.
            last = self._marks.pop()
            self._marks.append(Sent(last.id, last.position, (*last.marks, name)))
        else:
            self._happenings.put(Played(name))

    def clear(self) -> int:
        """See CallTransport."""
        heard = self.position_bytes
        if self._marks:
            # What was sent ahead is taken back, and the next sentence begins where the caller stopped hearing.
            self._command(control.FLUSH)
            self._marks.clear()
            self._held = False
        self._playlist.clear()
        self._playlist.position = self._sent = self._heard = heard
        self._all_played()
        return heard // BYTES_PER_SAMPLE

    @property
    def position_bytes(self) -> int:
        """Heard for certain, and what must have been heard since by the clock, in whole frames, not beyond the next mark."""
        if not self._marks:
            return self._heard
        frames = int((asyncio.get_running_loop().time() - self._heard_at) / FRAME_SECONDS)
        return min(self._heard + frames * self._frame, self._marks[0].position)

    @property
    def position(self) -> int:
        """See CallTransport."""
        return self.position_bytes // BYTES_PER_SAMPLE

    @property
    def playing(self) -> bool:
        """See CallTransport."""
        return bool(self._playlist or self._marks)

    # The end.

    async def _say_goodbye(self) -> None:
        """HANGUP ends the WebSocket's channel alone; with `g` the dialplan goes on with the caller."""
        self._command(control.HANGUP)
        await self.gone()

    async def gone(self) -> None:
        """See WireCall."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await asyncio.shield(self._gone)
        if not self._gone.done():
            with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
                await self._socket.close()
