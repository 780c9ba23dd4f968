"""The same person again, many people about the same, and the remarks with the read-back: in the real dialog."""

import asyncio
from typing import Any

import pytest

from bot.conversation import Conversation
from tests.conftest import Talker
from tests.pictures import png

CARD = (
    "我在海淀区上地的晨光乐跑健身房办了张年卡，交了3680元，现在关门了，要求退费，11月20号办的，一次都没用过，没签合同"
)


def until_read_back(citizen: Talker, text: str, phone: str) -> dict[str, Any]:
    """Tells, answers what is asked, and stops at the read-back."""
    told = citizen.say(text)
    for _ in range(12):
        if told["asking"] in ("confirm", "join"):
            return told
        answers = {
            "contact_phone": phone,
            "topic": "第一个",
            "merchant_category": "健身",
            "merchant_state": "停业",
            "demand": "退费",
        }
        told = citizen.say(answers.get(str(told["asking"]), "不知道"))
    raise AssertionError(told)


def said(told: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in told["replies"])


@pytest.fixture
def another(house: tuple[asyncio.Runner, Conversation]) -> Any:
    return lambda: Talker(*house)


def test_rights_and_proof_are_said_once_and_noted(citizen: Talker) -> None:
    told = until_read_back(citizen, CARD, "13800000001")
    assert "办卡7天内可以全额退" in said(told)
    assert "没有也能办" in said(told)
    told = citizen.say("没有")
    assert "没关系" in said(told)
    assert told["asking"] == "confirm"
    ticket = citizen.say("对，提交")["ticket"]
    assert "七日冷静期至2026-11-27" in ticket["fields"]["rights"]["value"]


def test_the_third_citizen_is_told_of_the_others_and_nobody_sees_whose(citizen: Talker, another: Any) -> None:
    text = "朝阳区望京的蓝鲸游泳馆关门了，我的卡交了2000元，去年三月办的，要求退费"
    for n, person in enumerate((citizen, another())):
        told = until_read_back(person, text, f"1380000001{n}")
        assert "位市民反映过" not in said(told)
        assert person.say("对，提交")["ticket"]
    told = until_read_back(another(), text, "13800000019")
    assert "已有2位市民反映过" in said(told)
    assert "13800000010" not in said(told)


def test_the_same_person_again_joins_the_open_ticket(citizen: Talker) -> None:
    first = until_read_back(citizen, "朝阳区酒仙桥的路灯不亮", "13800000021")
    assert first["asking"] == "confirm"
    number = citizen.say("对，提交")["ticket"]["number"]
    again = until_read_back(citizen, "朝阳区酒仙桥的路灯还是不亮，晚上很危险", "13800000021")
    assert again["asking"] == "join", said(again)
    joined = citizen.say("补充到原工单")
    assert joined["ticket"]["number"] == number
    assert "晚上很危险" in joined["ticket"]["history"][-1]["note"]
    assert joined["draft"]["topic"] is None


def test_or_files_another_when_they_want_to(citizen: Talker) -> None:
    until_read_back(citizen, "朝阳区将台的路灯不亮", "13800000031")
    number = citizen.say("对，提交")["ticket"]["number"]
    assert until_read_back(citizen, "朝阳区将台的路灯不亮", "13800000031")["asking"] == "join"
    told = citizen.say("另开新工单")
    assert told["asking"] == "confirm"
    ticket = citizen.say("对，提交")["ticket"]
    assert ticket["number"] != number
    assert "重复反映" in ticket["tags"]


def test_a_photo_sent_after_the_filing_goes_to_the_ticket(citizen: Talker) -> None:
    until_read_back(citizen, "朝阳区麦子店的路灯不亮", "13800000041")
    number = citizen.say("对，提交")["ticket"]["number"]
    file_id = citizen.run(citizen.door.attach(citizen.id, png()))
    assert [file["file_id"] for file in citizen.door.desk.get(number).files] == [file_id]


def test_the_right_follows_a_corrected_day(citizen: Talker) -> None:
    until_read_back(citizen, CARD, "13800000042")
    told = citizen.say("办卡日期不对，是2026年10月10日")
    assert told["asking"] == "confirm", said(told)
    ticket = citizen.say("对，提交")["ticket"]
    assert ticket["fields"]["rights"]["value"] is None
