"""The seven-day right by the calendar, and names that are the same."""

from datetime import date, datetime

import pytest

from integrations.groups import about, loss, normalised
from integrations.rights import cooling_off, was_used
from integrations.zone import BEIJING

NOW = datetime(2026, 11, 24, 10, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("paid_on", "story", "left"),
    [
        ("2026-11-24", "今天办的卡", 7),
        ("2026-11-20", "一次都没去过", 3),
        ("2026-11-17", "", 0),
        ("2026-11-16", "一次没用过", None),
        ("2026-11-20", "去了两次", None),
        ("2026-11", "没用过", None),
        ("2026", "", None),
        (None, "", None),
        ("2026-12-01", "", None),
    ],
)
def test_the_right_holds_while_days_are_left_and_the_card_is_unused(
    paid_on: str | None, story: str, left: int | None
) -> None:
    right = cooling_off(paid_on, story, NOW)
    assert (right.days_left if right else None) == left


def test_the_refund_is_due_five_days_after_the_request() -> None:
    right = cooling_off("2026-11-20", "", NOW)
    assert right is not None
    assert (right.last_day, right.refund_by, right.used) == (date(2026, 11, 27), date(2026, 11, 29), None)


@pytest.mark.parametrize(
    ("story", "used"),
    [
        ("办了卡一次都没用过", False),
        ("还没去上过课", False),
        ("上了三节课", True),
        ("洗了两次车", True),
        ("办了张卡", None),
    ],
)
def test_a_story_says_whether_the_card_was_used(story: str, used: bool | None) -> None:
    assert was_used(story) is used


def test_a_card_from_which_something_is_gone_was_used() -> None:
    assert cooling_off("2026-11-20", "", NOW, 3000, 1200) is None
    unused = cooling_off("2026-11-20", "", NOW, 3000, 3000)
    assert unused is not None
    assert unused.used is False


def test_a_trade_makes_no_other_merchant() -> None:
    assert {normalised(n) for n in ("力美健", "力美健健身房", "力美健健身中心", "力美健（望京店）")} == {"力美健"}
    assert normalised("美力健身") != normalised("美力美容")
    assert (
        about("garbage_collection", {"place": "望京花园小区", "district": "朝阳区"})
        == "garbage_collection|朝阳区|望京花园小区"
    )


def test_a_merchant_is_the_same_however_it_is_written() -> None:
    names = ("北京美力健身有限公司", "美力健身（望京店）", "美力 健身", "美力健身")
    assert {normalised(name) for name in names} == {"美力健身"}
    assert about("prepaid_refund", {"merchant": "美力健身", "district": "朝阳区"}) == "prepaid_refund||美力健身"
    assert about("street_lights", {"place": "青年路", "district": "朝阳区"}) == "street_lights|朝阳区|青年路"
    assert about("other", {"description": "事"}) is None
    assert loss({"amount_paid": 3000, "amount_remaining": 1200}) == 1200
