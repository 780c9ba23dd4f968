"""Phones are hidden wherever they stand; what is no phone stays."""

import pytest

from integrations.masking import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13800005678谢谢", "电话138****5678谢谢"),
        ("138 0000 5678", "138****5678"),
        ("138-0000-5678", "138****5678"),
        ("幺三八零零零零五六七八", "幺三八****五六七八"),
        ("一三八，零零零零，五六七八", "一三八****五六七八"),
        ("010-64391234", "010****1234"),
        ("打64391234找我", "打64****34找我"),
        ("１３８００００５６７８", "１３８****５６７８"),
    ],
)
def test_a_phone_is_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "工单 1223 9947 3964",
        "122399473964",
        "3680000元",
        "2024年3月11日",
        "20240311",
        "110105199001011234",
        "三千六百八十",
    ],
)
def test_what_is_no_phone_stays(text: str) -> None:
    assert masked(text) == text
