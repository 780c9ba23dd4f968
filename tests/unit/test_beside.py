"""Names that nothing but their neighbours tells."""

import pytest

from intents.extraction.beside import beside
from intents.gazetteer import find_places


def named(text: str, kind: str = "merchant", *, required: bool = True) -> str | None:
    place = find_places(text).place
    found = beside(text, kind, [place] if place else [], required=required)
    if found is not None:
        assert text[found.start : found.end] == found.raw
    return str(found.value) if found else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("劲松农光里的小鹿蹦蹦，卡里还有三百", "小鹿蹦蹦"),
        ("牛街铁锅李贴条关张了", "铁锅李"),
        ("在“悠然一夏”办的卡，剪了两回", "悠然一夏"),
        ("招牌写的是“向阳花托管”，其实在补课", "向阳花托管"),
        ("那个酒吧叫什么来着金孔雀对金孔雀天天吵", "金孔雀"),
        ("优居公社（太阳宫夏家园旁边那家）收了我定金", "优居公社"),
        ("暖窝公寓扣着我押金不给", "暖窝公寓"),
    ],
)
def test_a_shop_is_known_by_what_stands_beside_it(text: str, name: str) -> None:
    assert named(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "劲松农光里路灯坏了",
        "客服只会说“请您耐心等待”",
        "要加“特殊护理费”一千五",
        "我是西城区牛街的老住户",
        "望京西园四区",
        "店里“专家团队”都是假的",
    ],
)
def test_what_is_no_name_names_no_shop(text: str) -> None:
    assert named(text) is None


def test_whoever_can_be_done_without_is_named_in_quotes_or_not_at_all() -> None:
    assert named("牛街铁锅李贴条关张了", required=False) is None
    assert named("楼下“夜归人”酒吧放歌到两点", required=False) == "夜归人"


def test_an_employer_is_known_by_the_work() -> None:
    assert named("我在一个饭店洗碗的叫川香阁一个月四千", "employer") == "川香阁"
    assert named("给商场当保安 国安卫的 工资没发", "employer") == "国安卫"


@pytest.mark.parametrize("text", ["工体西路KTV低音炮吵", "国贸CBD那边天天吵"])
def test_letters_for_what_many_are_name_nobody(text: str) -> None:
    assert named(text) is None
