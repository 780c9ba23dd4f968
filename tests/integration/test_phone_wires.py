"""Whole spoken calls over both of Asterisk's wires: by WebSocket with an interruption, over lines that lose and cut frames, about several topics,
and of somebody whose ticket is said to be done.

All at the same time, as calls come; what each left behind is looked at afterwards.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.channels.phone.record import key_of
from bot.conversation import Conversation
from bot.followup import follow_ups_of
from bot.listener import Listener
from config.settings import Settings
from integrations.announcements import Announcements
from integrations.database import Database
from integrations.drafts import NewEntry
from integrations.followup_words import QUESTION
from integrations.status import Status
from tests.conftest import NOW
from tests.desks import NAMES
from tests.fakes.audiosocket_peer import HANDED_BACK
from tests.phone_house import RIGHT, THANKS, UNKNOWN, YES, Caller, PhoneHouse, WebCaller, bad_line, telephone
from tests.sounds import speech

NO, NO_MORE = "没有", "没有了"
LAMP = "朝阳区望京的路灯不亮"
OURS = "可以"
SEEDS = (3, 17, 2026)
ENOUGH = 10
"""Frames under way when the caller cuts in: not all can be heard before the bot falls silent, even on a busy machine."""
TOPICS = {
    "ev_charger": ("物业不让装充电桩", {"estate": "昌平区回龙观", "contact_phone": OURS}),
    "unpaid_wages": (
        "老板拖欠工资三个月",
        {"district": "通州区梨园", "amount_owed": "三千六百八十元", "contact_phone": OURS},
    ),
    "street_vendors": (
        "小区门口有人摆摊卖菜",
        {"place": "方庄", "time_of_day": "每天早上六点", "contact_phone": OURS},
    ),
}
"""A complaint and the answers to what is asked then; whatever else is asked, the caller does not know."""


@dataclass
class Led:
    """The house, and everybody who called, with how their call ended."""

    house: PhoneHouse
    web: WebCaller
    bad: dict[int, Caller]
    about: dict[str, Caller]
    again: Caller
    ticket: str
    ended: dict[int, str]


async def interrupts(caller: WebCaller) -> str:
    """Talks into the bot's sentence; what is queued in Asterisk is thrown away, and what was said counts."""
    await caller.dial()
    await caller.press("1")
    await caller.say(LAMP)
    # The question for the number is on its way: it is answered before it is over.
    await caller.peer.until(lambda: caller.call is not None and caller.call.expecting.asks == "contact_phone", 60)
    await caller.peer.until(lambda: caller.peer.queued > ENOUGH, 60)
    for key in "13912345678#":
        await caller.peer.press(key)
        await asyncio.sleep(0.05)
    await caller.say(RIGHT)
    await caller.say(THANKS)
    return str(await caller.peer.ended())


async def calls_again(caller: Caller) -> str:
    """Is asked first what became of the last ticket, and answers by voice and by key; has nothing else to say."""
    await caller.dial()
    await caller.say(YES)
    await caller.say(NO)
    await caller.say(NO)
    await caller.press("3")
    await caller.say(NO_MORE)
    await caller.say(THANKS)
    return str(await caller.peer.ended(60))


def said_to_be_done(house: PhoneHouse, home: Path, number: str) -> str:
    """A ticket that this number filed by telephone; its unit says that it is done."""
    door = house.door
    conversation = door.journal.create("phone", key_of(number)).id
    draft = door.drafts.open_new(conversation)
    facts = {"topic": "street_lights", "type": "求助", "district": "朝阳区", "place": "青年路", "description": LAMP}
    door.drafts.append(draft.id, [NewEntry(name, value, value, 1) for name, value in facts.items()], {})
    told = door.drafts.current(conversation)
    assert told is not None
    ticket = door.desk.file(told, "phone").number
    settings = Settings(home=home, quiet_hours="", _env_file=None)  # type: ignore[call-arg]
    database = Database(settings.database)
    follow_ups = follow_ups_of(settings, database, lambda: NOW)
    for status in (Status.ACCEPTED, Status.DISPATCHED, Status.RESOLVED):
        door.desk.move(ticket, status, by="unit")
    Announcements(database, NAMES, lambda: NOW, follow_ups).deliver()
    database.engine.dispose()
    return ticket


