"""The dialplan that we hand out, run against the doors that it asks: whatever happens to the bot, the caller reaches a person or a farewell."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Coroutine
from configparser import ConfigParser
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
import yaml

from bot.channels.phone.gateway import Talk
from bot.channels.phone.transport import CallTransport
from bot.listener import Listener
from config.settings import Settings
from tests.conftest import ROOT
from tests.fakes import dialplan
from tests.fakes.asterisk_peer import AsteriskPeer
from tests.fakes.audiosocket_peer import StrictPeer
from tests.fakes.phone import Phone, answering

FOLDER = ROOT / "docs" / "asterisk"


def run(story: Coroutine[Any, Any, None]) -> None:
    """One story, with a limit, on the event loop of `jiesu run`."""
    uvloop.run(asyncio.wait_for(story, 60))


class Exchange:
    """An Asterisk on our files: one caller at a time. `queues` is where they waited; nobody takes them as often as `nobody` says."""

    def __init__(self, url: str, address: str, number: str = "13800001234", nobody: int = 0, key: str = "") -> None:
        known, steps = dialplan.read(FOLDER / "extensions.conf")
        known |= {"JIESU_HTTP": url, "JIESU_AUDIOSOCKET": address}
        self.queues: list[str] = []
        self.calls: list[str] = []
        self.url = url
        self.key = key
        self._nobody = nobody
        self._loop = asyncio.get_running_loop()
        apps = {"AudioSocket": self._audiosocket, "Dial": self._dial, "Queue": self._queue}
        self.channel = dialplan.Channel(known, steps, apps, number, {"JIESU_PHONE_KEY": key} if key else {})

    async def call(self) -> list[str]:
        """The caller dials 12345; what was run."""
        return await asyncio.to_thread(self.channel.run, "from-trunk", "12345")

    def _outside(self, story: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(story, self._loop).result(60)

    def _audiosocket(self, call: str, address: str) -> None:
        self.calls.append(call)

        async def talk() -> None:
            # TryExec: what fails goes on with the next line.
            try:
                peer = await StrictPeer.call(address, uuid.UUID(call))
            except OSError:
                return
            await peer.ended()

        self._outside(talk())

    def _dial(self, what: str, seconds: str, options: str) -> None:
        match = re.fullmatch(r"WebSocket/(\w+)/c\((\w+)\)f\((\w+)\)v\(call=([0-9a-f-]+)\)", what)
        assert match, what
        assert match[1] in sections("websocket_client.conf")
        assert "g" in options
        self.calls.append(match[4])

        async def talk() -> None:
            headers = {"Authorization": f"Bearer {self.key}"} if self.key else None
            peer = await AsteriskPeer.call(self.url, match[2], plain=match[3] != "json", headers=headers, call=match[4])
            assert await peer.ended() == "hung up by the bot"

        self._outside(talk())

    def _queue(self, name: str, *_: str) -> None:
        self.queues.append(name)
        assert name in sections("queues.conf")
        self.channel.values["QUEUESTATUS"] = "TIMEOUT" if len(self.queues) <= self._nobody else "CONTINUE"
        if len(self.queues) > 5:
            raise StopIteration


def sections(name: str) -> list[str]:
    """The sections of one of our files."""
    return re.findall(r"^\[([^]]+)\]", (FOLDER / name).read_text(encoding="utf-8"), re.MULTILINE)


@asynccontextmanager
async def house(home: Path, talk: Talk, key: str = "") -> AsyncIterator[tuple[str, Phone]]:
    """The doors on real sockets."""
    async with answering(home, talk, key) as phone:
        listener = Listener(phone.app, "127.0.0.1", 0)
        async with listener.serving():
            yield listener.url, phone


async def farewell(call: CallTransport) -> None:
    """All is said."""
    await call.hang_up("a-draft")


async def person(call: CallTransport) -> None:
    """A person is the better answer."""
    await call.hand_over("operators", "a-draft")


async def broken(_: CallTransport) -> None:
    """A fault of ours."""
    raise RuntimeError


@pytest.mark.parametrize("via", ["audiosocket", "websocket"])
@pytest.mark.parametrize("key", ["", "a-key"])
@pytest.mark.parametrize(("talk", "queues"), [(farewell, []), (person, ["operators"]), (broken, ["operators"])])
def test_a_farewell_hangs_up_and_everything_else_leads_to_a_person(
    phone_home: Path, talk: Talk, queues: list[str], key: str, via: str
) -> None:
    numbers: list[str | None] = []

    async def noting(call: CallTransport) -> None:
        numbers.append(call.caller.number)
        await talk(call)

    async def story() -> None:
        async with house(phone_home, noting, key) as (url, phone):
            exchange = Exchange(url, phone.address, "+8613800001234", key=key)
            exchange.channel.known["JIESU_VIA"] = via
            assert (await exchange.call())[-1] == "Hangup"
            assert exchange.queues == queues
            assert numbers == ["13800001234"]
            if talk is person:
                assert exchange.channel.values["JIESU_DRAFT"] == "a-draft"
            await phone.quiet()

    run(story())


def test_a_bot_that_is_down_leads_to_a_person_without_a_try(phone_home: Path) -> None:
    async def story() -> None:
        exchange = Exchange("http://127.0.0.1:1", "127.0.0.1:1")
        assert (await exchange.call())[-1] == "Hangup"
        assert exchange.queues == ["operators"]
        assert exchange.calls == []

    run(story())


def test_a_bot_whose_sound_alone_is_down_leads_to_a_person(phone_home: Path) -> None:
    async def story() -> None:
        async with house(phone_home, farewell) as (url, _):
            exchange = Exchange(url, "127.0.0.1:1")
            assert (await exchange.call())[-1] == "Hangup"
            assert exchange.queues == ["operators"]

    run(story())


def test_a_draining_bot_is_stepped_around(phone_home: Path) -> None:
    async def story() -> None:
        async with house(phone_home, farewell) as (url, phone):
            phone.gateway.draining = True
            exchange = Exchange(url, phone.address)
            await exchange.call()
            assert exchange.queues == ["operators"]
            assert exchange.calls == []

    run(story())


def test_whom_nobody_takes_comes_back_to_the_bot_as_the_same_call(phone_home: Path) -> None:
    talks: list[str] = []

    async def talk(call: CallTransport) -> None:
        talks.append(str(call.call_id))
        await (person(call) if len(talks) < 3 else farewell(call))

    async def story() -> None:
        async with house(phone_home, talk) as (url, phone):
            exchange = Exchange(url, phone.address, nobody=2)
            assert (await exchange.call())[-1] == "Hangup"
            assert exchange.queues == ["operators"] * 2
            assert len(talks) == 3
            assert len(set(talks)) == 1

    run(story())


def test_the_files_agree_with_the_settings_with_each_other_and_with_compose(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "JIESU_AUDIOSOCKET"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    known, steps = dialplan.read(FOLDER / "extensions.conf")
    assert known["JIESU_HTTP"] == f"http://{settings.host}:{settings.port}"
    assert known["JIESU_AUDIOSOCKET"] == settings.audiosocket
    assert f"ws://{settings.host}:{settings.port}/phone/asterisk" in (FOLDER / "websocket_client.conf").read_text()
    assert known["OPERATORS"] in sections("queues.conf")
    assert all(step.app != "AudioSocket" for plan in steps.values() for step in plan), "always in TryExec"
    pjsip = (FOLDER / "pjsip.conf").read_text(encoding="utf-8")
    contexts = {context for context, _ in steps}
    assert set(re.findall(r"^context = (\S+)", pjsip, re.MULTILINE)) <= contexts
    assert set(re.findall(r"PJSIP/(\w+)", (FOLDER / "queues.conf").read_text())) <= set(sections("pjsip.conf"))
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    for volume in compose["asterisk"]["volumes"]:
        assert (ROOT / volume.split(":")[0]).is_file(), volume
    inside = ConfigParser()
    inside.read_string("[globals]\n" + (FOLDER / "jiesu-globals.compose.conf").read_text().replace(";", "#"))
    address = compose["app"]["environment"]["JIESU_AUDIOSOCKET"]
    assert inside["globals"]["JIESU_AUDIOSOCKET"] == f"app:{address.rpartition(':')[2]}"
    assert inside["globals"]["JIESU_HTTP"].endswith(compose["app"]["ports"][0].rpartition(":")[2])
    rtp = dict(re.findall(r"^(rtp\w+) = (\d+)", (FOLDER / "rtp.conf").read_text(), re.MULTILINE))
    ports = f"{rtp['rtpstart']}-{rtp['rtpend']}"
    assert f"{ports}:{ports}/udp" in compose["asterisk"]["ports"]
    grace = int(compose["app"]["stop_grace_period"].rstrip("s"))
    assert grace > float(compose["app"]["environment"]["JIESU_PHONE_DRAIN_SECONDS"])
