"""The dialplan's questions over HTTP: who calls before, how it ended afterwards, and for whom the doors are open."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvloop

from bot.channels.phone.transport import CallTransport
from integrations.calls import KEPT, Calls, Outcome
from integrations.database import Database, upgrade
from tests.fakes.audiosocket_peer import HANDED_BACK, StrictPeer
from tests.fakes.phone import Phone, answering, echo, phone_on


def run(story: Coroutine[Any, Any, None]) -> None:
    """One story, with a limit, on the event loop of `jiesu run`."""
    uvloop.run(asyncio.wait_for(story, 60))


def asking(phone: Phone, host: str = "127.0.0.1", key: str | None = None) -> httpx.AsyncClient:
    """A client at an address."""
    transport = httpx.ASGITransport(phone.app, client=(host, 50_000))
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(transport=transport, base_url="http://jiesu", headers=headers)


@pytest.mark.parametrize("as_json", [True, False])
def test_a_whole_call_as_the_dialplan_sees_it(
    phone_home: Path, as_json: bool, caplog: pytest.LogCaptureFixture
) -> None:
    callers: list[str | None] = []

    async def talk(call: CallTransport) -> None:
        callers.append(call.caller.number)
        await echo(call)

    async def story() -> None:
        async with answering(phone_home, talk) as phone, asking(phone) as http:
            call_id = uuid.uuid4()
            path = f"/phone/calls/{call_id}"
            assert (await http.get(path)).status_code == 404
            unknown = await http.get(path, params={"plain": 1})
            assert (unknown.status_code, unknown.text) == (404, "unknown||")
            told = {"number": "+8613800001234", "name": "王伟"}
            ready = await (http.post(path, json=told) if as_json else http.post(path, data=told))
            assert (ready.status_code, ready.text) == (200, "ready")
            peer = await StrictPeer.call(phone.address, call_id)
            await peer.until(lambda: bool(callers))
            assert (await http.get(path)).json() == {"outcome": "talking", "queue": None, "draft": None}
            peer.press("0")
            assert await peer.ended() == HANDED_BACK
            assert (await http.get(path, params={"plain": 1})).text == "human|operators|a-draft"
            assert (await http.get(path)).json() == {"outcome": "human", "queue": "operators", "draft": "a-draft"}
            assert callers == ["13800001234"]
            await phone.quiet()

    caplog.set_level(logging.DEBUG)
    run(story())
    assert "13800001234" not in caplog.text
    assert "王伟" not in caplog.text


@pytest.mark.parametrize("hidden", [{"number": "anonymous"}, {"number": ""}, {}, {"number": "13800001234", "presentation": "prohib_passed_screen"}])  # fmt: skip
def test_a_hidden_number_is_no_number(phone_home: Path, hidden: dict[str, str]) -> None:
    async def story() -> None:
        phone = phone_on(phone_home, echo)
        async with asking(phone) as http:
            call_id = uuid.uuid4()
            assert (await http.post(f"/phone/calls/{call_id}", data=hidden)).text == "ready"
            assert phone.calls.begin(call_id) == (None, None)

    run(story())


def test_how_a_call_ended_survives_a_restart_and_who_called_is_forgotten_with_its_end(phone_home: Path) -> None:
    async def story() -> None:
        ended, broken, call_ids = uuid.uuid4(), uuid.uuid4(), []
        before = phone_on(phone_home, echo)
        for call_id in (ended, broken):
            await before.gateway.announce(call_id, "13800001234", "王伟")
            assert before.calls.begin(call_id) == ("13800001234", "王伟")
            call_ids.append(call_id)
        before.calls.end(ended, Outcome.DONE, None, "a-draft")
        after = phone_on(phone_home, echo)
        async with asking(after) as http:
            assert (await http.get(f"/phone/calls/{ended}", params={"plain": 1})).text == "done||a-draft"
            # Killed in the middle: the dialplan's caller goes to a person.
            assert (await http.get(f"/phone/calls/{broken}", params={"plain": 1})).text == "failed||"
        assert after.calls.begin(ended) == (None, None)

    run(story())


def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    database = Database(f"sqlite:///{tmp_path / 'calls.db'}")
    upgrade(database)
    old, new = uuid.uuid4(), uuid.uuid4()
    Calls(database, lambda: now).announce(old, "13800001234", None)
    later = Calls(database, lambda: now + KEPT + timedelta(minutes=1))
    assert later.ended(old) is not None
    later.announce(new, None, None)
    assert later.ended(old) is None


def test_without_a_key_the_doors_are_open_to_this_machine_alone_and_with_one_to_whoever_shows_it(
    phone_home: Path,
) -> None:
    async def story() -> None:
        path = f"/phone/calls/{uuid.uuid4()}"
        keyless, keyed = phone_on(phone_home, echo), phone_on(phone_home, echo, "a-key")
        for phone, host, key, status in (
            (keyless, "127.0.0.1", None, 200),
            (keyless, "::1", None, 200),
            (keyless, "10.0.0.5", None, 403),
            (keyless, "testclient", None, 403),
            (keyed, "10.0.0.5", "a-key", 200),
            (keyed, "127.0.0.1", None, 401),
            (keyed, "127.0.0.1", "b-key", 401),
            (keyed, "127.0.0.1", "键", 401),
        ):
            transport = httpx.ASGITransport(phone.app, client=(host, 50_000))
            headers = {"Authorization": f"Bearer {key}".encode()} if key else {}
            async with httpx.AsyncClient(transport=transport, base_url="http://jiesu", headers=headers) as http:
                assert (await http.post(path, data={"number": "13800001234"})).status_code == status
                assert (await http.get(path)).status_code == status

    run(story())


def test_bad_questions_get_clear_answers_and_a_draining_bot_says_so(phone_home: Path) -> None:
    async def story() -> None:
        phone = phone_on(phone_home, echo)
        async with asking(phone) as http:
            assert (await http.get("/phone/calls/not-a-uuid")).status_code == 422
            path = f"/phone/calls/{uuid.uuid4()}"
            json = {"Content-Type": "application/json"}
            assert (await http.post(path, content=b"{", headers=json)).status_code == 422
            assert (await http.post(path, content=b"[1]", headers=json)).status_code == 200
            assert (await http.post(path, content=b"x" * 5000)).status_code == 413
            phone.gateway.draining = True
            drained = await http.post(path, data={"number": "13800001234"})
            assert (drained.status_code, drained.text) == (503, "drained")

    run(story())
