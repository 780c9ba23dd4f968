"""Asterisk's end of AudioSocket, as strict as Asterisk: what drops a caller there drops them here, with the reason."""

import asyncio
import socket
import struct
import uuid
from collections.abc import Callable
from typing import Any

FRAME_SECONDS = 0.02
HALF_FRAME_SECONDS = 0.005
SILENT_SECONDS = 2.0
BURST_FRAMES = 25
"""Frames that may come ahead of the clock: a jitter buffer holds half a second."""

SOUND = range(0x10, 0x19)
HANDED_BACK, HUNG_UP = "handed back", "hung up"


class StrictPeer:
    """One call. `over` becomes HANDED_BACK, HUNG_UP (by `hang_up`), or "dropped: …" with what Asterisk would not forgive.

    `heard` is all sound that came, silence as well; `arrivals` when each frame came. Sound given to `say` goes out in frames of
    20 ms on a clock; in between goes silence, or nothing (a hole) while `quiet` is set. `asks` is called at `00 00 00`.
    """

    def __init__(self, call_id: uuid.UUID, kind: int, frame: int, asks: Callable[[], Any] | None) -> None:
        self.call_id = call_id
        self.kind = kind
        self.frame = frame
        self.heard = bytearray()
        self.kinds: set[int] = set()
        self.sizes: set[int] = set()
        self.arrivals: list[float] = []
        self.over: str | None = None
        self.quiet = False
        self.answer: Any = None
        self._asks = asks
        self._to_say = bytearray()
        self._said = asyncio.Event()
        self._ended = asyncio.Event()

    @classmethod
    async def call(
        cls,
        address: str,
        call_id: uuid.UUID | None = None,
        kind: int = 0x10,
        frame: int = 320,
        quiet: bool = False,
        asks: Callable[[], Any] | None = None,
    ) -> "StrictPeer":
        """Connects and sends the UUID, as the application does once a call is answered."""
        made = cls(call_id or uuid.uuid4(), kind, frame, asks)
        made.quiet = quiet
        host, _, port = address.rpartition(":")
        made._reader, made._writer = await asyncio.open_connection(host, int(port))
        made._writer.write(b"\x01\x00\x10" + made.call_id.bytes)
        made._tasks = [asyncio.create_task(made._read()), asyncio.create_task(made._speak())]
        return made

    async def _read(self) -> None:
        began = 0.0
        try:
            while self.over is None:
                async with asyncio.timeout(SILENT_SECONDS):
                    head = await self._reader.readexactly(3)
                kind, size = head[0], int.from_bytes(head[1:], "big")
                if kind == 0:
                    # The dialplan goes on, and asks why.
                    self.answer = self._asks() if self._asks else None
                    self._end(HANDED_BACK)
                    return
                if kind not in SOUND:
                    self._end(f"dropped: kind {kind:02x}")
                    return
                if size == 0:
                    self._end("dropped: no sound in a frame")
                    return
                async with asyncio.timeout(HALF_FRAME_SECONDS):
                    payload = await self._reader.readexactly(size)
                now = asyncio.get_running_loop().time()
                began = began or now
                self.arrivals.append(now)
                self.heard += payload
                self.kinds.add(kind)
                self.sizes.add(size)
                if len(self.arrivals) > (now - began) / FRAME_SECONDS + BURST_FRAMES:
                    self._end("dropped: a burst")
        except TimeoutError:
            self._end("dropped: silent, or half a frame")
        except asyncio.IncompleteReadError:
            self._end("dropped: closed by the bot")
        except OSError:
            self._end("dropped: reset by the bot")

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        began, sent = loop.time(), 0
        while self.over is None:
            await asyncio.sleep(max(0.0, began + sent * FRAME_SECONDS - loop.time()))
            sent += 1
            if self._to_say:
                sound = bytes(self._to_say[: self.frame])
                del self._to_say[: self.frame]
                self.send(self.kind, sound)
            elif not self.quiet:
                self.send(self.kind, bytes(self.frame))
            if not self._to_say:
                self._said.set()

    def send(self, kind: int, payload: bytes) -> None:
        """One frame, at once."""
        self.raw(struct.pack(">BH", kind, len(payload)) + payload)

    def raw(self, data: bytes) -> None:
        """Bytes, at once."""
        if self.over is None and not self._writer.is_closing():
            self._writer.write(data)

    async def say(self, sound: bytes) -> None:
        """Speaks, and waits until it is said."""
        self._to_say += sound
        self._said.clear()
        await self._said.wait()

    def press(self, key: str) -> None:
        """A key, at its release."""
        self.send(0x03, key.encode())

    def hang_up(self, reset: bool = False) -> None:
        """The caller hangs up: an end of file, or a reset."""
        if reset:
            self._writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        self._end(HUNG_UP)

    def _end(self, how: str) -> None:
        if self.over is None:
            self.over = how
            self._writer.close()
            self._ended.set()
            self._said.set()

    async def ended(self, seconds: float = 30) -> str:
        """How it ended."""
        await asyncio.wait_for(self._ended.wait(), seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self.over is not None
        return self.over

    async def until(self, true: Callable[[], bool], seconds: float = 30) -> None:
        """Waits for a condition, while the call lasts."""
        async with asyncio.timeout(seconds):
            while not true():
                assert self.over is None, self.over
                await asyncio.sleep(0.005)
