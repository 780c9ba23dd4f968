"""Asterisk's WebSocket channel against a peer that queues, paces, flushes and marks as chan_websocket does."""

import asyncio
import base64
import uuid
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from websockets.exceptions import InvalidStatus

from bot.channels.phone import asterisk_socket, companding
from bot.channels.phone.gateway import Talk
from bot.channels.phone.transport import Audio, Digit, Hangup, Played
from bot.listener import Listener
from integrations.calls import Outcome
from tests.fakes.asterisk_peer import AsteriskPeer
from tests.fakes.phone import Phone, Recorder, echo, phone_on, tone


def run(story: Coroutine[Any, Any, None]) -> None:
    """One story, with a limit, on the event loop of `jiesu run`."""
    uvloop.run(asyncio.wait_for(story, 120))


@asynccontextmanager
async def answering(home: Path, talk: Talk, key: str = "") -> AsyncIterator[tuple[str, Phone]]:
    """The doors under uvicorn, as in production."""
    phone = phone_on(home, talk, key)
    listener = Listener(phone.app, "127.0.0.1", 0)
    async with listener.serving():
        try:
            yield listener.url, phone
        finally:
            await phone.gateway.drain(0)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(("form", "rate"), [("slin16", 16000), ("slin", 8000), ("slin48", 48000)])
def test_what_is_played_is_heard_whole_with_its_marks_in_either_form(
    phone_home: Path, form: str, rate: int, plain: bool
) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as (url, phone):
            call_id = uuid.uuid4()
            peer = await AsteriskPeer.call(url, form, plain, call=str(call_id), number="+8613800001234")
            call = await recorder.called()
            assert (call.call_id, call.rate, call.caller.number) == (call_id, rate, "13800001234")
            said = tone(1.23, rate)
            assert call.play(said) == 0
            call.mark("first")
            begun = call.play(tone(0.3, rate))
            call.mark("second")
            await asyncio.wait_for(call.until_played(), 30)
            call.mark("nothing queued")
            await peer.until(lambda: len(recorder.of(Played)) == 3)
            assert [event.mark for event in recorder.of(Played)] == ["first", "second", "nothing queued"]
            whole = said + tone(0.3, rate)
            assert bytes(peer.heard) == whole + bytes(-len(whole) % peer.size)
            assert begun == len(said) // 2
            assert peer.lost_frames == 0
            await peer.press("5")
            await peer.say(tone(0.1, rate))
            await peer.until(lambda: sum(len(e.samples) for e in recorder.of(Audio)) == len(tone(0.1, rate)))
            assert recorder.of(Digit) == [Digit("5")]
            await asyncio.gather(call.hang_up(), peer.ended())
            assert peer.over == "hung up by the bot"
            await phone.quiet()
            told = phone.calls.ended(call_id)
            assert told is not None
            assert told.outcome is Outcome.DONE

    run(story())


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_eight_bit_telephone_sound_is_brought_to_sixteen_and_back(phone_home: Path, law: str) -> None:
    async def story() -> None:
        async with answering(phone_home, echo) as (url, phone):
            peer = await AsteriskPeer.call(url, law)
            said = companding.encode(law, tone(0.5))
            await peer.say(said)
            await peer.until(lambda: len(peer.heard) >= len(said))
            assert bytes(peer.heard) == said
            await peer.hang_up()
            await peer.ended()
            await phone.quiet()

    run(story())


@pytest.mark.parametrize("milliseconds", [100, 700])
def test_an_interruption_takes_back_what_asterisk_has_queued_and_knows_what_was_heard(
    phone_home: Path, milliseconds: int
) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as (url, _):
            peer = await AsteriskPeer.call(url)
            call = await recorder.called()
            begun = call.play(tone(18.0, 16000))
            call.mark("never")
            await peer.until(lambda: len(peer.heard) >= milliseconds * 32)
            heard = call.clear() - begun
            really = len(peer.heard) // 2
            # A frame or two are on their way; a busy machine may be some more behind.
            assert heard == pytest.approx(really, abs=16000 * 0.25)
            assert not call.playing
            again = call.play(b"\x01\x01" * 3200)
            assert again == call.position == begun + heard
            call.mark("said")
            await peer.until(lambda: Played("said") in recorder.events)
            assert peer.flushed > 0
            assert bytes(peer.heard).endswith(b"\x01\x01" * 3200)
            assert len(peer.heard) // 2 <= really + 16000 * 0.5 + 3200
            assert recorder.of(Played) == [Played("said")]
            await peer.hang_up()
            await peer.ended()

    run(story())


