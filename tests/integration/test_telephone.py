"""The telephone as the house has it: a busy port, the order of its end, and what doctor says."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvloop

from bot.commands import GOOD, MISSING, WAITS, telephone_findings
from bot.telephone import PhoneBusy, Telephone
from config.settings import Settings
from integrations.database import Database, upgrade
from tests.fakes.audiosocket_peer import HANDED_BACK, StrictPeer
from tests.fakes.phone import echo, tone


def run(story: Coroutine[Any, Any, None]) -> None:
    """One story, with a limit, on the event loop of `jiesu run`."""
    uvloop.run(asyncio.wait_for(story, 60))


@asynccontextmanager
async def taken() -> AsyncIterator[str]:
    """An address that somebody listens on."""
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        yield f"127.0.0.1:{somebody.getsockname()[1]}"


def telephone(home: Path, said: list[str], **settings: Any) -> Telephone:
    """On a database of the tests."""
    database = Database(f"sqlite:///{home / 'calls.db'}")
    upgrade(database)
    read = Settings(home=home, _env_file=None, **settings)
    return Telephone(read, database, lambda: datetime.now(UTC), said.append)


def test_a_busy_port_that_was_asked_for_is_an_error_that_says_what_to_do(phone_home: Path) -> None:
    async def story() -> None:
        async with taken() as address:
            with pytest.raises(PhoneBusy, match=f"JIESU_AUDIOSOCKET: {address}.*in use.*free host:port"):
                telephone(phone_home, [], audiosocket=address)
        with pytest.raises(PhoneBusy, match="not host:port"):
            telephone(phone_home, [], audiosocket="nonsense")
        assert telephone(phone_home, [], audiosocket="").audiosocket is None

    run(story())


def test_a_busy_port_that_nobody_asked_for_is_said_and_the_rest_starts(
    phone_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with taken() as address:
            monkeypatch.setattr(Settings.model_fields["audiosocket"], "default", address)
            Settings.model_rebuild(force=True)
            monkeypatch.delenv("JIESU_AUDIOSOCKET", raising=False)
            said: list[str] = []
            made = telephone(phone_home, said)
            assert made.audiosocket is None
            assert len(said) == 1
            assert address in said[0]
            async with made.serving():
                pass

    try:
        run(story())
    finally:
        monkeypatch.undo()
        Settings.model_rebuild(force=True)


def test_at_the_end_the_door_closes_first_and_the_calls_under_way_finish(phone_home: Path) -> None:
    async def story() -> None:
        said: list[str] = []
        made = telephone(phone_home, said, audiosocket="127.0.0.1:0", phone_drain_seconds=60)
        made.gateway.talk = echo
        assert made.audiosocket is not None
        address = made.audiosocket.address
        leave, left = asyncio.Event(), asyncio.Event()

        async def serve() -> None:
            async with made.serving():
                await leave.wait()
            left.set()

        serving = asyncio.create_task(serve())
        await asyncio.sleep(0)
        peer = await StrictPeer.call(address)
        await peer.until(lambda: made.gateway.live == 1)
        leave.set()
        await peer.until(lambda: any("1 calls under way" in line for line in said))
        with pytest.raises(ConnectionRefusedError):
            await StrictPeer.call(address)
        await peer.say(tone(0.2))
        await peer.until(lambda: tone(0.2) in peer.heard)
        assert not left.is_set()
        peer.press("#")
        assert await peer.ended() == HANDED_BACK
        await serving

    run(story())


def test_doctor_says_what_the_telephone_has_and_lacks() -> None:
    async def story() -> None:
        def found(**settings: Any) -> list[tuple[str, str]]:
            read = Settings(_env_file=None, **settings)
            return [(finding.state, finding.what) for finding in telephone_findings(read)]

        async with taken() as address:
            (busy, _) = found(audiosocket=address)
            assert busy[0] == GOOD
            assert "in use" in busy[1]
        assert found(audiosocket="")[0][0] == WAITS
        assert found(audiosocket="nonsense")[0][0] == MISSING
        free, open_, key = found(audiosocket="0.0.0.0:0", phone_key="a-key")
        assert (free[0], open_[0]) == (GOOD, WAITS)
        assert "a-key" not in key[1]

    run(story())
