"""Dialog acts: what short answers mean, and what a long complaint must not be taken for."""

from typing import Any

import pytest

from intents.extraction.acts import find_acts

ACTS = {
    "affirm": [
        "对",
        "对的",
        "是的",
        "嗯",
        "嗯嗯",
        "没错",
        "好的",
        "可以",
        "没问题",
        "对，提交",
        "确认",
        "就这样吧",
        "嗯，对",
        "对对对",
        "行",
        "都对",
        "对 交吧",
        "就这些",
        "好的，报上去吧",
        "好嘞",
        "嗯呢",
        "好的谢谢了啊",
        "没别的事了",
        "对对 快点给修吧",
    ],
    "deny": ["不对", "不是", "错了", "要改一下", "有问题", "不行", "不太对"],
    "skip": ["跳过", "不想说", "先不填", "下一个", "不方便说", "不想留电话"],
    "dont_know": ["不知道", "不清楚", "记不清了", "忘了", "我也不知道啊", "想不起来了"],
    "why": ["为什么要问这个", "问这个干嘛", "为啥", "要我电话干什么", "为什么"],
    "repeat": ["再说一遍", "没听清", "什么？", "啥", "没听懂"],
    "cancel": ["算了", "不办了", "取消", "算了，不投诉了", "不用了，谢谢"],
    "restart": ["重新来", "从头开始", "我重新说"],
    "thanks": ["谢谢", "谢谢您", "太感谢了", "辛苦了"],
    "greeting": ["你好", "喂", "您好", "在吗"],
    "anonymous": ["匿名", "我要匿名举报", "不留名字", "保密"],
    "human": ["转人工", "我要找真人", "不想跟机器人说", "人工客服", "0"],
    "status": [
        "我的工单办得怎么样了",
        "查一下进度",
        "我的单子啥情况",
        "查工单 123456789012",
        "上次投诉的事有结果了吗",
        "查一下刚才那个单子",
        "一二三四 五六七八 九零一二",
    ],
    "aside": [
        "多久能处理",
        "你们几点下班",
        "收费吗",
        "那要多久",
        "啥时候给回话",
        "你先别提交 我再想想",
        "能不能快点 急",
        "你是人还是机器",
    ],
    "leave": ["没事儿了谢谢", "知道了", "那我等信儿啊", "麻烦你们了", "挂了", "先这样吧"],
    "slower": ["姑娘啊 我是个老太太 耳朵背 你慢点说"],
    "upset": ["你们管不管事啊 打了八百遍了"],
    "opening": ["再帮我说个事", "有个事不知道归不归你们管"],
    "choose": ["第二个", "选第1个", "3", "都不是"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in ACTS.items() for text in texts])
def test_a_short_message_is_the_act_that_a_person_hears(kind: str, text: str) -> None:
    assert kind in {act.kind for act in find_acts(text)}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("fire", "我家楼下着火了快来"),
        ("fire", "没人管，着火了"),
        ("fire", "隔壁正在冒烟，有人在里面"),
        ("gas", "厨房一股煤气味很重"),
        ("injury", "我爸突然晕倒了叫不醒"),
        ("crime", "门口有人拿着刀"),
        ("suicide", "我不想活了"),
        ("suicide", "老板不给钱，工友要跳楼"),
        ("traffic_accident", "刚才路口撞人了"),
    ],
)
def test_danger_that_is_present_is_heard_anywhere(kind: str, text: str) -> None:
    assert kind in {act.detail for act in find_acts(text) if act.kind == "danger"}


@pytest.mark.parametrize(
    "text",
    [
        "楼道里堆满杂物，万一着火了谁负责",
        "电动车进楼充电容易起火，有火灾隐患",
        "去年这里着火了一次，现在消防通道还堵着",
        "路灯不亮，前几天有人摔断了胳膊",
        "担心燃气泄漏",
        "隔断间怕起火了跑不出去",
        "听说那家养老院以前有老人晕倒没人管",
        "没晕倒",
        "屋里没有着火",
    ],
)
def test_danger_that_is_past_or_feared_is_no_emergency(text: str) -> None:
    assert not [act for act in find_acts(text) if act.kind == "danger"]


@pytest.mark.parametrize(
    "text",
    [
        "健身房老板说算了不退钱，你们给我评评理，这家店在朝阳大悦城附近，办卡交了三千多",
        "我跟物业说了好几次，他们说不知道，让我找居委会，居委会说取消了这个项目",
        "我想问一下为什么我们小区的路灯一直不亮，已经反映好几次了没人管",
        "老板让我重新来上班才给结工资，我不同意，已经拖了三个月了",
        "楼上漏水没人管，没事儿他们就装不知道，麻烦你们来看看",
    ],
)
def test_a_long_complaint_is_not_taken_for_a_short_act(text: str) -> None:
    kinds = {act.kind for act in find_acts(text)}
    assert not kinds & {"cancel", "restart", "dont_know", "why", "affirm", "deny", "human", "leave"}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("不是朝阳，是海淀", ("朝阳", "海淀", None)),
        ("不是去年 前年", ("去年", "前年", None)),
        ("电话改成13800001234", (None, "13800001234", "电话")),
        ("地址错了，应该是望京西园三区", (None, "望京西园三区", "地址")),
        ("金额不对，应该是一万五", (None, "一万五", "金额")),
        ("应该是上个月", (None, "上个月", None)),
        ("不对，是三千六", (None, "三千六", None)),
        ("我要改电话", (None, None, "电话")),
        ("改地址", (None, None, "地址")),
    ],
)
def test_a_correction_tells_what_and_to_what(text: str, detail: Any) -> None:
    found = [act.detail for act in find_acts(text) if act.kind == "correction"]
    assert found == [detail]


@pytest.mark.parametrize(
    ("text", "type_"), [("我这是建议不是投诉", "建议"), ("不是投诉，是咨询", "咨询"), ("改成举报", "举报")]
)
def test_the_type_can_be_changed(text: str, type_: str) -> None:
    assert [act.detail for act in find_acts(text) if act.kind == "change_type"] == [type_]


@pytest.mark.parametrize(
    "text",
    ["对的没问题", "好的没问题", "行没问题提交吧", "是的是的", "对对对就这样", "嗯，好的，提交吧", "没问题没问题"],
)
def test_one_yes_after_the_other_is_a_yes(text: str) -> None:
    assert [act.kind for act in find_acts(text)] == ["affirm"]


@pytest.mark.parametrize("text", ["对面的路灯", "是的但是地址错了", "好的幼儿园", "可以退费吗"])
def test_a_yes_inside_another_sentence_is_none(text: str) -> None:
    assert "affirm" not in {act.kind for act in find_acts(text)}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        # A reason to hurry is one, and new trouble is none.
        ("能快点吗 我眼睛不好", {"aside"}),
        ("快点 我楼下路灯坏了", set()),
        # Who asks what 匿名 means has not chosen it.
        ("不要说是我举报的 匿名", {"aside", "anonymous"}),
        ("匿名 会不会没人管", set()),
        # 我投诉呢 begins, and asks after nothing.
        ("我投诉呢", {"opening"}),
        ("我的单子呢", {"status"}),
    ],
)
def test_what_is_asked_beside_the_matter_is_told_from_the_matter(text: str, kinds: set[str]) -> None:
    assert {act.kind for act in find_acts(text)} == kinds
