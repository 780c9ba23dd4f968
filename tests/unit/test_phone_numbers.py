"""The caller's number: whatever a trunk gives, one that can be dialled back, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.phone.caller import HIDDEN, clean_name, normalise
from intents.extraction.codes import find_phones


@pytest.mark.parametrize(
    ("given_number", "number"),
    [
        ("13812345678", "13812345678"),
        ("+8613812345678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("013812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ('"13812345678"', "13812345678"),
        ("sip:13812345678@10.0.0.1:5060", "13812345678"),
        ("tel:+86-138-1234-5678;ext=2", "13812345678"),
        ("62345678", "01062345678"),
        ("01062345678", "01062345678"),
        ("010-62345678", "01062345678"),
        ("(010) 6234 5678", "01062345678"),
        ("010-62345678-801", "01062345678"),
        ("01062345678,801", "01062345678"),
        ("62345678转801", "01062345678"),
        ("01062345678 ext. 801", "01062345678"),
        ("+861062345678", "01062345678"),
        ("8601062345678", "01062345678"),
        ("+862151234567", "02151234567"),
        ("021-61234567", "02161234567"),
        ("0755-82345678", "075582345678"),
        ("075512345678", None),
        ("4008123123", "4008123123"),
        ("+85221234567", "+85221234567"),
        ("0085221234567", "+85221234567"),
        ("+14155550100", "+14155550100"),
        ("1001", None),
        ("12345", None),
        ("00", None),
        ("+", None),
        (None, None),
        ("1" * 5000, None),
    ],
)
def test_what_trunks_give_becomes_a_number_to_call(given_number: str | None, number: str | None) -> None:
    assert normalise(given_number) == number


def test_what_says_that_there_is_no_number_is_none() -> None:
    for word in HIDDEN:
        assert normalise(word) is None
        assert normalise(f"sip:{word.title()}@anonymous.invalid") is None
        assert clean_name(word.upper()) is None
    assert normalise("") is None


@given(st.text(max_size=60) | st.from_regex(r"\+?[0-9 \-()]{0,20}", fullmatch=True))
def test_anything_is_a_number_that_the_dialog_takes_or_none_and_a_number_stays_itself(text: str) -> None:
    number = normalise(text)
    if number is None:
        return
    assert normalise(number) == number
    assert number.startswith("+") or next(find_phones(number)).value == number


def test_names_lose_what_cannot_be_read() -> None:
    assert clean_name('"王\x00伟"') == "王伟"
    assert clean_name("13812345678") is None
    assert clean_name(None) is None
