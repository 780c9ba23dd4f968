"""What citizens answer to a follow-up, in their own words."""

import pytest

from intents.extraction.follow_up import CHOICES, QUESTIONS, read_follow_up, rest

SAID = [
    ("联系了但没解决", None, {"contacted": "yes", "solved": "no"}),
    ("还行吧", "satisfied", {"satisfied": "fair"}),
    ("解决了一半", "solved", {"solved": "partly"}),
    ("没联系，也没解决，很不满意", None, {"contacted": "no", "solved": "no", "satisfied": "no"}),
    ("有人打过电话，修好了，挺满意的", None, {"contacted": "yes", "solved": "yes", "satisfied": "yes"}),
    ("他们说解决了，其实没有修", None, {"solved": "no"}),
    ("说是修好了但还是漏水", "solved", {"solved": "no"}),
    ("第一次没解决，后来解决了", None, {"solved": "yes"}),
    ("来过一次，看了一眼就走了，没动静", None, {"contacted": "yes", "solved": "no"}),
    ("亮了，谢谢你们", None, {"solved": "yes"}),
    ("没完全解决", None, {"solved": "partly"}),
    ("钱退了一半", "solved", {"solved": "partly"}),
    ("不是很满意", "satisfied", {"satisfied": "no"}),
    ("态度挺好，就是没修", None, {"satisfied": "yes", "solved": "no"}),
    ("物业来看过了，说下周修", "contacted", {"contacted": "yes"}),
    ("没接到电话", "contacted", {"contacted": "no"}),
    ("第二个", "solved", {"solved": "partly"}),
    ("没有", "contacted", {"contacted": "no"}),
    ("没有", "solved", {"solved": "no"}),
    ("没有", "remark", {"remark": "no"}),
    ("嗯", "satisfied", {"satisfied": "yes"}),
    ("没有", None, {}),
    ("好的", None, {}),
    ("什么时候能解决", None, {}),
    ("我联系了物业", None, {}),
    ("小区停水了", None, {}),
    ("希望尽快解决", "remark", {}),
]


@pytest.mark.parametrize(("text", "asked", "expected"), SAID)
def test_an_answer_is_read(text: str, asked: str | None, expected: dict[str, str]) -> None:
    assert {name: found.value for name, found in read_follow_up(text, asked).items()} == expected


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_button_means_what_it_says(question: str) -> None:
    for title, value in CHOICES[question].items():
        assert read_follow_up(title, question)[question].value == value


def test_what_goes_beyond_the_answers_is_left_over() -> None:
    text = "没解决，楼道口那盏灯一到晚上就灭"
    assert "楼道口" in rest(text, read_follow_up(text, None))
    assert not rest("联系了但没解决", read_follow_up("联系了但没解决", None))
