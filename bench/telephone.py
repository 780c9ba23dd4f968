"""Calls that one core holds with every frame on time: the gateway with an echo for a talk, against bare echo servers in the same run.

The server has one core, the callers another. A call sends a frame of 20 ms in its slot and takes what comes back. A server holds N calls
when at least 99.9 % of all frames come within 10 ms of their slot: the call's own clock of 20 ms, set by its earliest frame.
Also printed: the processor time of the server a call, which is steadier on a busy machine.
"""

import asyncio
import contextlib
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import uvloop

from bot.channels.phone.gateway import Gateway
from bot.channels.phone.server import AudioSocketServer
from bot.channels.phone.transport import Audio, CallTransport
from bot.rasa_process import ROOT
from integrations.calls import Calls
from integrations.database import Database, upgrade

TURN = 0.02
ON_TIME = 0.010
WANTED = 0.999
SECONDS, WARM_UP = 4.0, 2.0
STEP, FIRST = 100, 400
"""Calls: how finely the most is searched, and where the search begins."""
FRAME = b"\x10\x01\x40" + bytes(range(1, 161)) * 2
HELLO = 19

SERVERS = {
    "bare asyncio echo (streams)": ("streams", False),
    "bare asyncio echo (protocol)": ("protocol", False),
    "bare echo on uvloop (protocol)": ("protocol", True),
    "the gateway, echo as its talk": ("gateway", True),
}


@dataclass(frozen=True, slots=True)
class Held:
    """What `calls` calls at once were like."""

    calls: int
    on_time: float
    worst: float
    processor: float
    """Share of a core that the server used."""


# The servers.


class Echo(asyncio.Protocol):
    """As bare as it gets."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = cast(asyncio.Transport, transport).write

    def data_received(self, data: bytes) -> None:
        self._write(data)


async def _streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The echo server of asyncio's documentation, frame by frame."""
    try:
        while True:
            head = await reader.readexactly(3)
            writer.write(head + await reader.readexactly(int.from_bytes(head[1:], "big")))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _echo(call: CallTransport) -> None:
    async for event in call.events():
        if isinstance(event, Audio):
            call.play(event.samples)


async def _serve(kind: str) -> None:
    loop = asyncio.get_running_loop()
    if kind == "gateway":
        with tempfile.TemporaryDirectory(prefix="jiesu-bench-") as folder:
            database = Database(f"sqlite:///{Path(folder) / 'calls.db'}")
            upgrade(database)
            server = AudioSocketServer(Gateway(_echo, Calls(database, lambda: datetime.now(UTC))), "127.0.0.1:0")
            async with server.listening():
                print(server.address, flush=True)
                await asyncio.Event().wait()
    made = (
        await asyncio.start_server(_streams, "127.0.0.1", 0, backlog=1024)
        if kind == "streams"
        else await loop.create_server(Echo, "127.0.0.1", 0, backlog=1024)
    )
    host, port = made.sockets[0].getsockname()
    print(f"{host}:{port}", flush=True)
    await asyncio.Event().wait()


# The callers.


