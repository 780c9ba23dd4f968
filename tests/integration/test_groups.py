"""Group cases as the desk counts them: people, not tickets, and what they have lost."""

from pathlib import Path

import pytest

from integrations.announcements import Announcements
from integrations.database import Database, upgrade
from integrations.groups import Groups
from integrations.journal import Journal
from integrations.status import Status
from tests.contract.conftest import Clock
from tests.desks import NAMES, Desks, desks


@pytest.fixture
def here(tmp_path: Path) -> Desks:
    database = Database(f"sqlite:///{tmp_path}/t.db")
    upgrade(database)
    return desks(database, Clock())


def card(here: Desks, phone: str | None, paid: int, **more: object) -> str:
    facts = {
        "topic": "prepaid_refund",
        "merchant": "力美健",
        "merchant_category": "健身",
        "amount_paid": paid,
        "place": "望京",
    }
    return here.file(**{**facts, "contact_phone": phone, **more}).number


def test_people_are_counted_once_with_what_they_lost_and_the_cancelled_not_at_all(here: Desks) -> None:
    groups = Groups(here.database, here.clock, 30, 90)
    card(here, "13800000001", 1000)
    card(here, "13800000001", 1500, merchant="力美健健身房")
    card(here, None, 2000)
    assert groups.cases() == []
    gone = card(here, "13800000003", 9000)
    here.desk.move(gone, Status.CANCELLED, by="test")
    assert groups.cases() == []
    card(here, "13800000004", 500, amount_remaining=300)
    [case] = groups.cases()
    assert (case.topic, case.name, case.people, case.loss) == ("prepaid_refund", "力美健", 3, 1500 + 2000 + 300)


def test_each_change_is_told_as_what_it_was_when_several_wait(here: Desks) -> None:
    number = here.file(street="望京街道", district="朝阳区").number
    here.desk.move(number, Status.ACCEPTED, by="desk")
    here.desk.move(number, Status.DISPATCHED, by="desk")
    here.desk.move(number, Status.IN_PROGRESS, by="desk", note="已派人查看")
    here.desk.add_note(number, "等配件", by="desk")
    here.desk.move(number, Status.RESOLVED, by="desk", note="灯修好了")
    news = Announcements(here.database, NAMES, here.clock)
    assert news.deliver() == {here.desk.get(number).conversation_id}
    assert news.deliver() == set()
    lines = Journal(here.database, here.clock).since(here.desk.get(number).conversation_id, 0)
    day = here.desk.get(number).due_at.astimezone(here.clock().tzinfo)
    latest = f"{day.month}月{day.day}日"
    assert [line.text for line in lines if line.unasked] == [
        f"您的工单已受理，最晚{latest}回复。",
        f"已派给望京街道，最晚{latest}回复。同时派给市城市管理委，由它牵头。",
        "望京街道正在办理。已派人查看。",
        "您的工单有新情况：等配件。",
        "办理单位说已经办好了。灯修好了。过后我来问问您解决了没有。",
    ]
