"""Recognised text as it is kept, and written text as it is read aloud."""

import pytest

from asr.chinese import simplified, with_digits
from asr.invented import is_invented, without_loops
from asr.pinyin import readable
from asr.reading import as_read


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("我的电话是幺三八零零幺三八零零零", "我的电话是13800138000"),
        ("三千六百八十元", "3680元"),
        ("一万二", "12000"),
        ("一万一千九百八", "11980"),
        ("两千多", "2000多"),
        ("二〇二六年", "2026年"),
        ("三点五公里", "3.5公里"),
        ("一百零五块", "105块"),
        ("三轮车", "三轮车"),
        ("望京西园四区", "望京西园四区"),
        ("等一下", "等一下"),
        ("五道口", "五道口"),
        ("八角街道", "八角街道"),
        ("", ""),
    ],
)
def test_spoken_numbers_are_written_and_nothing_else(heard: str, written: str) -> None:
    assert with_digits(heard) == written


def test_text_is_simplified_and_without_spaces() -> None:
    assert simplified("路 燈 壞了 好 幾 天") == "路灯坏了好几天"
    assert simplified("我 在 SOHO 上班") == "我在SOHO上班"


@pytest.mark.parametrize(
    "text",
    ["字幕由Amara.org社区提供", "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", "谢谢观看。", "Thank you for watching!"],
)
def test_what_whisper_invents_is_known(text: str) -> None:
    assert is_invented(text)


@pytest.mark.parametrize("text", ["路灯不亮", "谢谢你们", "请派人来看看"])
def test_what_people_say_is_not_taken_for_invented(text: str) -> None:
    assert not is_invented(text)


def test_a_loop_is_said_once_and_digits_may_repeat() -> None:
    assert without_loops("路灯" * 20) == "路灯"
    assert without_loops("8888888") == "8888888"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("工单号是 1223 9947 3964，请记好。", "工单号是，幺二二三，九九四七，三九六四，请记好。"),
        ("最晚11月30日前答复", "最晚十一月三十日前答复"),
        ("金额3680元", "金额三千六百八十元"),
        ("这里是12345市民热线", "这里是幺二三四五市民热线"),
        ("火警119", "火警幺幺九"),
        ("2个，10005元", "两个，一万零五元"),
        ("2026-03-05 9:30", "二零二六年三月五日九点半"),
    ],
)
def test_numbers_are_read_as_a_person_reads_them(text: str, read: str) -> None:
    assert as_read(text) == read


def test_chinese_becomes_pinyin_that_the_synthesiser_can_say() -> None:
    assert readable("您好，幺二。") == "nin2 hao3, yao1 er4."
    assert "lue4" in readable("掠夺")