class Callers:
    """N calls, in one thread that does nothing but send and receive."""

    def __init__(self, address: str, calls: int, echoed_hello: bool) -> None:
        host, _, port = address.rpartition(":")
        self._poll = select.epoll()
        self._sockets: list[socket.socket] = []
        self._index: dict[int, int] = {}
        for n in range(calls):
            made = socket.create_connection((host, int(port)), 10)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.sendall(b"\x01\x00\x10" + uuid.uuid4().bytes)
            made.setblocking(False)
            self._sockets.append(made)
            self._index[made.fileno()] = n
            self._poll.register(made, select.EPOLLIN)
        self._bytes = [-HELLO if echoed_hello else 0] * calls
        self._arrivals: list[list[float]] = [[] for _ in range(calls)]
        self._warm: list[int] = []
        self._buffer = bytearray(1 << 16)

    def run(self, warm: Callable[[], None]) -> None:
        """Speaks and listens; `warm` is called when what is measured begins."""
        calls, sockets = len(self._sockets), self._sockets
        began, sent = time.perf_counter(), 0
        gap = TURN / calls
        while True:
            now = time.perf_counter() - began
            if now > WARM_UP and not self._warm:
                self._warm = [len(arrivals) for arrivals in self._arrivals]
                warm()
            if now > WARM_UP + SECONDS:
                return
            due = min(int(now / gap) + 1, sent + 64)
            while sent < due:
                sockets[sent % calls].send(FRAME)
                sent += 1
            wait = sent * gap - (time.perf_counter() - began)
            ready = self._poll.poll(max(0.0, wait), 64)
            at = time.perf_counter()
            for number, _ in ready:
                n = self._index[number]
                self._bytes[n] += sockets[n].recv_into(self._buffer)
                arrivals = self._arrivals[n]
                for _ in range(self._bytes[n] // len(FRAME) - len(arrivals)):
                    arrivals.append(at)

    def lateness(self) -> np.ndarray:
        """Seconds by which each frame came after its slot, the first ones of each call left out."""
        late = []
        due = int(SECONDS / TURN) - 2
        for arrivals, skipped in zip(self._arrivals, self._warm, strict=True):
            ticks = np.array(arrivals[skipped:]) - np.arange(len(arrivals) - skipped) * TURN
            late.append(ticks - ticks.min() if len(ticks) else ticks)
            # A frame that never came is late.
            late.append(np.full(max(0, due - len(ticks)), np.inf))
        return np.concatenate(late)

    def close(self) -> None:
        """Hangs up everywhere."""
        for made in self._sockets:
            made.close()
        self._poll.close()


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _held(server: "Server", calls: int) -> Held:
    callers = Callers(server.address, calls, server.kind != "gateway")
    try:
        used: list[float] = []
        callers.run(lambda: used.append(_processor(server.pid)))
        share = (_processor(server.pid) - used[0]) / SECONDS
        late = callers.lateness()
    finally:
        callers.close()
        time.sleep(0.3)
    return Held(calls, float(np.mean(late <= ON_TIME)), float(np.quantile(late, WANTED)), share)


class Server:
    """One of SERVERS, in a process of its own on one core."""

    def __init__(self, kind: str, fast: bool, core: int) -> None:
        self.kind = kind
        command = [sys.executable, "-m", "bench.telephone", kind, "uvloop" if fast else "asyncio", str(core)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        self.pid = self._process.pid

    def stop(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()


def _most(measure: Callable[[int], Held], say: Callable[[Held], None]) -> tuple[Held, list[Held]]:
    """The most calls that are held, to STEP; a number that fails is tried once more: the machine may have been busy."""
    seen: list[Held] = []

    def holds(calls: int) -> bool:
        for _ in range(2):
            seen.append(measure(calls))
            say(seen[-1])
            if seen[-1].on_time >= WANTED:
                return True
        return False

    good, bad = 0, FIRST
    while holds(bad):
        good, bad = bad, bad * 2
    while bad - good > STEP:
        middle = (good + bad) // 2 // STEP * STEP
        middle = min(max(middle, good + STEP), bad - 1)
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    best = max((held for held in seen if held.on_time >= WANTED), key=lambda held: held.calls, default=seen[0])
    return best, seen


def _undisturbed(core: int) -> None:
    """On one core; as root before all other work on it, which would be measured too."""
    os.sched_setaffinity(0, {core})
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))


def _say(name: str, held: Held) -> None:
    print(
        f"  {name}: {held.calls} calls, {held.on_time:.2%} on time, {held.processor:.0%} of the core", file=sys.stderr
    )


def main() -> None:
    """Prints the table."""
    cores = sorted(os.sched_getaffinity(0))
    _undisturbed(cores[-1])
    rows = []
    try:
        for name, (kind, fast) in SERVERS.items():
            server = Server(kind, fast, cores[0])
            try:
                best, seen = _most(partial(_held, server), partial(_say, name))
            finally:
                server.stop()
            same = next(held for held in seen if held.calls == FIRST)
            rows.append((name, best, same.processor / same.calls * 1e6))
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, set(cores))
    gateway = rows[-1]
    print(f"\n{'Calls on one core, 99.9 % of frames within 10 ms':<50} calls  p99.9 ms  core  us a call and s  gateway")
    for name, best, cost in rows:
        share = f"{gateway[1].calls / best.calls:6.0%}" if best.calls and best.on_time >= WANTED else "     -"
        print(f"{name:<50} {best.calls:5}  {best.worst * 1000:8.1f}  {best.processor:4.0%}  {cost:15.0f}  {share}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _undisturbed(int(sys.argv[3]))
        (uvloop.run if sys.argv[2] == "uvloop" else asyncio.run)(_serve(sys.argv[1]))
    else:
        main()