def test_a_long_text_never_overflows_asterisks_queue_and_xoff_is_heeded(
    phone_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()

    async def story(limit: int) -> None:
        monkeypatch.setattr(asterisk_socket, "AHEAD_FRAMES", limit)
        async with answering(phone_home, recorder) as (url, _):
            peer = await AsteriskPeer.call(url, "slin")
            call = await recorder.called()
            peer.speed = 20
            call.play(tone(60.0))
            await asyncio.wait_for(call.until_played(), 60)
            assert bytes(peer.heard) == tone(60.0)
            assert peer.lost_frames == 0
            assert ("MEDIA_XOFF" in peer.told) == (limit > 900)
            assert peer.longest_queue <= 1000
            await peer.hang_up()
            await peer.ended()
            recorder.call = None

    run(story(250))
    # Further ahead than we go: XOFF comes, and is waited out.
    run(story(950))


def test_an_asterisk_that_knows_no_marks_is_believed_by_the_clock(phone_home: Path) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as (url, _):
            peer = await AsteriskPeer.call(url, plain=True, marks=False)
            call = await recorder.called()
            call.play(tone(0.2, 16000))
            call.mark("said")
            await asyncio.wait_for(call.until_played(), 30)
            assert recorder.of(Played) == [Played("said")]
            assert call.position == 3200
            await peer.hang_up()
            await peer.ended()

    run(story())


def test_who_calls_comes_by_channel_variables_by_the_address_or_by_announcement(phone_home: Path) -> None:
    recorder = Recorder()
    call_id = uuid.uuid4()

    async def story() -> None:
        async with answering(phone_home, recorder) as (url, phone):
            variables = {"__JIESU_CALL": str(call_id), "JIESU_NUMBER": "anonymous", "JIESU_ANSWER": "1", "OTHER": "x"}
            peer = await AsteriskPeer.call(url, variables=variables)
            call = await recorder.called()
            await peer.until(lambda: peer.answered)
            assert (call.call_id, call.caller.number) == (call_id, None)
            assert call.caller.variables["OTHER"] == "x"
            assert "anonymous" not in repr(call.caller)
            await asyncio.gather(call.hand_over("operators"), peer.ended())
            await phone.quiet()
            recorder.call = None
            await phone.gateway.announce(call_id, "01062345678", "王")
            peer = await AsteriskPeer.call(url, call=str(call_id))
            call = await recorder.called()
            assert (call.caller.number, call.caller.name) == ("01062345678", "王")
            assert not peer.answered
            await peer.hang_up(reset=True)
            await peer.ended()
            await phone.quiet()
            assert recorder.events[-1] in (Hangup(False), Hangup(True))
            told = phone.calls.ended(call_id)
            assert told is not None
            assert told.outcome is Outcome.HUNG_UP

    run(story())


def test_only_asterisk_with_the_key_gets_in_and_nobody_while_draining(phone_home: Path) -> None:
    async def refused(url: str, headers: dict[str, str] | None) -> int:
        with pytest.raises(InvalidStatus) as error:
            await AsteriskPeer.call(url, headers=headers)
        return error.value.response.status_code

    async def story() -> None:
        async with answering(phone_home, echo, key="a-key") as (url, phone):
            assert await refused(url, None) == 401
            assert await refused(url, {"Authorization": "Bearer another"}) == 401
            basic = base64.b64encode(b"jiesu:a-key").decode()
            peer = await AsteriskPeer.call(url, headers={"Authorization": f"Basic {basic}"})
            await peer.hang_up()
            await peer.ended()
            await phone.quiet()
            phone.gateway.draining = True
            assert await refused(url, {"Authorization": "Bearer a-key"}) == 503

    run(story())


@pytest.mark.parametrize("form", ["opus", "g729", ""])
def test_a_codec_that_is_not_spoken_here_is_refused(
    phone_home: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("tests.fakes.asterisk_peer", fromlist=["SIZES"]).SIZES, form, 1)

    async def story() -> None:
        async with answering(phone_home, echo) as (url, phone):
            peer = await AsteriskPeer.call(url, form)
            assert await peer.ended() == "closed by the bot"
            assert phone.gateway.live == 0

    run(story())


def test_a_hundred_calls_at_once_and_what_later_versions_add_is_harmless(phone_home: Path) -> None:
    async def one(url: str, n: int) -> None:
        peer = await AsteriskPeer.call(url, "slin")
        said = tone(0.6, hertz=200.0 + n)
        await peer.event("SOMETHING_NEW", value="x")
        await peer.say(said)
        await peer.until(lambda: len(peer.heard) >= len(said))
        assert bytes(peer.heard) == said
        await peer.press("#")
        assert await peer.ended() == "hung up by the bot"

    async def story() -> None:
        async with answering(phone_home, echo) as (url, phone):
            await asyncio.gather(*(one(url, n) for n in range(100)))
            await phone.quiet()

    run(story())
