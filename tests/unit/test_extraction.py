"""Values in free text: amounts, dates, times, names, codes."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intents.catalog import FieldKind
from intents.extraction import extract
from intents.extraction.answers import read_answer
from intents.extraction.counts import find_birth_year
from intents.extraction.dates import find_dates

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def values(text: str, topic: str, asked: str | None = None) -> dict[str, Any]:
    return {name: found.value for name, found in extract(text, NOW, topic, asked).items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("办卡交了3680元", {"amount_paid": 3680}),
        ("交了3680还剩2000", {"amount_paid": 3680, "amount_remaining": 2000}),
        ("充了一万二", {"amount_paid": 12000}),
        ("花了1.2万报的班", {"amount_paid": 12000}),
        ("一万一千九百八买的年卡", {"amount_paid": 11980}),
        ("卡里还有两千多块", {"amount_remaining": 2000}),
        ("充值5000元，余额三千五", {"amount_paid": 5000, "amount_remaining": 3500}),
        ("我交了￥2,999", {"amount_paid": 2999}),
        ("一共交了两万八千块钱", {"amount_paid": 28000}),
        ("打完折8888办的", {"amount_paid": 8888}),
    ],
)
def test_paid_and_remaining_amounts_are_told_apart(text: str, expected: dict[str, int]) -> None:
    found = values(text, "prepaid_refund")
    assert {k: v for k, v in found.items() if k.startswith("amount")} == expected


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("欠我工资两万四", 24000),
        ("三个月没发工资了一共是15600元", 15600),
        ("老板还差我们八千块没给", 8000),
        ("拖欠工程款和工资共计12.5万元", 125000),
    ],
)
def test_an_amount_owed_is_not_an_amount_paid(text: str, amount: int) -> None:
    found = values(text, "unpaid_wages")
    assert found["amount_owed"] == amount


@pytest.mark.parametrize(
    ("text", "date", "precision"),
    [
        ("去年三月份办的卡", "2025-03", "month"),
        ("上个月办的", "2026-10", "month"),
        ("今年6月12号交的钱", "2026-06-12", "day"),
        ("2025年9月1日签的", "2025-09-01", "day"),
        ("前天晚上办的", "2026-11-21", "day"),
        ("前年买的", "2024", "year"),
        ("我20号在力美健办的卡", "2026-11-20", "day"),
        ("25号下午办的卡，第二天就关门", "2026-10-25", "day"),
    ],
)
def test_dates_are_normalised_with_their_precision(text: str, date: str, precision: str) -> None:
    found = extract(text, NOW, "prepaid_refund")["paid_on"]
    assert str(found.value).startswith(date)
    assert found.precision in (precision, "hour")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("我电话是幺三八零零零零五六七八", "contact_phone", "13800005678"),
        ("联系我138 0000 1234", "contact_phone", "13800001234"),
        ("座机010-64738888", "contact_phone", "01064738888"),
        ("家里座机6352 1188", "contact_phone", "63521188"),
        ("他手机15811112222 我的是13911113333 打我的", "contact_phone", "13911113333"),
        ("车牌京A12345的车天天堵门", "plate", "京A12345"),
        ("大概有二十多个工友", "people_affected", 20),
        ("没签合同", "has_contract", False),
        ("签了劳动合同的", "has_contract", True),
        ("一共五个人被欠", "people_affected", 5),
    ],
)
def test_codes_counts_and_contracts(text: str, name: str, value: Any) -> None:
    topic = "parking" if name == "plate" else "unpaid_wages"
    assert values(text, topic).get(name) == value


@pytest.mark.parametrize(
    ("text", "topic", "name", "value"),
    [
        ("力美健望京店关门了", "prepaid_refund", "merchant", "力美健望京店"),
        ("北京宏达建筑公司拖欠我工资", "unpaid_wages", "employer", "北京宏达建筑公司"),
        ("在拼多多上买的手机是假的", "online_purchase", "platform", "拼多多"),
        ("垡头社区卫生服务中心没有药", "community_clinics", "institution", "垡头社区卫生服务中心"),
        ("店名叫小丽美发，不给退", "prepaid_refund", "merchant", "小丽美发"),
    ],
)
def test_names_are_found(text: str, topic: str, name: str, value: str) -> None:
    assert value in str(values(text, topic).get(name))


@pytest.mark.parametrize("text", ["一家健身房不退钱", "楼下的理发店跑路了", "有个培训机构不退费"])
def test_a_generic_word_is_no_name(text: str) -> None:
    assert "merchant" not in values(text, "prepaid_refund")


@pytest.mark.parametrize(
    ("text", "topic", "name", "value"),
    [
        ("老板跑路了，电话也联系不上", "prepaid_refund", "merchant_state", "失联"),
        ("不是健身房，是美容院", "prepaid_refund", "merchant_category", "美容美发"),
        ("路灯整条街都不亮", "street_lights", "issue_kind", "不亮"),
        ("卖家不给退款", "online_purchase", "issue_kind", "不退款"),
        ("通道里全是积水", "underpass_maintenance", "issue_kind", "积水"),
        ("楼上漏水", "housing_use", "issue_kind", "漏水"),
    ],
)
def test_choices_are_recognised_in_the_story(text: str, topic: str, name: str, value: str) -> None:
    assert values(text, topic).get(name) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("每天凌晨两点", "每天 02:00"),
        ("晚上十点以后", "22:00以后"),
        ("早高峰的时候", "早高峰"),
        ("一到半夜就开始", "半夜"),
    ],
)
def test_times_of_day_are_found(text: str, words: str) -> None:
    assert words in str(values(f"{text}特别吵", "construction_noise")["time_of_day"])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天去看已经关门了，前天交的钱", "2026-11-21"),
        ("前天办的卡，昨天关门了", "2026-11-21"),
    ],
)
def test_of_several_days_the_one_counts_on_which_it_was_done(text: str, day: str) -> None:
    assert extract(text, now=NOW, topic="prepaid_refund")["paid_on"].value == day


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("我想想啊 我电话是138 后面我念慢点 1234 5678", "13812345678"),
        ("那就留我的吧 010-63001234", "01063001234"),
    ],
)
def test_a_number_that_was_asked_for_may_stand_in_a_sentence(text: str, number: str) -> None:
    assert extract(text, now=NOW, topic="street_lights", asked="contact_phone")["contact_phone"].value == number


@pytest.mark.parametrize(
    ("text", "lasting"),
    [
        ("垃圾堆了快一个礼拜", "1周"),
        ("已经有十来天没人收了", "超过10天"),
        ("堆了四五天没人管", "4天"),
        ("不收有两三个月了", "2个月"),
        ("停了好些天", "长期"),
    ],
)
def test_how_long_it_has_lasted_is_told_before_or_after(text: str, lasting: str) -> None:
    assert values(text, "garbage_collection")["duration"] == lasting


def test_a_long_number_alone_is_an_order_and_no_part_of_it_a_telephone() -> None:
    found = extract("250611 8837 2210 4456", now=NOW, topic="online_purchase", asked="contact_phone")
    assert found["order_number"].value == "250611883722104456"
    assert "contact_phone" not in found


@pytest.mark.parametrize("text", ["每两天才收一次", "8月3日没收", "一个星期收一次"])
def test_how_often_and_when_are_no_duration(text: str) -> None:
    assert "duration" not in values(text, "garbage_collection")


def test_the_day_on_which_a_shop_closed_is_not_when_it_was_paid() -> None:
    assert "paid_on" not in extract("昨天就关门了", now=NOW, topic="prepaid_refund")


def test_what_a_citizen_gropes_for_is_no_name() -> None:
    found = extract("那个健身房叫什么来着，跃动健身", now=NOW, topic="prepaid_refund")
    assert found["merchant"].value == "跃动健身"
    assert "merchant" not in extract("那家店叫什么来着我忘了", now=NOW, topic="prepaid_refund")


@pytest.mark.parametrize("text", ["建国路20号办公楼", "20号楼漏水", "3号线太吵", "每月20号开始排队"])
def test_a_number_of_a_house_or_a_line_is_no_day(text: str) -> None:
    assert not list(find_dates(text, NOW))


def test_the_day_alone_answers_when() -> None:
    assert values("20号", "prepaid_refund", "paid_on")["paid_on"] == "2026-11-20"


def test_together_is_no_sum_and_never_mind_no_name() -> None:
    assert "amount_owed" not in values("老板一分钱没给 我们一块儿二十多个人呢", "unpaid_wages")
    assert values("饭卡里还有三块钱", "prepaid_refund")["amount_remaining"] == 3
    assert "contact_name" not in values("不想说名字 我叫啥不重要 打我电话就行", "unpaid_wages")


@pytest.mark.parametrize("text", ["", "？", "。。。"])
def test_an_answer_of_nothing_names_nothing(text: str) -> None:
    assert read_answer(text, FieldKind.MERCHANT, NOW) is None


def test_a_year_in_which_a_child_did_something_is_not_the_year_it_was_born() -> None:
    assert find_birth_year("2025年孩子没摇上号", NOW) is None
    assert find_birth_year("2022年8月底出生", NOW) is not None
