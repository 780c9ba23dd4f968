"""What is told where in a text: the training text's marks, the model, and the marks beside what the rules found."""

from pathlib import Path

import numpy as np
import pytest

from bot.understand import tagger_of
from dialog.rasa.project import annotated
from intents.classifier.utterances import Utterance, read_utterances
from intents.found import Found
from intents.tagger import Mark, Tagger
from intents.tagger.beside_rules import facts_beside, place_beside
from intents.tagger.features import LONGEST_TEXT, features
from intents.tagger.marks import MARKED_AS, marks_of
from intents.tagger.model import OUTSIDE


def test_a_text_is_marked_where_it_says_its_fields() -> None:
    text = "在望京西园四区的小满瑜伽交了3680，还剩2000"
    fields = {"place": "望京西园四区", "merchant": "小满瑜伽", "amount_paid": 3680, "amount_remaining": 2000}
    assert [(mark.name, text[mark.start : mark.end]) for mark in marks_of(text, fields)] == [
        ("place", "望京西园四区"),
        ("merchant", "小满瑜伽"),
        ("amount_paid", "3680"),
        ("amount_remaining", "2000"),
    ]


def test_a_sum_that_follows_only_by_reckoning_is_marked_nowhere() -> None:
    assert marks_of("一个月四千，三个月没发", {"amount_owed": 12000}) == ()


def test_two_fields_never_share_their_words() -> None:
    assert [mark.name for mark in marks_of("康宁养老院", {"place": "康宁养老院", "institution": "康宁养老院"})] == [
        "place"
    ]


def test_rasa_reads_the_marks_as_entities() -> None:
    text = "我住望京西园四区"
    utterance = Utterance(text, "parking", "投诉", marks_of(text, {"place": "望京西园四区"}))
    assert annotated(utterance) == "我住[望京西园四区](place)"


def test_the_marked_training_text_can_be_written_as_rasa_writes_it() -> None:
    marked = [utterance for utterance in read_utterances() if utterance.marks is not None]
    assert len(marked) >= 1900
    for utterance in marked:
        assert "](" not in utterance.text
        assert "\n" not in utterance.text
        assert {mark.name for mark in utterance.marks or ()} <= set(MARKED_AS.values())
    assert sum(bool(utterance.marks) for utterance in marked) >= 1600


def test_every_character_has_its_features_and_a_short_text_is_no_exception() -> None:
    assert [len(features(text, "other")) for text in ("", "好", "好的")] == [0, 1, 2]
    assert len({len(row) for row in features("路灯不亮，A口", "street_lights")}) == 1


@pytest.fixture
def small() -> Tagger:
    """Knows that 望 begins a place and that 京 goes on with it."""
    labels = ("B-place", "I-place", OUTSIDE)
    vocabulary = {"w=望": 0, "w=京": 1}
    weights = np.array([[5, 0, 0], [0, 2, 1]], np.float32)
    transitions = np.array([[-5, 3, 0], [-5, -1, 0], [0, -9, 1]], np.float32)
    return Tagger(labels, vocabulary, weights, transitions)


def test_the_likeliest_labels_become_marks(small: Tagger) -> None:
    marks = small.marks("去望京。", "other")
    assert [(mark.name, mark.start, mark.end) for mark in marks] == [("place", 1, 3)]
    assert 0.5 < marks[0].confidence <= 1


def test_the_shares_of_a_characters_labels_are_those_of_all_sequences(small: Tagger) -> None:
    """Forward–backward against counting every sequence."""
    text = "望京的"
    emissions = small._emissions(features(text, "other"))
    scores = np.zeros((3, 3))
    for a in range(3):
        for b in range(3):
            for c in range(3):
                told = emissions[0, a] + emissions[1, b] + emissions[2, c]
                weight = np.exp(told + small.transitions[a, b] + small.transitions[b, c])
                for at, label in enumerate((a, b, c)):
                    scores[at, label] += weight
    assert np.allclose(small._shares(emissions), scores / scores.sum(axis=1, keepdims=True))


