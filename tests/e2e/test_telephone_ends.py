"""The real process with calls under way: told to stop it drains, told twice it stops, killed it leads its callers to a person."""

import asyncio
import re
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT
from tests.e2e.conftest import environment
from tests.fakes.audiosocket_peer import HANDED_BACK, StrictPeer
from tests.fakes.phone import tone

DOOR = re.compile(r"AudioSocket on (\S+),")
READY = re.compile(r"jiesu is ready: (http://\S+)")


class House:
    """A `jiesu run` without a Rasa of its own, and where it listens."""

    def __init__(self, home: Path) -> None:
        settings = {"JIESU_RASA_URL": "http://127.0.0.1:1", "JIESU_VOICE": "none", "JIESU_PHONE_DRAIN_SECONDS": "60"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.phone_worker"],
            env={**environment(home), **settings},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        said, deadline = "", time.monotonic() + 120
        while not READY.search(said) and time.monotonic() < deadline:
            line = self.process.stdout.readline()
            assert line, said
            said += line
        self.door = DOOR.search(said)[1]  # type: ignore[index]
        self.url = READY.search(said)[1]  # type: ignore[index]

    def why(self, peer: StrictPeer) -> str:
        """What the dialplan is answered."""
        return httpx.get(f"{self.url}/phone/calls/{peer.call_id}", params={"plain": 1}, trust_env=False).text


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Ended in any case."""
    made = House(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


def run(story: Coroutine[Any, Any, None]) -> None:
    """One story, with a limit."""
    asyncio.run(asyncio.wait_for(story, 280))


async def echoed(peer: StrictPeer) -> None:
    """The call lives: what is said comes back."""
    await peer.say(tone(0.2))
    await peer.until(lambda: tone(0.2) in peer.heard)


async def refused_at(door: str) -> None:
    """Waits until nobody is let in any more."""
    async with asyncio.timeout(90):
        while True:
            try:
                early = await StrictPeer.call(door)
            except ConnectionRefusedError:
                return
            except ConnectionResetError:
                # Waiting in the kernel when the door was closed: TryExec goes on from there as well.
                continue
            early.hang_up()
            await early.ended()


def test_told_to_stop_it_refuses_new_calls_and_lets_the_ones_under_way_finish(house: House) -> None:
    async def story() -> None:
        peer = await StrictPeer.call(house.door)
        await echoed(peer)
        house.process.send_signal(signal.SIGTERM)
        await refused_at(house.door)
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{house.url}/phone/calls/{peer.call_id}", data={"number": "13800001234"})
        assert (answer.status_code, answer.text) == (503, "drained")
        await echoed(peer)
        assert house.process.poll() is None
        peer.press("0")
        assert await peer.ended() == HANDED_BACK
        assert await asyncio.to_thread(house.process.wait, 60) == 0

    run(story())


def test_killed_it_knows_afterwards_how_its_calls_ended_and_told_twice_to_stop_it_stops_at_once(
    house: House, tmp_path: Path
) -> None:
    async def story() -> None:
        over, cut = await StrictPeer.call(house.door), await StrictPeer.call(house.door)
        async with httpx.AsyncClient(trust_env=False) as http:
            await http.post(f"{house.url}/phone/calls/{cut.call_id}", data={"number": "13800001234"})
        await echoed(over)
        await echoed(cut)
        over.press("0")
        assert await over.ended() == HANDED_BACK
        house.process.kill()
        assert (await cut.ended()).startswith("dropped")
        again = await asyncio.to_thread(House, tmp_path)
        try:
            assert await asyncio.to_thread(again.why, over) == "human|operators|a-draft"
            assert await asyncio.to_thread(again.why, cut) == "failed||"
            peer = await StrictPeer.call(again.door, cut.call_id)
            await echoed(peer)
            again.process.send_signal(signal.SIGTERM)
            await refused_at(again.door)
            again.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(again.process.wait, 90) == 0
            await peer.ended()
        finally:
            again.process.kill()
            again.process.wait()

    run(story())
