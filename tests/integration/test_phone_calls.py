"""Whole calls over real TCP, against a peer as strict as Asterisk: spoken, recognised, understood by the real dialog, filed.

The calls are led at the same time, each by a caller with a number of their own; what they left behind is looked at afterwards.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from bot.conversation import Conversation
from dialog.actions import aloud
from integrations.calls import Outcome
from integrations.phone_talks import DONE, RESUMED, PhoneTalks
from tests.fakes.audiosocket_peer import HANDED_BACK
from tests.fakes.phone import Phone
from tests.phone_house import RATE, YES, Caller, telephone
from tests.sounds import speech

COMPLAINT, PHONE = "朝阳区望京的路灯不亮", "13912345678"


@dataclass
class Led:
    """What three callers left behind."""

    door: Conversation
    phone: Phone
    talks: PhoneTalks
    spoken: Caller
    pressed: Caller
    dropped: tuple[Caller, Caller, str]

    def conversation(self, caller: Caller) -> str:
        talk = self.talks.of_call(str(caller.id))
        assert talk is not None
        return talk.conversation_id

    def ticket(self, caller: Caller) -> Any:
        ticket = self.door.desk.latest_of(self.conversation(caller))
        assert ticket is not None, self.words(caller)
        return ticket

    def words(self, caller: Caller) -> list[tuple[str, str]]:
        return [(line.direction, line.text) for line in self.door.journal.since(self.conversation(caller), 0)]


async def speaks(caller: Caller) -> None:
    """A call in which everything is spoken, to its friendly end."""
    await caller.dial()
    await caller.say(YES)
    await caller.say(COMPLAINT)
    await caller.say("可以")
    await caller.say("对的没问题")
    await caller.say("谢谢")
    assert await caller.peer.ended(60) == HANDED_BACK


async def presses(caller: Caller) -> None:
    """A hidden number, no recording, keys for all that keys can tell."""
    await caller.dial()
    await caller.press("2")
    await caller.say(COMPLAINT)
    await caller.press("13912345678#")
    await caller.press("1")
    await caller.listen()
    caller.peer.hang_up()


async def is_cut_off(first: Caller, again: Caller) -> str:
    """The line breaks; the same number calls again, goes on, asks for a person whom nobody is, and comes back."""
    await first.dial()
    await first.say(YES)
    await first.say(COMPLAINT)
    await first.listen()
    first.peer.hang_up(reset=True)
    await first.quiet()
    await again.dial()
    await again.say(YES)
    await again.listen()
    again.peer.press("0")
    handed = await again.peer.ended(60)
    assert again.peer.answer == "waiting", "operators find the conversation before the caller is through"
    await again.dial()
    await again.press("1")
    await again.press("1")
    await again.listen()
    again.peer.hang_up()
    return handed


@pytest.fixture(scope="module")
def led(house: tuple[asyncio.Runner, Conversation], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Led]:
    runner, conversation = house
    home = tmp_path_factory.mktemp("phone")
    house_ = telephone(conversation, home)
    door, phone, talks = house_.door, house_.phone, house_.talks
    callers = [
        Caller(phone, "13800138001"),
        Caller(phone, None),
        Caller(phone, "13800138003"),
        Caller(phone, "13800138003"),
    ]

    for text in (YES, COMPLAINT, "可以", "对的没问题", "谢谢"):
        # Spoken beforehand: the synthesiser would hold up the wire.
        speech(text, RATE)

    def in_the_queue() -> str:
        talk = talks.of_call(str(callers[3].id))
        assert talk is not None
        return door.journal.state(talk.conversation_id)

    callers[3].asks = in_the_queue

    async def calls() -> str:
        async with phone.server.listening():
            *_, handed = await asyncio.gather(
                speaks(callers[0]), presses(callers[1]), is_cut_off(callers[2], callers[3])
            )
            await phone.quiet()
        return str(handed)

    handed = runner.run(calls())
    yield Led(door, phone, talks, callers[0], callers[1], (callers[2], callers[3], handed))


def test_a_spoken_call_ends_with_a_ticket_in_the_callers_own_number(led: Led) -> None:
    ticket = led.ticket(led.spoken).as_json()
    assert ticket["topic"] == "street_lights"
    assert ticket["channel"] == "phone"
    assert ticket["contact"]["phone"] == "13800138001"
    assert ticket["district"] == "朝阳区"
    said = [text for direction, text in led.words(led.spoken) if direction == "bot"]
    assert aloud.use_caller("13800138001") in said
    assert sum(ticket["number"][-4:] in text for text in said) == 2
    ended = led.phone.calls.ended(led.spoken.id)
    assert ended is not None
    assert ended.outcome is Outcome.DONE
    talk = led.talks.of_call(str(led.spoken.id))
    assert talk is not None
    assert talk.how == DONE


def test_every_spoken_field_points_to_its_sound_and_every_turn_to_its_place_in_the_call(led: Led) -> None:
    ticket = led.ticket(led.spoken).as_json()
    audio = ticket["fields"]["district"]["span"]["audio"]
    assert 0 <= audio["start"] < audio["end"] < 6
    talk = led.talks.of_call(str(led.spoken.id))
    assert talk is not None
    assert talk.recording is not None
    turns = {turn["recording"]: turn["at"] for turn in talk.turns}
    assert list(turns.values()) == sorted(turns.values())
    whole = _sound(led.door.recordings.read(talk.recording))
    piece = _sound(led.door.recordings.read(audio["recording"]), 16_000)
    at = int(turns[audio["recording"]] * RATE)
    # The same moment in both: as loud here as there.
    mine, theirs = whole[at : at + RATE * 2], piece[: 2 * 16_000]
    assert abs(_rms(mine) - _rms(theirs)) < 0.5 * _rms(theirs)
    lags = {
        lag: _alike(_envelope(whole[max(at + lag, 0) : at + lag + RATE * 2], RATE), _envelope(theirs, 16_000))
        for lag in range(-1600, 1601, 160)
    }
    assert abs(max(lags, key=lambda lag: lags[lag])) <= 400, "within 50 ms"


def test_keys_alone_tell_a_number_and_a_yes_and_nothing_is_recorded_without_one(led: Led) -> None:
    ticket = led.ticket(led.pressed).as_json()
    assert ticket["contact"]["phone"] == PHONE
    assert ticket["fields"]["district"]["span"].get("audio") is None
    talk = led.talks.of_call(str(led.pressed.id))
    assert talk is not None
    assert talk.recorded is False
    assert talk.recording is None
    assert not talk.turns


def test_a_caller_who_was_cut_off_goes_on_and_after_a_queue_with_nobody_files(led: Led) -> None:
    first, again, handed = led.dropped
    assert handed == HANDED_BACK
    assert led.conversation(first) == led.conversation(again)
    before = led.talks.of_call(str(first.id))
    assert before is not None
    assert before.how == RESUMED
    ticket = led.ticket(again).as_json()
    assert ticket["contact"]["phone"] == "13800138003"
    assert sum(direction == "citizen" and "路灯" in text for direction, text in led.words(again)) == 1


def _sound(data: bytes, rate: int = RATE) -> np.ndarray[Any, np.dtype[np.int16]]:
    import io
    import wave

    with wave.open(io.BytesIO(data)) as file:
        assert file.getframerate() == rate
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def _rms(sound: Any) -> float:
    return float(np.sqrt(np.mean(sound.astype(float) ** 2)))


def _envelope(sound: Any, rate: int) -> Any:
    step = rate // 100
    return np.abs(sound[: len(sound) // step * step].astype(float)).reshape(-1, step).mean(axis=1)


def _alike(one: Any, other: Any) -> float:
    n = min(len(one), len(other))
    return float(np.corrcoef(one[:n], other[:n])[0, 1])
