"""AudioSocket against a peer that is as strict as Asterisk: whatever drops a caller there fails here."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop

from bot.channels.phone import audiosocket
from bot.channels.phone.transport import Audio, CallTransport, Digit, Hangup, Played
from integrations.calls import Calls, Outcome
from tests.fakes.audiosocket_peer import HANDED_BACK, HUNG_UP, StrictPeer
from tests.fakes.phone import Phone, Recorder, answering, echo, tone

SECOND = tone(1.0)


def run(story: Coroutine[Any, Any, None]) -> None:
    """One story, with a limit, on the event loop of `jiesu run`."""
    uvloop.run(asyncio.wait_for(story, 120))


def sound_in(heard: bytes) -> bytes:
    """Without the silent frames around it."""
    frames = [heard[i : i + 320] for i in range(0, len(heard), 320)]
    loud = [i for i, frame in enumerate(frames) if any(frame)]
    return b"".join(frames[loud[0] : loud[-1] + 1]) if loud else b""


def loud(heard: bytes) -> bytes:
    """Without any silent frame."""
    frames = [heard[i : i + 320] for i in range(0, len(heard), 320)]
    return b"".join(frame for frame in frames if any(frame))


def test_what_is_played_is_heard_whole_between_silence_and_the_end_is_known_when_the_dialplan_asks(
    phone_home: Path,
) -> None:
    async def say(call: CallTransport) -> None:
        assert call.play(SECOND) == 0
        assert call.play(tone(0.5)) == 8000
        await call.until_played()
        assert call.position == 12000
        await call.hang_up("a-draft")

    async def story() -> None:
        async with answering(phone_home, say) as phone:
            peer = await StrictPeer.call(phone.address, asks=lambda: phone.calls.ended(peer.call_id))
            assert await peer.ended() == HANDED_BACK
            assert sound_in(peer.heard) == SECOND + tone(0.5)
            assert peer.kinds == {0x10}
            assert peer.sizes == {320}
            assert (peer.answer.outcome, peer.answer.draft) == (Outcome.DONE, "a-draft")

    run(story())


def test_sound_leaves_on_the_clock_and_silence_flows_while_nothing_is_said(phone_home: Path) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as phone:
            peer = await StrictPeer.call(phone.address, quiet=True)
            await asyncio.sleep(3.0)
            taken = peer.arrivals[-1] - peer.arrivals[0]
            assert len(peer.arrivals) - 1 == pytest.approx(taken / 0.02, abs=5)
            assert peer.over is None
            assert not any(peer.heard)
            peer.hang_up()
            await phone.quiet()
            assert recorder.of(Hangup) == [Hangup(lost=False)]

    run(story())


def test_the_caller_is_heard_through_holes_short_frames_and_bytes_that_come_one_by_one(phone_home: Path) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as phone:
            peer = await StrictPeer.call(phone.address, quiet=True)
            await recorder.called()
            await peer.say(SECOND[:4800])
            await asyncio.sleep(0.3)
            peer.send(0x10, SECOND[4800:4824])
            for byte in b"\x10\x01\x40" + SECOND[4824:5144]:
                peer.raw(bytes([byte]))
                await asyncio.sleep(0)
            rest = b"".join(
                b"\x10" + len(piece).to_bytes(2, "big") + piece
                for piece in (SECOND[i : i + 320] for i in range(5144, len(SECOND), 320))
            )
            peer.raw(rest)
            await peer.until(lambda: sum(len(e.samples) for e in recorder.of(Audio)) >= len(SECOND))
            assert b"".join(e.samples for e in recorder.of(Audio)) == SECOND
            peer.hang_up()
            await peer.ended()

    run(story())


def test_kinds_that_nobody_knows_and_senseless_frames_are_skipped(phone_home: Path) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as phone:
            peer = await StrictPeer.call(phone.address, quiet=True)
            await recorder.called()
            for kind, payload in (
                (0x42, b"new"), (0x10, b""), (0x10, b"\x01"), (0x03, b""), (0x03, b"12"), (0x03, b"\xff"), (0x01, bytes(16)),
            ):  # fmt: skip
                peer.send(kind, payload)
            for key in "1*#0d":
                peer.press(key)
            await peer.until(lambda: len(recorder.of(Digit)) == 5)
            assert [event.key for event in recorder.of(Digit)] == list("1*#0D")
            assert recorder.of(Audio) == []
            peer.send(0xFF, b"\x01")
            assert "closed by the bot" in await peer.ended()
            await phone.quiet()

    run(story())


@pytest.mark.parametrize("milliseconds", [0, 90, 450])
def test_an_interruption_throws_away_what_is_queued_and_says_to_the_sample_what_was_heard(
    phone_home: Path, milliseconds: int
) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as phone:
            peer = await StrictPeer.call(phone.address)
            call = await recorder.called()
            begun = call.play(tone(20.0))
            call.mark("never")
            await peer.until(lambda: len(sound_in(peer.heard)) >= milliseconds * 16)
            heard = call.clear() - begun
            assert not call.playing
            call.play(b"\x01\x01" * 1600)
            call.mark("said")
            await peer.until(lambda: Played("said") in recorder.events)
            await peer.until(lambda: peer.heard.endswith(bytes(640)))
            assert sound_in(peer.heard) == tone(20.0)[: heard * 2] + b"\x01\x01" * 1600
            assert recorder.of(Played) == [Played("said")]
            assert call.position == heard + 1600
            peer.hang_up()
            await peer.ended()

    run(story())


def test_marks_are_reached_in_order_with_their_sound_and_at_once_when_nothing_is_queued(phone_home: Path) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as phone:
            peer = await StrictPeer.call(phone.address)
            call = await recorder.called()
            call.mark("before")
            call.play(tone(0.1))
            call.mark("first")
            call.mark("first again")
            call.play(tone(0.11))
            call.mark("second")
            await asyncio.wait_for(call.until_played(), 30)
            await peer.until(lambda: Played("second") in recorder.events)
            assert [e.mark for e in recorder.of(Played)] == ["before", "first", "first again", "second"]
            peer.hang_up()
            await peer.ended()

    run(story())


@pytest.mark.parametrize(("kind", "rate"), [(0x11, 12000), (0x12, 16000), (0x16, 48000), (0x18, 192000)])
def test_the_first_sound_tells_the_rate_and_the_answer_comes_in_the_same(
    phone_home: Path, kind: int, rate: int
) -> None:
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as phone:
            frame = rate // 50 * 2
            peer = await StrictPeer.call(phone.address, kind=kind, frame=frame)
            call = await recorder.called()
            assert call.rate == rate
            said = tone(0.2, rate)
            call.play(said)
            await asyncio.wait_for(call.until_played(), 30)
            await peer.until(lambda: said in peer.heard)
            # Another kind in the middle of a call is brought to the call's rate.
            before = len(recorder.of(Audio))
            peer.quiet = True
            for i in range(0, 16000, 320):
                peer.send(0x10, SECOND[i : i + 320])
            wanted = rate * 2 * 0.8
            await peer.until(lambda: sum(len(e.samples) for e in recorder.of(Audio)[before:]) > wanted)
            peer.hang_up()
            await peer.ended()

    run(story())


def test_a_hand_over_reaches_the_dialplan_with_its_queue_and_the_same_call_may_come_back(phone_home: Path) -> None:
    async def story() -> None:
        async with answering(phone_home, echo) as phone:
            call_id = uuid.uuid4()
            phone.calls.announce(call_id, "13800001234", None)
            for _ in range(2):
                peer = await StrictPeer.call(phone.address, call_id, asks=lambda: phone.calls.ended(call_id))
                await peer.say(SECOND[:3200])
                peer.press("0")
                assert await peer.ended() == HANDED_BACK
                assert peer.answer.outcome is Outcome.HUMAN
                assert (peer.answer.queue, peer.answer.draft) == ("operators", "a-draft")
                await phone.quiet()

    run(story())


def test_after_the_goodbye_everything_is_read_until_asterisk_closes(phone_home: Path) -> None:
    """A close with unread input would be a reset, and would drop the caller."""

    async def talk(call: CallTransport) -> None:
        await call.hand_over()

    async def story() -> None:
        async with answering(phone_home, talk) as phone:
            host, _, port = phone.address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"\x01\x00\x10" + uuid.uuid4().bytes)
            while (head := await reader.readexactly(3)) != bytes(3):
                await reader.readexactly(int.from_bytes(head[1:], "big"))
            for _ in range(25):
                writer.write(b"\x10\x01\x40" + bytes(320))
                await asyncio.sleep(0.01)
            assert phone.gateway.live == 1
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
            await phone.quiet()

    run(story())


@pytest.mark.parametrize("raises", [True, False])
def test_a_talk_that_fails_or_just_ends_hands_the_caller_to_a_person_and_logs_no_word(
    phone_home: Path, raises: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk(call: CallTransport) -> None:
        if raises:
            raise RuntimeError("我住在朝阳区13800001234")

    async def story() -> None:
        async with answering(phone_home, talk) as phone:
            peer = await StrictPeer.call(phone.address, asks=lambda: phone.calls.ended(peer.call_id))
            phone.calls.announce(peer.call_id, "13800001234", "王伟")
            assert await peer.ended() == HANDED_BACK
            assert peer.answer.outcome is Outcome.FAILED

    caplog.set_level(logging.DEBUG)
    run(story())
    assert "13800001234" not in caplog.text
    assert "王伟" not in caplog.text


def test_a_database_that_fails_costs_the_number_and_not_the_call(
    phone_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise OSError("disk")

    async def story() -> None:
        async with answering(phone_home, echo) as phone:
            monkeypatch.setattr(Calls, "begin", fail)
            monkeypatch.setattr(Calls, "end", fail)
            peer = await StrictPeer.call(phone.address)
            peer.press("0")
            assert await peer.ended() == HANDED_BACK
            await phone.quiet()
            told = await phone.gateway.ended(peer.call_id)
            assert told is not None
            assert told.outcome is Outcome.HUMAN

    run(story())


async def _uuid(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x01\x00\x10" + uuid.uuid4().bytes)
    await reader.readexactly(3)


async def _half_a_uuid(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x01\x00\x10" + bytes(7))
    await writer.drain()


async def _half_a_frame(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _uuid(reader, writer)
    writer.write(b"\x10\x01\x40" + bytes(100))
    await writer.drain()


async def _in_the_middle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _uuid(reader, writer)
    for _ in range(20):
        writer.write(b"\x10\x01\x40" + SECOND[:320])
        await asyncio.sleep(0.01)


async def _at_the_goodbye(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _uuid(reader, writer)
    writer.write(b"\x03\x00\x010")
    await writer.drain()


async def _nothing(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize("reset", [True, False])
def test_whoever_goes_at_any_stage_harms_nobody(phone_home: Path, reset: bool) -> None:
    async def story() -> None:
        async with answering(phone_home, echo) as phone:
            witness = await StrictPeer.call(phone.address)
            for stage in (_nothing, _half_a_uuid, _uuid, _half_a_frame, _in_the_middle, _at_the_goodbye) * 3:
                host, _, port = phone.address.rpartition(":")
                reader, writer = await asyncio.open_connection(host, int(port))
                await stage(reader, writer)
                if reset:
                    writer.transport.abort()
                writer.close()
            async with asyncio.timeout(30):
                while phone.gateway.live > 1:
                    await asyncio.sleep(0.005)
            assert witness.over is None
            witness.press("#")
            assert await witness.ended() == HANDED_BACK

    run(story())


def test_who_does_not_begin_as_asterisk_does_is_not_talked_to(
    phone_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiosocket, "FIRST_FRAME_SECONDS", 0.1)

    async def story() -> None:
        async with answering(phone_home, echo) as phone:
            host, _, port = phone.address.rpartition(":")
            for first in (
                b"",
                b"GET / HTTP/1.1\r\n\r\n" * 5000,
                b"\x10\x01\x40" + bytes(320),
                b"\x01\x00\x10" + bytes(16),
            ):
                reader, writer = await asyncio.open_connection(host, int(port))
                writer.write(first)
                with contextlib.suppress(ConnectionError):
                    assert await asyncio.wait_for(reader.read(), 30) == b""
                writer.close()
            assert phone.gateway.live == 0

    run(story())


def test_a_second_connection_with_the_same_uuid_is_given_back_and_the_first_goes_on(phone_home: Path) -> None:
    async def story() -> None:
        async with answering(phone_home, echo) as phone:
            first = await StrictPeer.call(phone.address)
            await first.until(lambda: phone.gateway.live == 1)
            second = await StrictPeer.call(phone.address, first.call_id)
            assert await second.ended() == HANDED_BACK
            await first.say(SECOND[:3200])
            await first.until(lambda: SECOND[:3200] in first.heard)
            first.press("#")
            assert await first.ended() == HANDED_BACK

    run(story())


def test_a_reader_that_is_stuck_stops_nobody_else_and_is_let_go(
    phone_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiosocket, "STUCK_SECONDS", 0.5)
    recorder = Recorder()

    async def story() -> None:
        async with answering(phone_home, recorder) as phone:
            host, _, port = phone.address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
            writer.write(b"\x01\x00\x10" + uuid.uuid4().bytes)
            stuck = await recorder.called()
            reader._transport.pause_reading()  # type: ignore[attr-defined]
            other = await StrictPeer.call(phone.address)
            stuck.play(tone(600.0))
            # Much faster than speech, to fill the kernel's buffers within the test.
            monkeypatch.setattr(stuck, "_frame", 65_000)
            monkeypatch.setattr(stuck, "_head", b"\x10\xfd\xe8")
            async with asyncio.timeout(60):
                while not stuck.over:
                    await asyncio.sleep(0.01)
            assert Hangup(lost=True) in recorder.events
            assert stuck.position < 600 * 8000
            assert other.over is None
            assert len(other.arrivals) > 10
            other.hang_up()
            await other.ended()
            writer.close()

    run(story())


def test_a_hundred_calls_at_once(phone_home: Path) -> None:
    async def one(phone: Phone, n: int) -> None:
        peer = await StrictPeer.call(phone.address)
        said = tone(1.0, hertz=200.0 + n)
        await peer.say(said)
        # Echoed whole; a frame that was late may have silence before it.
        await peer.until(lambda: peer.heard.endswith(bytes(6400)) and len(loud(peer.heard)) >= len(said))
        assert loud(peer.heard) == said
        peer.press("#")
        assert await peer.ended() == HANDED_BACK

    async def story() -> None:
        async with answering(phone_home, echo) as phone:
            await asyncio.gather(*(one(phone, n) for n in range(100)))
            await phone.quiet()

    run(story())


def test_draining_refuses_new_calls_and_lets_those_under_way_finish(phone_home: Path) -> None:
    async def story() -> None:
        async with answering(phone_home, echo) as phone:
            finishing = await StrictPeer.call(phone.address)
            await finishing.until(lambda: phone.gateway.live == 1)
            draining = asyncio.create_task(phone.gateway.drain(60))
            await asyncio.sleep(0)
            # Came in the last moment: given back, not dropped, and the dialplan learns why.
            late = await StrictPeer.call(phone.address, asks=lambda: phone.calls.ended(late.call_id))
            assert await late.ended() == HANDED_BACK
            assert late.answer.outcome is Outcome.DRAINED
            await finishing.say(SECOND[:3200])
            await finishing.until(lambda: SECOND[:3200] in finishing.heard)
            assert not draining.done()
            finishing.press("#")
            assert await finishing.ended() == HANDED_BACK
            await asyncio.wait_for(draining, 30)

    run(story())


def test_after_the_time_for_draining_callers_go_to_a_person(phone_home: Path) -> None:
    async def story() -> None:
        async with answering(phone_home, echo) as phone:
            peer = await StrictPeer.call(phone.address, asks=lambda: phone.calls.ended(peer.call_id))
            await peer.until(lambda: phone.gateway.live == 1)
            await asyncio.wait_for(phone.gateway.drain(0.1), 30)
            assert await peer.ended() == HANDED_BACK
            assert peer.answer.outcome is Outcome.DRAINED

    run(story())


def test_a_caller_who_hangs_up_is_noted_with_the_draft_so_far(phone_home: Path) -> None:
    async def talk(call: CallTransport) -> None:
        call.draft = "begun"
        async for _ in call.events():
            pass

    async def story() -> None:
        async with answering(phone_home, talk) as phone:
            for reset in (False, True):
                peer = await StrictPeer.call(phone.address)
                await peer.until(lambda: phone.gateway.live == 1)
                await asyncio.sleep(0.1)
                peer.hang_up(reset)
                assert await peer.ended() == HUNG_UP
                await phone.quiet()
                told = phone.calls.ended(peer.call_id)
                assert told is not None
                assert (told.outcome, told.draft) == (Outcome.HUNG_UP, "begun")

    run(story())
