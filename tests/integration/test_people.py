"""From the bot to a person and back, with the real dialog: who is taken there, what they hear, what nobody may lose."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import Conversation
from bot.operators import words
from bot.operators.attendant import Attendant
from bot.operators.desk import NothingToFile, OperatorDesk
from bot.operators.values import BadValue
from dialog.client import RasaDialog
from integrations.database import Database
from integrations.doubts import ASKED
from integrations.escalation import CALLBACK, WAITING, AlreadyTaken, NotYours
from integrations.escalation_reasons import REASONS
from integrations.rejections import Rejections
from integrations.status import Status
from intents.catalog import load_catalog
from tests.conftest import Talker

LAMP = "朝阳区青年路的路灯不亮了"


@pytest.fixture
def desk(citizen: Talker) -> OperatorDesk:
    door = citizen.door
    room = door.waiting_room
    return OperatorDesk(room.escalations, door.journal, door.drafts, room.doubts, door.desk, load_catalog(), room.clock)


@pytest.fixture
def attend(citizen: Talker, desk: OperatorDesk, home: Path) -> Callable[..., None]:
    """One look of the attendant, with this much patience."""
    rejections = Rejections(Database(f"sqlite:///{home}/jiesu.db"))

    def look(patience: timedelta = timedelta(hours=1)) -> None:
        citizen.run(Attendant(citizen.door, desk, rejections, patience, lambda _: None).step())

    return look


@pytest.fixture(autouse=True)
def empty_queue(citizen: Talker) -> None:
    """Whoever other tests left waiting does not stand before these."""
    escalations = citizen.door.waiting_room.escalations
    for entry in escalations.queue():
        escalations.take(entry.id, "nobody")
        escalations.close(entry.conversation_id, "nobody")


def texts(told: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in told["replies"])


def unasked(citizen: Talker) -> list[str]:
    return [line.text for line in citizen.door.journal.since(citizen.id, 0) if line.unasked]


def reason(citizen: Talker) -> str | None:
    place = citizen.door.waiting_room.escalations.place(citizen.id)
    return place.reason.code if place else None


def test_every_reason_has_its_words() -> None:
    assert set(words.ENTERED) == set(REASONS)


@pytest.mark.parametrize("wish", ["转人工", "0", "人工", "我要找人工客服"])
def test_by_wish(citizen: Talker, wish: str) -> None:
    told = citizen.say(wish)
    assert told["state"] == "waiting"
    assert told["place"]["position"] == 1
    assert "下一位" in texts(told)
    assert [button["payload"] for button in told["replies"][-1]["buttons"]] == ["继续", "给我回电话"]
    assert reason(citizen) == "wish"


def test_the_place_in_the_queue_is_told(house: Any, citizen: Talker) -> None:
    citizen.say("转人工")
    second, third = Talker(*house), Talker(*house)
    assert "您前面还有1位" in texts(second.say("人工"))
    assert "您前面还有2位" in texts(third.say("人工"))
    second.say("继续")
    assert "您前面还有1位" in texts(third.say("还要等多久"))
    urgent = Talker(*house)
    assert "下一位" in texts(urgent.say("我家楼下着火了"))


def test_whoever_waits_and_asks_hears_their_place_or_how_their_ticket_is_doing(citizen: Talker) -> None:
    for line in ("朝阳区青年路路灯不亮了", "匿名", "对"):
        filed = citizen.say(line)
    citizen.say("转人工")
    asked = citizen.say("还要等多久啊")
    assert words.NOTED not in texts(asked)
    assert "请稍等" in texts(asked)
    told = texts(citizen.say("我的单子怎么样了"))
    assert "已提交" in told
    assert "请稍等" in told
    assert words.NOTED in texts(citizen.say("路灯杆上写着B17"))
    assert filed["ticket"] is not None


def test_two_misunderstandings_in_a_row(citizen: Talker) -> None:
    citizen.say(LAMP)
    assert citizen.say("哈哈哈哈")["state"] == "bot"
    told = citizen.say("嘿嘿嘿嘿")
    assert told["state"] == "waiting" and "没听明白" in texts(told)
    assert reason(citizen) == "misunderstood"
    back = citizen.say("继续")
    assert back["state"] == "bot" and back["asking"] == "contact_phone"
    assert citizen.say("哈哈哈哈")["state"] == "bot", "both tries again"


def test_danger_gets_its_number_before_the_queue_and_again_while_waiting(citizen: Talker) -> None:
    told = citizen.say("我家楼下着火了，在朝阳区望京花园")
    assert "119" in told["replies"][0]["text"]
    assert (told["state"], reason(citizen)) == ("waiting", "danger")
    assert "120" in texts(citizen.say("有人晕倒了"))


def test_danger_moves_up_whoever_waits_already(house: Any, citizen: Talker) -> None:
    citizen.say("转人工")
    later = Talker(*house)
    later.say("转人工")
    told = later.say("着火了")
    assert "119" in texts(told) and "下一位" in texts(told)


def test_despair_without_a_complaint_gets_a_person_and_with_one_is_offered_one(house: Any, citizen: Talker) -> None:
    told = citizen.say("我快急死了")
    assert (told["state"], reason(citizen)) == ("waiting", "distress")
    other = Talker(*house)
    told = other.say("楼上漏水漏了一个月，物业不管，我真受不了了")
    assert told["state"] == "bot"
    assert "转人工" in [button["payload"] for button in told["replies"][-1]["buttons"]]
    assert other.say("我要崩溃了")["state"] == "waiting"


def test_abuse_is_taken_calmly_once_and_the_second_time_by_a_person(citizen: Talker) -> None:
    citizen.say(LAMP)
    told = citizen.say("你们这群废物东西")
    assert told["state"] == "bot"
    assert "转人工" in [button["payload"] for button in told["replies"][-1]["buttons"]]
    assert citizen.say("傻逼")["state"] == "waiting"
    assert reason(citizen) == "abuse"


def test_a_field_that_stays_doubtful_is_an_operators_once(citizen: Talker) -> None:
    citizen.say(LAMP)
    door = citizen.door
    draft = door.drafts.current(citizen.id)
    assert draft is not None
    recording = door.recordings.keep(citizen.id, b"RIFF", 1.0)
    heard = {"value": "青年路", "raw": "青年路"}, {"value": "青莲路", "raw": "青莲路"}
    door.waiting_room.doubts.note(citizen.id, draft.id, recording, "place", *heard, {"recording": recording})
    asked = citizen.say("为什么要问这个")
    assert "没听准" in texts(asked)
    told = citizen.say("哎呀随便吧你看着办得了")
    assert (told["state"], reason(citizen)) == ("waiting", "doubt")
    assert citizen.say("继续")["state"] == "bot", "nobody is held twice for the same doubt"


def test_after_the_filing_a_field_that_stays_doubtful_is_called_about_and_nobody_waits(citizen: Talker) -> None:
    for said in (LAMP, "13800001234", "对，提交"):
        filed = citizen.say(said)
    door = citizen.door
    doubts, escalations = door.waiting_room.doubts, door.waiting_room.escalations
    draft = door.drafts.latest(citizen.id)
    assert filed["ticket"] and draft is not None
    recording = door.recordings.keep(citizen.id, b"RIFF", 1.0)
    heard = {"value": "青年路", "raw": "青年路"}, {"value": "青莲路", "raw": "青莲路"}
    doubts.note(citizen.id, draft.id, recording, "place", *heard, {"recording": recording})
    doubts.move(doubts.of(draft.id)[0].id, ASKED)
    told = citizen.say("哎呀随便吧你看着办得了")
    assert told["state"] == "bot"
    entry = next(entry for entry in escalations.queue() if entry.conversation_id == citizen.id)
    assert (entry.state, entry.reason.code, entry.has_phone) == (CALLBACK, "doubt", True)


def test_without_a_model_a_voice_note_waits_for_a_person(citizen: Talker) -> None:
    from bot.ears import wav
    from tests.sounds import silence

    told = citizen.run(citizen.door.hear(citizen.id, wav(silence(1.0))))
    assert (told["state"], told["transcript"], reason(citizen)) == ("waiting", None, "voice")
    line = next(line for line in citizen.door.journal.since(citizen.id, 0) if line.direction == "citizen")
    assert citizen.door.recordings.read(line.payload["recording"])


def test_while_the_dialog_is_away_a_person_can_still_be_had(house: Any, citizen: Talker) -> None:
    from dataclasses import replace

    runner, door = house
    away: Conversation = replace(door, dialog=RasaDialog("http://127.0.0.1:9", 0.2))
    cut_off = Talker(runner, away)
    told = cut_off.say(LAMP)
    assert told["state"] == "bot" and told["replies"][-1]["buttons"][0]["payload"] == "转人工"
    told = cut_off.say("转人工")
    assert (told["state"], reason(cut_off)) == ("waiting", "unavailable")


def test_nothing_reaches_the_dialog_until_it_is_given_back_with_what_changed(
    citizen: Talker, desk: OperatorDesk, attend: Callable[..., None]
) -> None:
    citizen.say(LAMP)
    citizen.say("转人工")
    citizen.say("我的电话是13800001234，另外地点说错了，是望京花园")
    before = citizen.door.drafts.current(citizen.id)
    assert before is not None and before.value("place") != "望京花园"
    assert before.value("contact_phone") is None
    assert reason(citizen) == "wish"


def test_an_operator_speaks_edits_and_gives_back(
    citizen: Talker, desk: OperatorDesk, attend: Callable[..., None]
) -> None:
    citizen.say(LAMP)
    citizen.say("转人工")
    desk.take(citizen.id, "li")
    told = citizen.say("你好，是真人吗")
    assert (told["state"], told["replies"]) == ("operator", [])
    with pytest.raises(AlreadyTaken):
        desk.take(citizen.id, "wang")
    with pytest.raises(NotYours):
        desk.reply(citizen.id, "wang", "我也来")
    desk.reply(citizen.id, "li", "您好，我是坐席", "m1")
    desk.reply(citizen.id, "li", "您好，我是坐席", "m1")
    assert unasked(citizen) == [words.TAKEN, "您好，我是坐席"]
    desk.edit_field(citizen.id, "li", "place", "青年路8号")
    desk.edit_field(citizen.id, "li", "issue_kind", "损坏")
    with pytest.raises(BadValue, match="只能填"):
        desk.edit_field(citizen.id, "li", "issue_kind", "太贵")
    case = desk.case(citizen.id)
    assert case.draft is not None
    places = [(e.value, e.source, e.by) for e in case.draft.entries if e.field == "place"]
    assert places[-1] == ("青年路8号", "operator", "li") and places[0][1] == "citizen"
    edits = [line.payload for line in case.lines if line.payload.get("event") == "edited"]
    assert (edits[0]["old"], edits[0]["new"]) == (places[0][0], "青年路8号")
    desk.give_back(citizen.id, "li")
    attend()
    attend()
    back = unasked(citizen)[2:]
    assert back[0] == words.BACK
    assert "青年路8号" in back[1] and "损坏" in back[1]
    assert len(back) == 3 and "电话" in back[2], back
    told = citizen.say("匿名")
    assert told["asking"] == "confirm" and "青年路8号" in texts(told)
    ticket = citizen.say("对，提交")["ticket"]
    assert ticket["fields"]["place"]["value"] == "青年路8号"
    assert "system" not in [m["from"] for m in citizen.run(citizen.door.history(citizen.id))["messages"]]


def test_another_topic_asks_what_it_needs(citizen: Talker, desk: OperatorDesk, attend: Callable[..., None]) -> None:
    citizen.say(LAMP)
    desk.take(citizen.id, "li")
    desk.choose_topic(citizen.id, "li", "street_vendors")
    with pytest.raises(BadValue):
        desk.choose_topic(citizen.id, "li", "nonsense")
    desk.give_back(citizen.id, "li")
    attend()
    draft = citizen.door.drafts.current(citizen.id)
    assert draft is not None and draft.value("topic") == "street_vendors"
    assert draft.dialog_state["asked"] == "time_of_day"
    assert citizen.say("晚上")["draft"]["fields"]["time_of_day"]


def test_filed_on_the_citizens_behalf_they_are_told_and_can_tell_the_next(
    citizen: Talker, desk: OperatorDesk, attend: Callable[..., None]
) -> None:
    desk.take(citizen.id, "li")
    with pytest.raises(NothingToFile):
        desk.file(citizen.id, "li")
    desk.give_back(citizen.id, "li")
    attend()
    assert unasked(citizen)[-1] == "还有别的事要反映吗？直接说就行。"
    citizen.say(LAMP)
    desk.take(citizen.id, "li")
    ticket = desk.file(citizen.id, "li")
    assert desk.file(citizen.id, "li").number == ticket.number if citizen.door.drafts.current(citizen.id) else True
    assert [step.by for step in ticket.history] == ["坐席"]
    desk.close(citizen.id, "li", "已提交")
    assert citizen.door.journal.state(citizen.id) == "closed"
    told = citizen.say("海淀区知春路有人占道摆摊")
    assert told["state"] == "bot" and told["draft"]["fields"]["district"] == "海淀区"


def test_called_back_instead_of_waiting(citizen: Talker, desk: OperatorDesk) -> None:
    citizen.say("转人工")
    told = citizen.say("给我回电话")
    assert told["state"] == "waiting" and "号码" in texts(told)
    told = citizen.say("13800001234")
    assert told["state"] == "bot" and "1234" in texts(told) and "13800001234" not in texts(told)
    entry = next(e for e in desk.escalations.queue() if e.conversation_id == citizen.id)
    assert entry.state == CALLBACK
    assert desk.escalations.phone(entry.id) == "13800001234"
    assert citizen.say(LAMP)["state"] == "bot", "the bot goes on meanwhile"
    assert desk.take(entry.id, "li").operator == "li"


def test_nobody_came(citizen: Talker, desk: OperatorDesk, attend: Callable[..., None]) -> None:
    citizen.say(LAMP)
    citizen.say("转人工")
    attend()
    assert unasked(citizen) == []
    attend(timedelta(0))
    attend(timedelta(0))
    assert [("留个电话" in text, "都在忙" in text) for text in unasked(citizen)] == [(True, True)]
    told = citizen.say("13911112222")
    entry = next(e for e in desk.escalations.queue() if e.conversation_id == citizen.id)
    assert (entry.state, entry.has_phone) == (CALLBACK, True)
    assert told["draft"]["fields"]["district"] == "朝阳区", "the draft is kept"


def test_a_ticket_that_came_back_calls_for_a_person_once(
    citizen: Talker, desk: OperatorDesk, attend: Callable[..., None]
) -> None:
    citizen.say(LAMP)
    citizen.say("匿名")
    ticket = citizen.say("对，提交")["ticket"]
    citizen.door.desk.move(ticket["number"], Status.RETURNED, by="市城市管理委", note="缺少灯杆号")
    attend()
    attend()
    assert (citizen.door.journal.state(citizen.id), reason(citizen)) == ("waiting", "rejected")
    assert [text for text in unasked(citizen) if "退回" in text and "坐席" in text] == unasked(citizen)[-1:]
    citizen.say("继续")
    attend()
    assert citizen.door.journal.state(citizen.id) == "bot"


def test_turns_at_once_from_the_queue_are_all_kept(citizen: Talker, desk: OperatorDesk) -> None:
    citizen.say("转人工")

    async def several() -> list[Any]:
        return await asyncio.gather(*(citizen.door.say(citizen.id, f"第{n}句") for n in range(5)))

    citizen.run(several())
    desk.take(citizen.id, "li")
    lines = [line.text for line in desk.case(citizen.id).lines if line.direction == "citizen"]
    assert lines == ["转人工", *(f"第{n}句" for n in range(5))]
    assert [e.state for e in desk.escalations.of(citizen.id)] != [WAITING]
