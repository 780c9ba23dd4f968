"""Letters, clerks' notes, and what other cities' hotlines are told."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.understand import classifier_of
from intents.classifier.letters import FRAME, read_frames
from intents.extraction import extract
from intents.gazetteer import find_places

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("健身房办的年卡，店关门了，剩下的钱不给退", "prepaid_refund"),
        ("老板拖欠我们三个月工资一直不发", "unpaid_wages"),
        ("楼门口的路灯坏了半个月，晚上一片漆黑", "street_lights"),
        ("消防通道天天停满私家车，救护车进不来", "fire_lane_parking"),
        ("暖气不热，屋里只有十四度", "other"),
    ],
)
def test_a_letters_frame_changes_no_topic(text: str, topic: str, model: Path) -> None:
    classifier, frames, chance = classifier_of(model), read_frames(), random.Random(1)
    for _ in range(5):
        assert classifier.topics(frames.around(text, chance))[0].label == topic


def test_a_frame_is_no_topic(model: Path) -> None:
    classifier = classifier_of(model)
    assert FRAME not in classifier.topic.labels
    assert classifier.topics("尊敬的领导：您好！打扰了，恳请领导在百忙之中予以关注，谢谢！")[0].confidence < 0.8


def test_every_frame_is_filled() -> None:
    assert not [sentence for sentence in read_frames().alone(random.Random(2)) if "{" in sentence]


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("去年底在悦泉汤浴办的储值卡，存了六千", "prepaid_refund", {"merchant": "悦泉汤浴", "amount_paid": 6000}),
        ("通过安居优寓租房，押一付三共支付7500元", "estate_agents", {"merchant": "安居优寓", "amount_paid": 7500}),
        ("理发店冲了两千，还剩一千三百六", "prepaid_refund", {"amount_paid": 2000, "amount_remaining": 1360}),
        ("要求退还剩余的21000元", "prepaid_refund", {"amount_remaining": 21000}),
        ("应该给我家四万五，只给了一万三，还欠三万二", "villager_benefits", {"amount_owed": 32000}),
        ("最后一个月的工资6480块一直压着，离职一个半月了", "unpaid_wages", {"amount_owed": 6480}),
        (
            "从2024年8月到12月一共欠三十八万六",
            "unpaid_wages",
            {"period_owed": "2024-08/2024-12", "amount_owed": 386000},
        ),
        ("一个月工资5000现在欠了三个月了", "unpaid_wages", {"period_owed": "3个月", "amount_owed": 15000}),
        ("给包工头刘大庆干活的，还差我一万三", "unpaid_wages", {"employer": "刘大庆", "amount_owed": 13000}),
        (
            "我们是博睿思教育科技有限公司的老师，老板王某还在晒新车",
            "unpaid_wages",
            {"employer": "博睿思教育科技有限公司"},
        ),
        ("昌平颐和老年公寓，入院押金五万", "nursing_homes", {"institution": "昌平颐和老年公寓", "amount_paid": 50000}),
        ("买的冰箱，4299，制冷声像拖拉机", "online_purchase", {"amount_paid": 4299}),
    ],
)
def test_names_and_sums_of_letters(text: str, topic: str, expected: dict[str, Any]) -> None:
    found = extract(text, NOW, topic)
    assert {name: found[name].value if name in found else None for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "topic", "name"),
    [
        ("楼下海鲜酒楼的风机太吵", "commercial_noise", "merchant"),
        ("该找航空公司还是找平台", "online_purchase", "merchant"),
        ("我在拼多多上买了一箱车厘子", "online_purchase", "merchant"),
        ("孩子想学编程，归谁管", "training_institutions", "merchant"),
        ("直播公司拖着提成不给", "unpaid_wages", "employer"),
    ],
)
def test_a_kind_of_shop_is_no_name(text: str, topic: str, name: str) -> None:
    assert name not in extract(text, NOW, topic)


@pytest.mark.parametrize(
    ("text", "village"),
    [
        ("来电人反映下窑村进村道路坑洼", "下窑村"),
        ("我嫁到外村十二年，户口没有迁出高楼村", "高楼村"),
        ("我们小营村的账要查村主任", "小营村"),
        ("去年村里说替我们统一缴", None),
    ],
)
def test_only_a_named_village_is_one(text: str, village: str | None) -> None:
    found = find_places(text).village
    assert (found.value if found else None) == village


@pytest.mark.parametrize(
    ("text", "district", "place"),
    [
        ("来电人反映朝阳区东坝中路路面破损严重", "朝阳区", "东坝中路"),
        ("大货车白天闯禁行，东四环四惠桥上一串", "朝阳区", "东四环四惠桥上"),
        ("A市K3县的建国门外大街路灯不亮", None, None),
        ("投诉城关区天水北路的汽修厂", None, "城关区天水北路"),
        ("订单号二七六五三三八八九九零零一", None, None),
    ],
)
def test_where_a_letter_says_it_is(text: str, district: str | None, place: str | None) -> None:
    found = find_places(text)
    assert (found.district.value if found.district else None) == district
    if place:
        assert found.place is not None
        assert place in found.place.value or found.place.value in place
