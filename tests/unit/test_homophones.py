"""Names that were misheard are read as what they sound like; words that only sound like a name are left alone."""

import pytest

from bench.homophones import shares
from intents.gazetteer.homophones import repair


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("我在会龙关东大街", "我在回龙观东大街"),
        ("朝阳区王京西园四区", "朝阳区望京西园四区"),
        ("天统苑北一区的路灯", "天通苑北一区的路灯"),
        ("住在海电区", "住在海淀区"),
        ("风台区马家堡", "丰台区马家堡"),
        ("一庄经济开发区", "亦庄经济开发区"),
    ],
)
def test_a_misheard_name_is_put_right(heard: str, meant: str) -> None:
    assert repair(heard).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "去年十月楼上重新装修卫生间",
        "麻烦镇上来看看",
        "房屋已被法院查封",
        "我们小区门口垃圾没人清",
        "济南市历下区全城路",
    ],
)
def test_what_only_sounds_like_a_name_is_left_alone(text: str) -> None:
    assert repair(text).text == text


def test_a_repair_keeps_every_other_character_in_its_place() -> None:
    mended = repair("那个我在会龙关那个地铁站门口")
    assert len(mended.text) == len("那个我在会龙关那个地铁站门口")
    assert [(r.heard, r.names) for r in mended.repairs] == [("会龙关", ("回龙观",))]


def test_a_name_that_may_be_either_of_two_is_doubtful() -> None:
    (doubt,) = repair("时家赢那个路口").repairs
    assert set(doubt.names) == {"史家营", "石家营"}


def test_names_besides_the_gazetteers_are_known_by_their_sound_too() -> None:
    assert repair("力美建不退钱", ("力美健",)).text == "力美健不退钱"


def test_most_misheard_places_are_found_again() -> None:
    found = shares()
    for name in ("district", "street"):
        _, misheard, repaired = found[name]
        assert repaired > 0.78
        assert repaired > misheard + 0.4
