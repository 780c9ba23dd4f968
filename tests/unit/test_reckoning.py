"""Sums that follow only by reckoning."""

import pytest

from intents.extraction.amounts import find_amounts

CARDS = [
    ("报了五十节课七千五，上了二十节换了地方", 4500),
    ("充了3000，说好60一次，洗了10次就关门了", 2400),
    ("年初买的30节6600，还剩10节没上", 2200),
    ("储了五千，刷掉1800，店搬走了", 3200),
]
WAGES = [
    ("说好一天260，我干了30天，中间给过2000块生活费，剩下的到现在没给", 5800),
    ("一共该给四万二，过年给了一万，剩下的就拖着", 32000),
    ("六月的5200和七月的4800都没发", 10000),
    ("一个月3000干了4个月，就给了5000，余下的说月底结", 7000),
    ("拖我三月四月工资各6000", 12000),
    ("今年五六七三个月没开工资，一个月四千", 12000),
    ("1至3月工资未发，月薪5000元", 15000),
    ("11至2月工资未发，月薪5000元", 20000),
    ("没给我个人的是两万三左右不对两万三千四", 23400),
    ("他欠我们工钱一共二十万，后来说给了一万", 200000),
]
LAND = [
    ("占了我家三亩地，一亩补两万，就给了一万，剩下的没下文", 50000),
    ("核定补偿90000元，已领3万元，余款没到", 60000),
    ("分红每人2600，我和我女儿没有", 5200),
]
PAID = [
    ("prepaid_refund", "先充了两千，后来又充了三千", 5000),
    ("estate_agents", "房子总价200万，中介费付了三万", 30000),
    ("estate_agents", "付了定金2万元及服务费5000元", 25000),
    ("online_purchase", "标价9800，讲下来2600，是假的", 2600),
    ("online_purchase", "付了76.8，一直不发货", 76.8),
]


@pytest.mark.parametrize(("text", "left"), CARDS)
def test_what_is_left_of_a_card(text: str, left: int) -> None:
    assert find_amounts(text, "prepaid_refund")["amount_remaining"].value == left


@pytest.mark.parametrize(("text", "owed"), WAGES)
def test_what_is_owed_of_wages(text: str, owed: int) -> None:
    assert find_amounts(text, "unpaid_wages")["amount_owed"].value == owed


@pytest.mark.parametrize(("text", "owed"), LAND)
def test_what_a_village_owes(text: str, owed: int) -> None:
    assert find_amounts(text, "villager_benefits")["amount_owed"].value == owed


@pytest.mark.parametrize(("topic", "text", "paid"), PAID)
def test_what_was_paid(topic: str, text: str, paid: float) -> None:
    assert find_amounts(text, topic)["amount_paid"].value == paid


@pytest.mark.parametrize(
    "text", ["我妈洗碗的，身上就剩200块", "买过几十块的东西", "上车就走，十块钱一位", "打114查不到车主"]
)
def test_what_is_no_sum_of_the_complaint(text: str) -> None:
    assert find_amounts(text, "unlicensed_ev") == {}


def test_what_was_reckoned_is_told_less_surely_than_what_was_said() -> None:
    assert find_amounts("报了五十节课七千五，上了二十节", "prepaid_refund")["amount_remaining"].confidence < 1
