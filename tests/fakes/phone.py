"""A telephone on a database of its own, for tests of the wire: the gateway, AudioSocket's door, and the HTTP doors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import FastAPI

from bot.channels import problems
from bot.channels.phone.doors import phone_router
from bot.channels.phone.gateway import Gateway, Talk
from bot.channels.phone.server import AudioSocketServer
from bot.channels.phone.transport import Audio, CallTransport, Digit, Event
from integrations.calls import Calls
from integrations.database import Database, upgrade


@dataclass
class Phone:
    """The parts."""

    gateway: Gateway
    calls: Calls
    server: AudioSocketServer
    app: FastAPI

    @property
    def address(self) -> str:
        """Where AudioSocket listens."""
        return self.server.address

    async def quiet(self) -> None:
        """Waits until no call is under way."""
        async with asyncio.timeout(30):
            while self.gateway.live:
                await asyncio.sleep(0.005)


def phone_on(home: Path, talk: Talk, key: str = "") -> Phone:
    """Not yet listening."""
    database = Database(f"sqlite:///{home / 'calls.db'}")
    upgrade(database)
    calls = Calls(database, lambda: datetime.now(UTC))
    gateway = Gateway(talk, calls)
    app = FastAPI()
    problems.install(app)
    app.include_router(phone_router(gateway, key))
    return Phone(gateway, calls, AudioSocketServer(gateway, "127.0.0.1:0"), app)


@asynccontextmanager
async def answering(home: Path, talk: Talk, key: str = "") -> AsyncIterator[Phone]:
    """A telephone that takes calls."""
    phone = phone_on(home, talk, key)
    async with phone.server.listening():
        try:
            yield phone
        finally:
            await phone.gateway.drain(0)


async def echo(call: CallTransport) -> None:
    """The talk of an echo: says what it hears; # ends it, 0 asks for a person."""
    async for event in call.events():
        if isinstance(event, Audio):
            call.play(event.samples)
        elif isinstance(event, Digit) and event.key == "#":
            await call.hang_up()
        elif isinstance(event, Digit) and event.key == "0":
            await call.hand_over("operators", "a-draft")


class Recorder:
    """A talk that writes down what happened and does what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.call: CallTransport | None = None

    async def __call__(self, call: CallTransport) -> None:
        self.call = call
        async for event in call.events():
            self.events.append(event)

    async def called(self) -> CallTransport:
        """The call, once it is here."""
        async with asyncio.timeout(30):
            while self.call is None:
                await asyncio.sleep(0.005)
        return self.call

    def of(self, kind: type) -> list[Any]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]


def tone(seconds: float, rate: int = 8000, hertz: float = 440.0) -> bytes:
    """A sine that is never silent for two samples."""
    at = np.arange(round(seconds * rate)) / rate
    return bytes((np.sin(2 * np.pi * hertz * at + 0.3) * 12000).astype("<i2").tobytes())
