"""The real dialog on the telephone: nothing is shown there, so everything is said, in pieces, and what was heard is repeated."""

import asyncio
from typing import Any

import pytest

from bot.conversation import Conversation
from dialog.actions import aloud, wording
from intents.catalog import load_catalog
from tests.conftest import Talker

CALLER = "13912345678"


class Caller(Talker):
    """A citizen on the telephone, whose words are already understood."""

    def __init__(self, runner: asyncio.Runner, door: Conversation, number: str | None = CALLER) -> None:
        self._runner = runner
        self.door = door
        self.about = {"caller": number}
        self.id = self.run(door.start("phone", f"phone:{number}" if number else None))["conversation_id"]

    def say(self, text: str, client_message_id: str | None = None) -> dict[str, Any]:
        told: dict[str, Any] = self.run(self.door.say(self.id, text, client_message_id, about=self.about))
        return told


@pytest.fixture
def caller(house: tuple[asyncio.Runner, Conversation]) -> Caller:
    return Caller(*house)


def texts(told: dict[str, Any]) -> list[str]:
    return [reply["text"] for reply in told["replies"]]


def test_a_complaint_is_filed_with_the_callers_own_number(caller: Caller) -> None:
    told = caller.say("朝阳区望京的路灯不亮")
    assert told["asking"] == "contact_phone"
    assert texts(told)[-1] == aloud.use_caller(CALLER)
    told = caller.say("可以")
    assert told["draft"]["fields"]["contact_phone"] == CALLER
    back = texts(told)
    assert back[-1] == aloud.CONFIRM
    assert any(piece.startswith(aloud.READ_BACK) for piece in back)
    assert all(len(piece) <= aloud.LONGEST for piece in back), back
    told = caller.say("对")
    ticket = told["ticket"]
    assert ticket["channel"] == "phone"
    assert ticket["contact"]["phone"] == CALLER
    assert ticket["fields"]["contact_phone"]["confirmed"]
    assert sum(text.count(f"{ticket['number'][:4]} ") for text in texts(told)) == 2


def test_another_number_can_be_given_and_a_hidden_one_is_asked_for(
    caller: Caller, house: tuple[asyncio.Runner, Conversation]
) -> None:
    caller.say("朝阳区望京的路灯不亮")
    told = caller.say("换一个")
    assert "按键" in texts(told)[-1]
    told = caller.say("13800138000")
    assert told["draft"]["fields"]["contact_phone"] == "13800138000"
    assert "13800138000" in "".join(texts(told)), "numbers are read back at once"
    hidden = Caller(*house, number=None)
    assert texts(hidden.say("朝阳区望京的路灯不亮"))[-1] == load_catalog().fields["contact_phone"].phone


def test_what_was_heard_is_repeated_and_the_next_thing_asked(caller: Caller) -> None:
    caller.say("我在健身房办的卡不给退钱")
    told = caller.say("力美健")
    assert any("力美健" in text for text in texts(told)[:-1])


def test_a_choice_that_was_not_understood_is_asked_with_keys_and_then_a_person_helps(caller: Caller) -> None:
    told = caller.say("我在海淀区上地的力美健健身房办了卡，去年三月交了3680元，想退费")
    while told["asking"] != "merchant_state":
        assert told["asking"] not in (None, "confirm"), texts(told)
        told = caller.say("跳过")
    told = caller.say("嘟嘟嘟")
    assert any("按1" in text for text in texts(told)), texts(told)
    told = caller.say("嘟嘟嘟")
    assert told["state"] == "waiting"
    assert "转人工" in texts(told)[0]
    assert told["draft"]["fields"]["description"]
    back = caller.say(wording.GO_ON)
    assert back["state"] == "bot"
    assert len(texts(back)) > 1, "comes back to the question"


def test_slower_please_asks_again(caller: Caller) -> None:
    before = texts(caller.say("朝阳区望京的路灯不亮"))[-1]
    assert texts(caller.say("慢一点"))[-1] == before
    caller.about["simpler"] = True  # type: ignore[assignment]
    assert texts(caller.say("大声点"))[-1] == before, "a yes or no needs no other words"