def test_a_tagger_is_the_same_after_it_was_kept(small: Tagger, tmp_path: Path) -> None:
    small.save(tmp_path / "tagger.zip")
    again = Tagger.load(tmp_path / "tagger.zip")
    assert again.marks("在望京", "other") == small.marks("在望京", "other")
    assert again.labels == small.labels


def test_an_empty_and_a_very_long_text_are_read_too(small: Tagger) -> None:
    assert small.marks("", "other") == []
    assert small.marks("望京" + "好" * 2 * LONGEST_TEXT, "other")[0].name == "place"


def test_the_trained_tagger_sees_a_shop_that_is_named_like_none(model: Path) -> None:
    text = "我在西单那边一个叫半亩花田的店里充了三千块钱，现在关门了"
    marks = tagger_of(model).marks(text, "prepaid_refund")
    told = {mark.name: text[mark.start : mark.end] for mark in marks}
    assert told["merchant"].startswith("半亩花")
    assert told["amount_paid"].startswith("三千")


def _place(text: str, words: str, confidence: float) -> Found:
    start = text.index(words)
    return Found(words, words, start, start + len(words), confidence)


def _mark(name: str, text: str, words: str, confidence: float = 0.95) -> Mark:
    start = text.index(words)
    return Mark(name, start, start + len(words), confidence)


def test_a_mark_that_goes_further_than_the_rule_makes_the_place_longer() -> None:
    text = "清河小营橡树湾二期临轨道一侧"
    found = place_beside(text, [_mark("place", text, "橡树湾二期临轨道一侧")], _place(text, "清河小营橡树湾二期", 0.9))
    assert found is not None
    assert found.value == text
    assert found.raw == text


def test_what_is_wrong_there_is_no_part_of_the_place() -> None:
    text = "望京西园四区三号楼垃圾三天没清了"
    found = place_beside(
        text, [_mark("place", text, "望京西园四区三号楼垃圾")], _place(text, "望京西园四区三号楼", 0.9)
    )
    assert found is not None
    assert found.value == "望京西园四区三号楼"


def test_a_doorway_goes_onto_the_estate_that_was_named_before() -> None:
    text = "六里屯甜水园北里的，3号楼1单元门口堆着"
    found = place_beside(text, [_mark("place", text, "3号楼1单元门口")], _place(text, "六里屯甜水园北里", 0.9))
    assert found is not None
    assert found.value == "六里屯甜水园北里3号楼1单元门口"


def test_our_village_alone_is_no_place() -> None:
    text = "俺们村的分红"
    assert place_beside(text, [_mark("place", text, "俺们村")], None) is None


def test_a_sure_mark_outdoes_a_light_place_and_no_weighty_one() -> None:
    text = "昆明的司机，翠湖南路"
    mark = _mark("place", text, "翠湖南路")
    light, weighty = (place_beside(text, [mark], _place(text, "昆明", share)) for share in (0.3, 0.9))
    assert light is not None and light.value == "翠湖南路"
    assert weighty is not None and weighty.value == "昆明"


def test_a_mark_fills_a_name_that_no_rule_found_and_corrects_one_only_when_sure() -> None:
    text = "庞各庄洗车还是亮车坊"
    held = {"merchant": _place(text, "庞各庄洗车", 0.8)}
    unsure, sure = (_mark("merchant", text, "亮车坊", share) for share in (0.6, 0.95))
    assert dict(facts_beside(text, [unsure], {}))["merchant"].value == "亮车坊"
    assert dict(facts_beside(text, [unsure], held)) == {}
    assert dict(facts_beside(text, [sure], held))["merchant"].value == "亮车坊"


def test_what_many_are_called_is_nobodys_name() -> None:
    text = "一家康养中心"
    assert dict(facts_beside(text, [_mark("institution", text, text)], {})) == {}


def test_a_sum_that_the_rules_reckoned_or_read_as_another_stays() -> None:
    text = "一个月4000，三个月没发，交了500"
    reckoned = {"amount_owed": Found(12000, "4000", 3, 7)}
    assert dict(facts_beside(text, [_mark("amount_owed", text, "4000")], reckoned)) == {}
    paid = {"amount_paid": _place(text, "500", 1.0)}
    assert dict(facts_beside(text, [_mark("amount_owed", text, "500")], paid)) == {}
