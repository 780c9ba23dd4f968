"""Whole calls in virtual time: who speaks when, what keys do, what happens in silence and when the line breaks."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.channels.phone import hearing, words
from bot.channels.phone.line_voice import SLOW
from dialog.actions import aloud, wording
from integrations.followup_calls import AskedOnCall
from integrations.followup_words import buttons
from integrations.phone_talks import DONE, DROPPED, HUMAN, PhoneTalk
from tests.phone_scene import PACE, Door, Scene, Talks, answer
from tests.virtual_time import run

Script = Callable[[Scene], Awaitable[None]]
LONG = (
    "这件事由市体育局牵头办理，街道也会一起核实，他们会先联系您了解情况，再去店里看看，七天之内一定给您答复，请您放心。"
)
PLACE = answer("具体在什么地方？", asking="place")
WHERE = "朝阳区望京的路灯不亮"


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scene]:
    """Plays a call and gives the scene as it was at the end."""

    def go(script: Script, door: Door | None = None, talks: Talks | None = None, **more: Any) -> Scene:
        async def main() -> Scene:
            scene = Scene(tmp_path, door or Door(), talks or Talks(), **more)
            await scene.play(script)
            return scene

        return run(main(), monkeypatch)

    return go


Play = Callable[..., Scene]


@pytest.mark.parametrize(
    ("spoken", "agreed"), [("好的", True), ("可以", True), ("不用", False), ("1", True), ("2", False)]
)
def test_recording_is_asked_for_first_and_only_a_yes_records(play: Play, spoken: str, agreed: bool) -> None:
    async def script(s: Scene) -> None:
        await s.listen()
        await (s.press(spoken) if spoken.isdigit() else s.say(spoken))
        await s.until(lambda: wording.WHAT_HAPPENED in s.said)
        await s.until(lambda: not s.talk.mouth.busy)
        await s.say(WHERE)
        await s.until(lambda: bool(s.door.heard))
        await s.listen()

    scene = play(script)
    assert scene.said[:2] == [words.GREETING, words.ASK_RECORDING]
    assert scene.talks.agreed is agreed
    assert scene.door.lines == [words.RECORDING_YES if agreed else words.RECORDING_NO]
    assert "路灯" in scene.door.texts[0]
    assert len(scene.door.recorded) == scene.door.kept_files == (1 if agreed else 0)
    assert len(scene.talks.turns) == (1 if agreed else 0)
    if agreed:
        # The tape began after the yes; the sentence lies behind the question that came before it.
        assert 1.0 < scene.talks.turns[0]["at"] < 60


def test_whoever_tells_their_story_at_once_is_heard_and_not_recorded(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.wait(1.0)
        await s.say(WHERE)
        await s.until(lambda: bool(s.door.heard))
        await s.listen()

    scene = play(script)
    assert "路灯" in scene.door.texts[0]
    assert scene.talks.agreed is False
    assert not scene.door.recorded


def test_silence_at_the_greeting_goes_on_without_a_recording(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.until(lambda: wording.WHAT_HAPPENED in s.said)

    scene = play(script)
    assert words.RECORDING_KEYS in scene.said
    assert scene.talks.agreed is False


@pytest.mark.parametrize("at", [0.3, 1.5, 4.0])
def test_a_caller_who_interrupts_is_let_speak_at_once_and_hears_no_more_of_it(play: Play, at: float) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.until(lambda: s.talk.mouth.busy)
        await s.wait(at)
        begun = s.now
        speaking = asyncio.create_task(s.say("不是朝阳是海淀"))
        await s.until(lambda: not s.talk.mouth.busy)
        s.silent_after = s.now - begun  # type: ignore[attr-defined]
        heard = s.spoken_seconds
        await speaking
        assert s.spoken_seconds - heard < 0.05
        await s.until(lambda: len(s.door.heard) == 2)

    scene = play(script, Door([answer(LONG, "具体在什么地方？"), PLACE]))
    assert scene.silent_after < 1.0  # type: ignore[attr-defined]
    assert "海淀" in scene.door.texts[1]


def test_whoever_only_listens_does_not_interrupt(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.until(lambda: s.talk.mouth.busy)
        for _ in range(3):
            await s.wait(0.7)
            await s.say("好的")
        await s.until(lambda: not s.talk.mouth.busy)

    scene = play(script, Door([answer(LONG, "具体在什么地方？", asking="place")]))
    assert len(scene.door.heard) == 1, scene.door.texts
    assert scene.spoken_seconds > len(LONG) * PACE


def test_a_yes_to_a_question_is_its_answer_while_it_is_still_being_asked(play: Play) -> None:
    question = answer(
        LONG,
        "都对吗？对就给您提交，不对就告诉我哪里不对，我再改。",
        asking="confirm",
        buttons=(wording.YES_FILE, wording.CHANGE),
    )

    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.until(lambda: s.talk.mouth.busy and s.talk.mouth.asking)
        await s.wait(0.5)
        await s.say("对的")
        await s.until(lambda: len(s.door.heard) == 2)

    scene = play(script, Door([question, PLACE]))
    assert scene.door.texts[1].startswith("对")


def test_a_false_interruption_is_no_end_of_the_sentence(play: Play) -> None:
    """A hum of a second that nobody can understand: silence, and after two seconds the sentence goes on where it was."""

    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.until(lambda: s.talk.mouth.busy)
        await s.wait(1.2)
        s.talk._inbox.put_nowait(voice("", 0.6))
        await s.until(lambda: not s.talk.mouth.busy, 0.1)
        paused, heard = s.now, s.spoken_seconds
        await s.until(lambda: s.talk.mouth.busy)
        assert 1.9 < s.now - paused < 2.2
        assert s.spoken_seconds - heard < 0.05
        await s.until(lambda: not s.talk.mouth.busy)

    scene = play(script, Door([answer(LONG, asking="place")]))
    greeting = sum(len(text) for text in (words.GREETING, words.ASK_RECORDING, words.RECORDED, wording.WHAT_HAPPENED))
    spoken = scene.spoken_seconds - greeting * PACE
    assert len(LONG) * PACE - 0.3 < spoken < len(LONG) * PACE + 0.6, "all of it, once"
    assert len(scene.door.heard) == 1


def voice(text: str, seconds: float) -> Any:
    from bot.channels.phone.hearing import Voice

    return Voice(text, seconds)


def nothing_understood() -> Any:
    from bot.channels.phone.hearing import Said

    return Said(None, np.zeros(16_000, np.float32), 0.0, 1.0, 0.0)


def test_after_silence_it_is_asked_simpler_then_with_keys_then_a_person_comes(play: Play) -> None:
    asked = answer(
        "是漏水、外墙、违建、维修资金，还是房屋安全？",
        asking="issue_kind",
        buttons=("漏水", "外墙", "违建", "维修资金", "房屋安全"),
    )
    asked["draft"] = {"topic": "housing_use", "fields": {"place": "望京"}}

    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.listen()
        asked_at = s.now
        await s.until(lambda: words.HEARD_NOTHING in s.said)
        assert 7.5 < s.now - asked_at < 9
        await s.until(lambda: s.call.over)

    scene = play(script, Door([asked, answer(wording.WAITING_FOR_HUMAN, state="waiting")]))
    assert scene.door.texts[-1] == wording.HUMAN
    after = scene.said[scene.said.index(words.HEARD_NOTHING) :]
    assert any("漏水按1" in text for text in after)
    assert words.TO_A_PERSON in after
    assert scene.call.ended == "human"
    assert scene.talks.ended == HUMAN


def test_two_utterances_that_nobody_understands_lead_to_a_person(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        s.talk._inbox.put_nowait(nothing_understood())
        await s.until(lambda: words.NOT_HEARD in s.said)
        await s.until(lambda: not s.talk.mouth.busy)
        s.talk._inbox.put_nowait(nothing_understood())
        await s.until(lambda: s.call.over)

    scene = play(script, Door([answer(wording.WAITING_FOR_HUMAN, state="waiting")]))
    assert words.STILL_NOT_HEARD in scene.said
    assert scene.call.ended == "human"


def test_a_slow_answer_is_bridged_once_and_never_twice_in_a_row(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        for n in range(1, 4):
            await s.say(WHERE)
            await s.until(lambda n=n: len(s.door.heard) == n)  # type: ignore[misc]
            await s.until(lambda: not s.talk.turns.under_way)
            await s.until(lambda: not s.talk.mouth.busy)

    scene = play(script, Door([PLACE], slow=6.0))
    fillers = [text for text in scene.said if text in words.FILLERS]
    assert len(fillers) == 2, "the first and the third answer"


@pytest.mark.parametrize(
    ("told", "keys", "heard"),
    [
        (answer("请说电话。", asking="contact_phone", buttons=("匿名",)), "13912345678#", "13912345678"),
        (answer("请说电话。", asking="contact_phone", buttons=("匿名",)), "13912345678", "13912345678"),
        (answer("请说电话。", asking="contact_phone", buttons=("匿名",)), "01062345678#", "01062345678"),
        (answer("多少钱？", asking="amount_paid"), "3680#", "3680元"),
        (answer("多少钱？", asking="amount_paid"), "3680", "3680元"),
        (answer("签过合同吗？", asking="has_contract", buttons=("有", "没有")), "2", "没有"),
        (answer("后四位？", asking="phone_last4"), "8000", "8000"),
        (answer("是哪一种？", asking="issue_kind", buttons=("漏水", "外墙")), "2", "外墙"),
        (answer("联系电话用这个？", asking="contact_phone", buttons=("可以", "换一个", "匿名")), "1", "可以"),
        (answer("都对吗？", asking="confirm", buttons=("对，提交", "要改一下", "不办了")), "1", "对，提交"),
        (answer("什么事？", asking="description"), "122399473964", "122399473964"),
    ],
)
def test_keys_answer_what_was_asked(play: Play, told: dict[str, Any], keys: str, heard: str) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.listen()
        await s.press(keys)
        await s.until(lambda: len(s.door.heard) == 2)

    scene = play(script, Door([told, PLACE]))
    assert scene.door.texts[1] == heard


def test_star_says_it_again_a_wrong_key_tells_the_keys_and_zero_brings_a_person(play: Play) -> None:
    told = answer("是漏水，还是外墙？", asking="issue_kind", buttons=("漏水", "外墙"))

    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.listen()
        await s.press("*")
        await s.listen()
        await s.press("7")
        await s.listen()
        await s.press("0")
        await s.until(lambda: s.call.over)

    scene = play(script, Door([told, answer(wording.WAITING_FOR_HUMAN, state="waiting")]))
    assert scene.said.count("是漏水，还是外墙？") == 2
    assert words.NO_SUCH_KEY in scene.said
    assert "漏水按1，外墙按2。" in scene.said
    assert scene.door.texts[-1] == wording.HUMAN
    assert scene.call.ended == "human"


def test_zero_during_the_greeting_brings_a_person_who_finds_a_conversation(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.wait(0.5)
        await s.press("0")
        await s.until(lambda: s.call.over)

    scene = play(script, Door([answer(wording.WAITING_FOR_HUMAN, state="waiting")]))
    assert scene.call.ended == "human"
    assert scene.door.heard == [("new", wording.HUMAN)]


def test_whoever_asks_is_spoken_to_more_slowly_from_then_on(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        await s.say("慢一点")
        await s.until(lambda: words.SLOWER in s.said)
        await s.until(lambda: not s.talk.mouth.busy)
        await s.say(WHERE)
        await s.until(lambda: len(s.door.heard) == 2)
        await s.listen()

    scene = play(script)
    assert scene.door.about["simpler"] is True
    paces = dict(scene.voice.spoken)
    assert paces[words.GREETING] == 1.0
    assert paces[words.SLOWER] <= SLOW


def test_a_sentence_ends_although_the_line_sends_no_silence(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        s.holes()
        await s.say(WHERE)
        said = s.now
        await s.until(lambda: bool(s.door.heard))
        assert s.now - said < 2.5

    assert "路灯" in play(script).door.texts[0]


@pytest.mark.parametrize("echo", [0.1, 0.35])
def test_the_bot_does_not_hear_itself_and_still_hears_the_caller(play: Play, echo: float) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.listen()
        assert len(s.door.heard) == 1
        await s.say(WHERE)
        await s.until(lambda: s.talk.mouth.busy)
        await s.wait(2.0)
        speaking = asyncio.create_task(s.say("不是朝阳是海淀"))
        await s.until(lambda: not s.talk.mouth.busy)
        await speaking
        await s.until(lambda: len(s.door.heard) == 3)

    scene = play(script, Door([answer(LONG, asking="place")]), echo=echo)
    assert "海淀" in scene.door.texts[2]


def test_after_the_number_a_thanks_ends_the_call(play: Play) -> None:
    filed = answer(*aloud.filed("122399473964", "市体育局", "11月30日"), ticket={"number": "122399473964"})

    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.listen()
        await s.say("谢谢")
        await s.until(lambda: s.call.over)

    scene = play(script, Door([filed]))
    assert scene.said[-1] == words.BYE
    assert scene.call.ended == "done"
    assert scene.talks.ended == DONE


@pytest.mark.parametrize("stage", ["greeting", "asked", "speaking", "thinking", "answering"])
def test_a_caller_who_hangs_up_loses_nothing(play: Play, stage: str) -> None:
    async def script(s: Scene) -> None:
        await s.wait(0.5)
        if stage == "greeting":
            return
        await s.agree()
        if stage == "asked":
            return
        speaking = asyncio.create_task(s.say(WHERE))
        if stage == "speaking":
            await s.wait(2.0)
            await s.call.drop(lost=True)
            return
        await speaking
        await s.until(lambda: bool(s.door.heard))
        if stage == "answering":
            await s.until(lambda: s.talk.mouth.busy)

    talks = Talks(draft=stage not in ("greeting", "asked"))
    scene = play(script, Door([answer(LONG)], slow=3.0), talks)
    assert scene.talks.ended == (DONE if stage in ("greeting", "asked") else DROPPED)
    assert len(scene.door.heard) == (0 if stage in ("greeting", "asked") else 1)
    if stage == "speaking":
        assert "朝阳" in scene.door.texts[0], "the last words are noted as well"


BEFORE = PhoneTalk("call-1", "old", True, None, (), DROPPED)


@pytest.mark.parametrize(("said", "conversation"), [("好的", "old"), ("不用", "new")])
def test_a_caller_who_was_cut_off_goes_on_where_they_were_if_they_want(
    play: Play, said: str, conversation: str
) -> None:
    async def script(s: Scene) -> None:
        await s.listen()
        await s.say(said)
        if said == "不用":
            await s.until(lambda: s.said.count(words.ASK_RECORDING) == 1)
            await s.until(lambda: not s.talk.mouth.busy)
            await s.press("2")
            await s.until(lambda: wording.WHAT_HAPPENED in s.said)
            await s.until(lambda: not s.talk.mouth.busy)
            await s.say(WHERE)
        await s.until(lambda: bool(s.door.heard))
        await s.until(lambda: conversation != "old" or words.RESUMED in s.said)
        await s.until(lambda: s.talk.mouth.busy)

    scene = play(script, talks=Talks(before=BEFORE))
    assert scene.said[1] == words.ASK_RESUME_UNKNOWN
    assert scene.door.heard[0][0] == conversation
    assert scene.talks.gone_on == ("call-1" if conversation == "old" else None)
    if conversation == "old":
        assert scene.door.texts == [wording.REPEAT_WORDS]
        assert scene.talks.began == [("old", True)]
        assert words.RESUMED in scene.said


def test_a_caller_whose_ticket_is_said_to_be_done_is_asked_about_it_before_anything_else(play: Play) -> None:
    asked = AskedOnCall(
        "您上次反映的路灯，办理单位说办好了，先问您两句。", "办理单位联系过您吗？", buttons("contacted"), "contacted"
    )
    known: list[tuple[str, str]] = []

    async def script(s: Scene) -> None:
        await s.listen()
        await s.press("1")
        await s.until(lambda: asked.question in s.said)
        await s.until(lambda: not s.talk.mouth.busy)
        await s.press("2")
        await s.until(lambda: bool(s.door.heard))

    def asks_back(key: str, conversation: str) -> AskedOnCall:
        known.append((key, conversation))
        return asked

    scene = play(script, asks_back=asks_back)
    assert known == [("phone:13800138000", "new")]
    assert scene.said.index(asked.opening) < scene.said.index(asked.question)
    assert wording.WHAT_HAPPENED not in scene.said
    # The second key is the second choice.
    assert scene.door.heard[0] == ("new", "没联系")


def test_a_caller_who_comes_back_from_the_queue_is_where_they_were(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.until(lambda: words.BACK_FROM_QUEUE in s.said)
        await s.until(lambda: not s.talk.mouth.busy)

    scene = play(script, talks=Talks(back=BEFORE))
    assert words.GREETING not in scene.said
    assert scene.door.heard == [("old", wording.GO_ON)]


def test_a_dialog_that_fails_leaves_the_caller_to_a_person_and_nothing_of_theirs_in_the_log(
    play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.until(lambda: s.call.over)

    failure = RuntimeError("朝阳区望京的路灯不亮 13912345678")
    scene = play(script, Door([failure, answer(wording.WAITING_FOR_HUMAN, state="waiting")]))
    assert words.TROUBLE in scene.said
    assert scene.call.ended == "human"
    assert "RuntimeError" in caplog.text
    for personal in ("路灯", "13912345678", "13800138000"):
        assert personal not in caplog.text


def test_a_house_that_can_note_nothing_still_leads_to_a_person(play: Play) -> None:
    async def script(s: Scene) -> None:
        await s.agree()
        await s.say(WHERE)
        await s.until(lambda: s.call.over)

    scene = play(script, Door([RuntimeError("broken")]))
    assert scene.call.ended == "human"
    assert len(scene.door.heard) == 2, "no more than one try"


def test_a_monologue_is_heard_in_parts_and_none_of_it_is_lost(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "LONGEST", 3.0)

    async def script(s: Scene) -> None:
        await s.agree()
        for _ in range(3):
            await s.say(WHERE)
        await s.until(lambda: len(s.door.heard) >= 3)

    scene = play(script)
    assert "".join(scene.door.texts).count("路灯") >= 2
