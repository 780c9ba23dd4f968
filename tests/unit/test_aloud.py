"""The telephone's wording: short, speakable, complete; nobody reads buttons aloud."""

import re
from itertools import combinations

import pytest

from asr.reading import as_read
from bot.channels.phone import words
from dialog.actions import aloud, wording
from dialog.actions.questions import asked_aloud
from intents.catalog import FieldKind, load_catalog
from intents.extraction.acts import find_acts

CATALOG = load_catalog()
SEEN = re.compile(r"下面|点一|按钮|发给我|发我|上传|打字|屏幕|图标|看看|页面")
"""Words of something that can be seen or touched."""

FIELDS = [(topic.id, field) for topic in CATALOG.topics.values() for field in topic.fields.values()]
TOLD = {
    *(asked_aloud(field, again=again) for _, field in FIELDS for again in (False, True)),
    *aloud.sentences(),
    *words.sentences(),
    words.ASK_RESUME.format(max((aloud.spoken(topic.short) for topic in CATALOG.topics.values()), key=len)),
    CATALOG.fields["topic"].phone_again,
}


@pytest.mark.parametrize("text", sorted(TOLD))
def test_what_is_asked_by_telephone_is_short_and_points_at_nothing(text: str) -> None:
    assert len(text) <= aloud.LONGEST
    assert not SEEN.search(text), text
    assert not re.search(r"[A-Za-z0-9]", as_read(text).replace("Telegram", "")), "a voice would spell it"


def test_every_choice_asked_again_tells_each_option_with_its_key() -> None:
    for topic, field in FIELDS:
        if field.kind is FieldKind.CHOICE:
            told = asked_aloud(field, again=True)
            for n, option in enumerate(field.options, 1):
                assert f"{option}按{n}" in told, (topic, field.name)
            assert len(field.options) <= 9, "a key each"


def test_any_three_topics_that_are_offered_fit_into_a_breath() -> None:
    names = sorted((aloud.spoken(topic.short) for topic in CATALOG.topics.values()), key=len)[-8:]
    for three in combinations(names, 3):
        assert len(aloud.topic_choice([*three, wording.NONE_OF_THESE])) <= aloud.LONGEST, three


def test_the_read_back_comes_in_pieces_with_every_name_and_number_and_without_the_story() -> None:
    facts = [
        ("问题描述", "说来话长" * 30, FieldKind.TEXT),
        ("商家名称", "悦动健身望京店", FieldKind.MERCHANT),
        ("具体地点", "朝阳区望京西园四区203楼底商东侧", FieldKind.PLACE),
        ("已付金额", 3680, FieldKind.AMOUNT),
        ("付款时间", "2025-03", FieldKind.DATE),
        ("联系电话", "13800001234", FieldKind.PHONE),
    ]
    pieces = aloud.summary("预付卡退费", facts, anonymous=False)
    assert len(pieces) > 1
    assert all(len(piece) <= aloud.LONGEST for piece in pieces), pieces
    whole = "".join(pieces)
    for told in ("预付卡退费", "悦动健身望京店", "203楼", "3680元", "2025年3月", "13800001234"):
        assert told in whole
    assert "说来话长" not in whole


def test_the_number_is_told_twice_in_groups_of_four() -> None:
    told = "".join(aloud.filed("122399473964", "市体育局", "11月30日"))
    assert told.count("1223 9947 3964") == 2
    assert as_read(told).count("幺二二三，九九四七，三九六四") == 2


def test_only_the_telephone_has_its_own_words() -> None:
    assert aloud.Phone.from_metadata({"channel": "api"}) is None
    phone = aloud.Phone.from_metadata({"channel": "phone", "phone": {"caller": "13800001234", "simpler": True}})
    assert phone == aloud.Phone("13800001234", simpler=True)
    assert aloud.Phone.from_metadata({"channel": "phone"}) == aloud.Phone()
    assert "1234" in aloud.use_caller("13800001234")
    assert "1380" not in aloud.use_caller("13800001234")


@pytest.mark.parametrize("text", ["慢一点", "大声点", "大声一点", "你说慢点", "声音太小了", "再大声一点"])
def test_whoever_asks_for_slower_or_louder_speech_is_understood(text: str) -> None:
    assert "slower" in {act.kind for act in find_acts(text)}
