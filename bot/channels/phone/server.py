"""Where Asterisk's AudioSocket connects."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.channels.phone.audiosocket import AudioSocketCall
from bot.channels.phone.gateway import Gateway
from bot.channels.phone.metrics import phone_metrics
from bot.channels.phone.pacer import Pacer

BACKLOG = 1024


class AddressBusy(Exception):
    """Somebody else listens there, or the address is not one of this machine."""


def address_of(text: str) -> tuple[str, int]:
    """host:port, also [::1]:9092. ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"not host:port: {text}")
    return host.strip("[]") or "127.0.0.1", int(port)


def bound(address: str) -> socket.socket:
    """A socket that has the address. OSError, ValueError."""
    host, port = address_of(address)
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


def is_free(address: str) -> bool:
    """Whether nobody listens there yet. OSError when it is not an address of this machine; ValueError."""
    try:
        bound(address).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    return True


class AudioSocketServer:
    """Bound when it is built, so that a busy port is an error at the start. AddressBusy, ValueError."""

    def __init__(self, gateway: Gateway, address: str) -> None:
        self._gateway = gateway
        self._pacer = Pacer()
        try:
            self._socket = bound(address)
        except OSError as error:
            raise AddressBusy(f"{address}: {error.strerror}") from None
        self.address = f"{address.rpartition(':')[0] or '127.0.0.1'}:{self._socket.getsockname()[1]}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Takes calls until the context is left, which closes the door alone: calls under way go on."""
        server = await asyncio.get_running_loop().create_server(self._call, sock=self._socket, backlog=BACKLOG)
        counting = asyncio.create_task(self._count())
        try:
            yield
        finally:
            server.close()
            counting.cancel()

    def _call(self) -> AudioSocketCall:
        return AudioSocketCall(self._pacer, self._gateway.take, _failed)

    async def _count(self) -> None:
        counted = 0
        while True:
            await asyncio.sleep(1)
            phone_metrics().late.inc(self._pacer.late - counted)
            counted = self._pacer.late


def _failed(stage: str) -> None:
    phone_metrics().drops.labels(stage).inc()
