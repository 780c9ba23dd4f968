"""AudioSocket: Asterisk connects by TCP for every call, and this side paces what it says."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable
from typing import Final, cast
from uuid import UUID

import numpy as np
import soxr

from bot.channels.phone import frames
from bot.channels.phone.pacer import Pacer
from bot.channels.phone.transport import BYTES_PER_SAMPLE, FRAME_SECONDS, Audio, Digit, Played
from bot.channels.phone.wire import WireCall

FIRST_FRAME_SECONDS = 2.0
"""Asterisk sends its UUID within milliseconds; whoever does not is not Asterisk."""

RATE_SECONDS = 0.3
"""How long the first sound is waited for: its kind tells the rate."""

GOODBYE_SECONDS = 5.0
"""How long Asterisk may take to close after the goodbye."""

STUCK_SECONDS = 10.0
"""How long a reader may read nothing; Asterisk itself gives up after 2 silent seconds."""

UNREAD_FRAMES = 16
"""Frames that wait for a slow reader here; with more, the pace waits for it."""

SEND_BUFFER = 16 * 1024
"""Bytes that the kernel keeps for a slow reader: what lies there cannot be thrown away when somebody interrupts."""

KEYS: Final = frozenset("0123456789*#ABCD")

Arrived = Callable[["AudioSocketCall"], None]


class AudioSocketCall(WireCall, asyncio.Protocol):
    """One connection. `arrived` is called once the UUID has come; `failed` when something else has, or nothing."""

    via = "audiosocket"

    def __init__(self, pacer: Pacer, arrived: Arrived, failed: Callable[[str], None]) -> None:
        super().__init__()
        self._pacer = pacer
        self._arrived = arrived
        self._failed = failed
        self._transport: asyncio.Transport | None = None
        self._write: Callable[[bytes], None] = _nowhere
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._first_sound: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._impatience: asyncio.TimerHandle | None = None
        self._rest = b""
        self._stuck_since = 0.0
        self._stuck = False
        self._kind_fixed = False
        self._other_rates: dict[int, soxr.ResampleStream] = {}
        self._use(0x10)

    def _use(self, kind: int) -> None:
        """From now on sound of this kind goes out."""
        self._kind = kind
        self.at_rate(frames.RATES[kind])
        self._frame = round(self.rate * FRAME_SECONDS) * BYTES_PER_SAMPLE
        self._head = frames.header(kind, self._frame)
        self._whole = frames.HEADER + self._frame
        self._silence = self._head + bytes(self._frame)

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has connected."""
        # uvloop's transports are no subclass of asyncio's.
        made = cast(asyncio.Transport, transport)
        self._transport = made
        self._write = made.write
        made.set_write_buffer_limits(high=UNREAD_FRAMES * self._whole, low=0)
        _tune(made.get_extra_info("socket"))
        self._impatience = asyncio.get_running_loop().call_later(FIRST_FRAME_SECONDS, self._refuse, "silent")

    def data_received(self, data: bytes) -> None:
        """Bytes from Asterisk, cut anyhow."""
        # Nearly always: one whole frame of the call's own kind.
        if len(data) == self._whole and self._kind_fixed and not self._rest and data.startswith(self._head):
            self._happenings.put(Audio(data[frames.HEADER :]))
            return
        found, self._rest = frames.split(self._rest + data)
        for kind, payload in found:
            self._take(kind, payload)

    def eof_received(self) -> bool:
        """Asterisk is done; asyncio closes."""
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone, by whichever side."""
        self._write = _nowhere
        self._pacer.leave(self)
        if self._impatience is not None:
            self._impatience.cancel()
        for future in (self._gone, self._first_sound):
            if not future.done():
                future.set_result(None)
        # A caller who hangs up is a reset as often as an end of file.
        self.lost_by_wire(lost=self._stuck or not (error is None or isinstance(error, ConnectionError)))

    def pause_writing(self) -> None:
        """Asterisk does not read."""
        self._stuck, self._stuck_since = True, time.monotonic()

    def resume_writing(self) -> None:
        """It reads again."""
        self._stuck = False

    # What comes in.

    def _take(self, kind: int, payload: bytes) -> None:
        if self.call_id.int == 0:
            if kind != frames.UUID or len(payload) != 16 or payload == bytes(16):
                self._refuse("no uuid")
                return
            self._begin(UUID(bytes=payload))
        elif kind in frames.RATES:
            self._hear(kind, payload)
        elif kind == frames.DIGIT:
            key = payload.decode("ascii", "replace").upper()
            if key in KEYS and len(key) == 1:
                self._happenings.put(Digit(key))
        elif kind in (frames.END, frames.ERROR) and self._transport is not None:
            self._transport.close()
        # Kinds that nobody knows yet are skipped: their length is known.

    def _begin(self, call_id: UUID) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
        self.call_id = call_id
        self._pacer.join(self)
        self._arrived(self)

    def _hear(self, kind: int, payload: bytes) -> None:
        if not self._first_sound.done():
            if not self._kind_fixed and kind != self._kind:
                self._use(kind)
            self._first_sound.set_result(None)
        payload = payload[: len(payload) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE]
        if kind != self._kind:
            payload = self._converted(kind, payload)
        if payload and not self.over:
            self._happenings.put(Audio(payload))

    def _converted(self, kind: int, payload: bytes) -> bytes:
        """Sound of another rate than the call began with."""
        stream = self._other_rates.get(kind)
        if stream is None:
            stream = soxr.ResampleStream(frames.RATES[kind], self.rate, 1, dtype="int16", quality="LQ")
            self._other_rates[kind] = stream
        return bytes(np.asarray(stream.resample_chunk(np.frombuffer(payload, "<i2"))).astype("<i2").tobytes())

    async def prepare(self) -> None:
        """See WireCall. Waits a moment for the first sound, whose kind tells the rate; 8 kHz when there is none."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RATE_SECONDS):
                await asyncio.shield(self._first_sound)
        self._kind_fixed = True

    # What goes out.

    def tick(self) -> None:
        """Sends one frame: what is queued, or silence."""
        if self._stuck:
            if time.monotonic() - self._stuck_since > STUCK_SECONDS and self._transport is not None:
                self._transport.abort()
            return
        playlist = self._playlist
        if not playlist.pieces:
            self._write(self._silence)
            return
        sound, marks = playlist.take(self._frame)
        if len(sound) == self._frame:
            self._write(self._head + sound)
        else:
            self._write(self._head + sound.ljust(self._frame, b"\0"))
        if marks is not None:
            for mark in marks:
                self._happenings.put(Played(mark))
        if self._silent and not playlist.pieces:
            self._all_played()

    def play(self, samples: bytes) -> int:
        """See CallTransport."""
        if self.over:
            return self.position
        return self._playlist.add(samples) // BYTES_PER_SAMPLE

    def mark(self, name: str) -> None:
        """See CallTransport."""
        if not self._playlist.mark(name):
            self._happenings.put(Played(name))

    def clear(self) -> int:
        """See CallTransport."""
        position = self._playlist.clear() // BYTES_PER_SAMPLE
        self._all_played()
        return position

    @property
    def position(self) -> int:
        """See CallTransport."""
        return self._playlist.position // BYTES_PER_SAMPLE

    @property
    def playing(self) -> bool:
        """See CallTransport."""
        return bool(self._playlist)

    # The end.

    def _refuse(self, stage: str) -> None:
        """Whoever does not begin as Asterisk does is not talked to."""
        self._failed(stage)
        if self._transport is not None:
            self._transport.abort()

    async def _say_goodbye(self) -> None:
        """`00 00 00`, then whatever still comes is read until Asterisk closes: closing first would drop the caller."""
        self._pacer.leave(self)
        self._write(frames.GOODBYE)
        await self.gone()

    async def gone(self) -> None:
        """See WireCall."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await asyncio.shield(self._gone)
        if not self._gone.done() and self._transport is not None:
            self._transport.abort()
            await asyncio.shield(self._gone)


def _nowhere(_: bytes) -> None:
    """Writes after the end go here."""


def _tune(connection: socket.socket | None) -> None:
    """Small buffers, and a dead Asterisk noticed within a minute."""
    if connection is None:
        return
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_KEEPIDLE"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
