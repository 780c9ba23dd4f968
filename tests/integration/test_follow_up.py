"""Whole follow-ups with the real Rasa and the real database, from the resolving to the citizen's last word."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.followup import follow_ups_of
from config.settings import Settings
from integrations.announcements import Announcements
from integrations.database import Database
from integrations.followup import FollowUps
from integrations.followup_tables import FollowUpRow
from integrations.status import Status
from integrations.timelines import timelines
from tests.conftest import NOW, Talker
from tests.desks import NAMES

TALKS = Path(__file__).parent.parent / "transcripts" / "follow_up" / "talks.yml"
LONGEST_QUESTION = 50


def talks() -> list[Any]:
    documents = yaml.safe_load_all(TALKS.read_text(encoding="utf-8"))
    return [pytest.param(document, id=document["name"]) for document in documents]


class Office:
    """Another process on the same database: it resolves tickets and asks back, two days later."""

    def __init__(self, home: Path) -> None:
        settings = Settings(home=home, quiet_hours="", _env_file=None)  # type: ignore[call-arg]
        self.database = Database(settings.database)
        self.now = NOW
        self.follow_ups: FollowUps = follow_ups_of(settings, self.database, lambda: self.now)
        self.announcements = Announcements(self.database, NAMES, lambda: self.now, self.follow_ups)

    def resolve(self, citizen: Talker, number: str) -> None:
        for status in (Status.ACCEPTED, Status.DISPATCHED, Status.RESOLVED):
            citizen.door.desk.move(number, status, by="市城市管理委", note="")
        self.announcements.deliver()

    def ask(self) -> None:
        self.now = self.now + timedelta(days=2)
        self.follow_ups.step()

    def row(self, number: str) -> FollowUpRow:
        with self.database.reading() as session:
            return session.query(FollowUpRow).filter_by(ticket=number).order_by(FollowUpRow.id.desc()).first()  # type: ignore[return-value]


@pytest.fixture
def office(home: Path) -> Any:
    made = Office(home)
    yield made
    made.database.engine.dispose()


def filed(citizen: Talker) -> str:
    citizen.say("朝阳区将台乡的路灯不亮")
    for _ in range(6):
        told = citizen.say("匿名")
        if told["asking"] in ("confirm", "join"):
            break
    told = citizen.say("另开新工单") if told["asking"] == "join" else told
    number: str = citizen.say("对，提交")["ticket"]["number"]
    return number


@pytest.mark.parametrize("golden", talks())
def test_a_follow_up_ends_in_the_answers_that_it_states(
    citizen: Talker, office: Office, golden: dict[str, Any]
) -> None:
    number = filed(citizen)
    office.resolve(citizen, number)
    office.ask()
    asked = citizen.door.journal.since(citizen.id, 0)[-1]
    assert asked.text == "办理单位联系过您吗？"
    assert [button["title"] for button in asked.payload["buttons"]] == ["联系过", "没联系"]
    said, asks, told = [], [], {}
    for line in [*golden["say"], *golden.get("then", ())]:
        told = citizen.say(line)
        asks.append(told["asking"])
        for reply in told["replies"]:
            said.append(reply["text"])
            if reply["text"].endswith("？"):
                assert len(reply["text"]) <= LONGEST_QUESTION
    story = "\n".join(said)
    if "asks" in golden:
        expected = [*golden["asks"], *([None] * len(golden.get("then", ())))]
        assert asks == [None if ask is None else ask for ask in expected], story
    for phrase in golden.get("replies", ()):
        assert phrase in story, story
    row = office.row(number)
    for question, value in golden["answers"].items():
        assert getattr(row, question) == value, f"{question}\n{story}"
    ticket = citizen.door.desk.get(number)
    if "status" in golden:
        assert ticket.status == golden["status"], story
    if "note" in golden:
        assert any(golden["note"] in step.note for step in ticket.history)
    if "draft" in golden:
        assert told["draft"]["topic"] == golden["draft"], story
    assert told["state"] == golden.get("state", "bot")


def test_the_follow_up_is_asked_again_after_the_new_complaint_and_the_operator_sees_both_sides(
    citizen: Talker, office: Office
) -> None:
    number = filed(citizen)
    office.resolve(citizen, number)
    office.ask()
    citizen.say("海淀区上地的健身房关门了，办的卡不给退钱")
    assert office.row(number).solved is None
    citizen.say("算了不投诉了")
    office.now += timedelta(days=3)
    office.follow_ups.step()
    lines = [line.text for line in citizen.door.journal.since(citizen.id, 0)]
    assert any("还想请您答一下" in line for line in lines)
    told = citizen.say("没人联系过我，灯也没修")
    assert told["asking"] == "satisfied"
    both = timelines(office.database, number)
    assert [moment.by for moment in both["unit"]] == ["市城市管理委"] * 3
    whats = [moment.what for moment in both["citizen"]]
    assert "回访：没有解决" in whats
    assert "重新办理" in whats
    assert any(moment.words == "没人联系过我，灯也没修" for moment in both["citizen"])
