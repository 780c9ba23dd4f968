"""A yes or a no that was misheard."""

import pytest

from intents.extraction.acts import find_acts
from intents.extraction.short_answers import ANSWERS, short_answer


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("号的", "好的"), ("事的", "是的"), ("布用", "不用"), ("同一", "同意"), ("梅有", "没有"), ("堆", "对")],
)
def test_what_sounds_like_an_answer_is_one(heard: str, meant: str) -> None:
    assert short_answer(heard) == meant


@pytest.mark.parametrize("told", ["路灯不亮", "望京", "人工", "匿名", "", "abc", "13800001234"])
def test_anything_else_is_left_as_it_is(told: str) -> None:
    assert short_answer(told) == told


def test_no_answer_sounds_like_its_opposite() -> None:
    assert all(short_answer(answer) == answer for answer in ANSWERS)


def test_every_answer_is_a_yes_or_a_no_to_the_dialog_too() -> None:
    kinds = {answer: {act.kind for act in find_acts(answer)} for answer in ANSWERS}
    unknown = {answer for answer, acts in kinds.items() if not acts & {"affirm", "deny", "cancel", "skip"}}
    # What answers only the telephone's own questions, and what only a field with 有 or 没有 asks for.
    assert unknown == {"有", "不同意", "不录", "不录音"}
