"""The telephone's wiring: the gateway, AudioSocket's door if its port is free, the routes, and the end without a dropped call."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from bot.channels.phone.doors import phone_router
from bot.channels.phone.gateway import Gateway
from bot.channels.phone.server import AddressBusy, AudioSocketServer
from bot.channels.phone.transport import CallTransport
from config.settings import Settings
from integrations.calls import Calls
from integrations.database import Database


class PhoneBusy(Exception):
    """JIESU_AUDIOSOCKET names an address that cannot be had; the message says what to do."""


async def to_a_person(call: CallTransport) -> None:
    """The talk of a house that cannot lead one."""
    await call.hand_over()


class Telephone:
    """Everything of the telephone that this process has."""

    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime], say: Callable[[str], None]
    ) -> None:
        # `gateway.talk` is set once there is a conversation to lead.
        self.gateway = Gateway(to_a_person, Calls(database, clock))
        self.router = phone_router(self.gateway, settings.phone_key)
        self._drain_seconds = settings.phone_drain_seconds
        self._say = say
        self.audiosocket = self._door(settings)

    def _door(self, settings: Settings) -> AudioSocketServer | None:
        if not settings.audiosocket:
            return None
        try:
            return AudioSocketServer(self.gateway, settings.audiosocket)
        except (AddressBusy, ValueError) as error:
            what = f"telephone: JIESU_AUDIOSOCKET: {error}"
            if "audiosocket" in settings.model_fields_set:
                raise PhoneBusy(f"{what}; set it to a free host:port, or to nothing for no AudioSocket") from None
            # Nobody asked for this port: a second Jiesu on the machine is no reason not to start.
            self._say(f"{what}; no AudioSocket calls here (set it to a free host:port)")
            return None

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Takes calls until the context is left; those under way may then finish, while new ones go to the dialplan's fallback."""
        async with AsyncExitStack() as doors:
            if self.audiosocket is not None:
                await doors.enter_async_context(self.audiosocket.listening())
                self._say(f"telephone: AudioSocket on {self.audiosocket.address}, WebSocket on /phone/asterisk")
            try:
                yield
            finally:
                self.gateway.draining = True
                await doors.aclose()
                if self.gateway.live:
                    self._say(
                        f"telephone: {self.gateway.live} calls under way, up to {self._drain_seconds:.0f} s to finish"
                    )
                await self.gateway.drain(self._drain_seconds)
