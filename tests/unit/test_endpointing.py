"""When somebody has finished: by their words, and by how they speak."""

import pytest

from asr.endpointing import Endpointing

FRAME = 0.032


def silence_until_end(text: str, ends: Endpointing | None = None) -> float:
    """Seconds of silence after these words until the end."""
    ends = ends or Endpointing()
    for _ in range(20):
        ends.step(True, FRAME, text)
    waited = 0.0
    while not ends.step(False, FRAME, text):
        waited += FRAME
        assert waited < 5
    return waited


@pytest.mark.parametrize(
    "text",
    ["是的", "对", "嗯对", "没有", "不知道", "转人工", "第二个", "幺三八零零幺三八零零零", "一二二三九九四七三九六四"],
)
def test_a_complete_answer_ends_at_once(text: str) -> None:
    assert silence_until_end(text) < 0.4


@pytest.mark.parametrize(
    ("said", "ends_soon"),
    [
        ("我的电话是幺三八零零幺三八零零零", True),
        ("一二二三九九四七三九六", False),
        ("一二二三九九四七三九六四", True),
        ("幺三八零零幺三八零零", False),
        ("三千六百八十元", True),
    ],
)
def test_a_number_is_the_end_when_it_is_complete(said: str, ends_soon: bool) -> None:
    """Eleven digits are a whole mobile number, but not a whole ticket number."""
    assert (silence_until_end(said) < 0.7) is ends_soon


@pytest.mark.parametrize("text", ["我住在", "朝阳区望京街道", "那个", "幺三八零零", "因为", "在学院路", "我要投诉的是"])
def test_a_pause_inside_an_address_or_a_number_is_not_the_end(text: str) -> None:
    assert silence_until_end(text) >= 1.4


def test_a_usual_sentence_ends_after_a_usual_pause() -> None:
    assert 0.6 < silence_until_end("小区门口的路灯不亮") < 0.9


def test_whoever_pauses_long_is_given_longer() -> None:
    ends = Endpointing()
    for _ in range(3):
        for _ in range(20):
            ends.step(True, FRAME, "小区门口")
        for _ in range(20):
            assert not ends.step(False, FRAME, "小区门口的路灯")
    ends.again()
    assert silence_until_end("小区门口的路灯不亮", ends) > 0.8


def test_silence_before_the_first_word_is_no_end() -> None:
    ends = Endpointing()
    assert not any(ends.step(False, FRAME, "") for _ in range(1000))