async def told(call: Awaitable[str]) -> str:
    """How a call ended; one that stuck does not take the others with it."""
    try:
        return await call
    except (TimeoutError, AssertionError) as error:
        return f"stuck: {type(error).__name__} {error}"


@pytest.fixture(scope="module")
def led(
    house: tuple[asyncio.Runner, Conversation], home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Led]:
    runner, conversation = house
    made = telephone(conversation, tmp_path_factory.mktemp("wires"))
    for text in (LAMP, YES, OURS, RIGHT, THANKS, UNKNOWN, NO, NO_MORE):
        speech(text, 8000)
        speech(text, 16_000)
    for complaint, answers in TOPICS.values():
        for text in (complaint, *answers.values()):
            speech(text, 8000)
    ticket = said_to_be_done(made, home, "13800160001")
    listener = Listener(made.phone.app, "127.0.0.1", 0)

    async def calls() -> Led:
        async with made.phone.server.listening(), listener.serving():
            web = WebCaller(made.phone, None, listener.url)
            bad = {seed: Caller(made.phone, f"1380014{seed:04d}", bad_line(seed)) for seed in SEEDS}
            about = {topic: Caller(made.phone, f"1380015{n:04d}") for n, topic in enumerate(TOPICS)}
            again = Caller(made.phone, "13800160001")
            jobs = {id(web): interrupts(web), id(again): calls_again(again)}
            jobs |= {
                id(caller): caller.complain(LAMP, {"contact_phone": OURS}, "street_lights") for caller in bad.values()
            }
            jobs |= {id(caller): caller.complain(*TOPICS[topic], topic) for topic, caller in about.items()}
            ended = dict(zip(jobs, await asyncio.gather(*map(told, jobs.values())), strict=True))
            await made.phone.quiet()
            return Led(made, web, bad, about, again, ticket, ended)

    yield runner.run(calls())


def test_a_whole_call_by_websocket_with_its_sound_thrown_away_when_the_caller_cuts_in(led: Led) -> None:
    assert led.ended[id(led.web)] == "hung up by the bot", led.house.words(led.web)
    ticket = led.house.ticket(led.web)
    assert ticket["topic"] == "street_lights"
    assert ticket["district"] == "朝阳区"
    assert ticket["contact"]["phone"] == "13912345678"
    assert "FLUSH_MEDIA" in led.web.peer.commands
    assert led.web.peer.flushed > 0, "something was queued, and was not heard"
    assert led.web.peer.lost_frames == 0
    assert "MEDIA_MARK_PROCESSED" in led.web.peer.told


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_loses_and_cuts_frames_brings_a_whole_ticket(led: Led, seed: int) -> None:
    caller = led.bad[seed]
    assert led.ended[id(caller)] == HANDED_BACK, led.house.words(caller)
    ticket = led.house.ticket(caller)
    assert ticket["topic"] == "street_lights", led.house.words(caller)
    assert ticket["district"] == "朝阳区", led.house.words(caller)
    assert ticket["contact"]["phone"] == caller.number


@pytest.mark.parametrize("topic", TOPICS)
def test_more_topics_are_told_by_voice(led: Led, topic: str) -> None:
    caller = led.about[topic]
    assert led.ended[id(caller)] == HANDED_BACK, led.house.words(caller)
    ticket = led.house.ticket(caller)
    assert ticket["topic"] == topic, led.house.words(caller)
    assert ticket["contact"]["phone"] == caller.number
    values = {name: field["value"] for name, field in ticket["fields"].items()}
    expected = {
        "ev_charger": {"district": "昌平区", "estate": "回龙观"},
        "unpaid_wages": {"district": "通州区", "amount_owed": 3680},
        "street_vendors": {"district": "丰台区", "place": "方庄", "time_of_day": "每天 06:00"},
    }[topic]
    assert {name: values.get(name) for name in expected} == expected, led.house.words(caller)


def test_who_calls_again_is_asked_first_and_not_solved_reopens_the_ticket(led: Led) -> None:
    words = led.house.words(led.again)
    bot = [text for direction, text in words if direction == "bot"]
    assert led.ended[id(led.again)] == HANDED_BACK, words
    assert next(text for text in bot if "先问您两句" in text).startswith("您上次反映的")
    ticket = led.house.door.desk.get(led.ticket)
    assert ticket.status == Status.REOPENED, words
    assert sum(QUESTION["solved"] in text for text in bot) == 1, "asked once"
