"""A web server inside the event loop, on a port that is taken before anything else is begun."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn


class PortBusy(Exception):
    """Somebody else listens on the page's port."""


def check_port(host: str, port: int) -> None:
    """PortBusy at once, before a minute is spent on training."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortBusy from None


class Listener:
    """One uvicorn server inside this event loop, on a socket bound at once, so that a busy port is an error at the start."""

    def __init__(self, app: object, host: str, port: int) -> None:
        # With its protocol named: asyncio turns Nagle's delay off only for sockets that say they are TCP.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        bound = self._socket.getsockname()[1]
        self.url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{bound}"
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=3, lifespan="off")  # type: ignore[arg-type]
        # Loaded at once: NiceGUI looks through all servers for the one that serves it.
        config.load()
        self._server = uvicorn.Server(config)
        # Signals are the process's, not one listener's.
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serves until the context is left."""
        task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not task.done():
            await asyncio.sleep(0.01)
        try:
            yield
        finally:
            self._server.should_exit = True
            await task
