"""What is heard otherwise afterwards is asked about once; what was corrected, or is heard alike, never."""

import asyncio
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr.chinese import with_digits
from asr.engines import load, load_whisper
from asr.errors import EngineFailed, NoSpeech
from asr.training.sound import noisy
from asr.transcriber import Transcriber
from asr.transcript import Transcript
from bot.conversation import Conversation
from bot.house import build
from bot.second_hearing import SecondHearing
from bot.understand import classifier_of, tagger_of
from config.settings import Settings
from integrations.recordings import MOST_ATTEMPTS
from intents.catalog import load_catalog
from tests.conftest import NOW, ROOT, Talker
from tests.fakes.engine import ScriptedEngine, words
from tests.sounds import speech

SOUND = speech("朝阳区望京的路灯不亮")


def spoken(citizen: Talker, text: str) -> dict[str, Any]:
    """A turn that the first hearing understood as this text."""
    heard = Transcript(text, with_digits(text), tuple(words(text, 3.0)), "scripted", 0.1, 3.0)
    told: dict[str, Any] = citizen.run(citizen.door.heard(citizen.id, SOUND, heard))
    return told


@pytest.fixture
def listener(home: Path, model: Path, house: tuple[asyncio.Runner, Conversation]) -> Any:
    """The second hearing on the same database, with an engine that hears what the test wants."""
    built = build(Settings(home=home, rasa_python=ROOT / ".rasa-venv/bin/python", _env_file=None), lambda: NOW)  # type: ignore[call-arg]

    def make(*texts: str | Exception, engine: Transcriber | None = None) -> SecondHearing:
        hearing = SecondHearing(
            built.recordings,
            built.drafts,
            built.doubts,
            built.journal,
            built.desk,
            engine or ScriptedEngine(*texts),
            load_catalog(),
            classifier_of(model),
            tagger_of(model),
        )
        return hearing

    while built.recordings.claim():
        pass
    return make


def said(told: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in told["replies"])


def test_a_field_that_is_heard_otherwise_is_asked_about_once(citizen: Talker, listener: Any) -> None:
    spoken(citizen, "朝阳区望京的路灯不亮")
    hearing = listener("海淀区望京的路灯不亮")
    assert hearing.step()
    assert not hearing.step()
    told = citizen.say("13800001234")
    assert told["asking"] == "district"
    assert "朝阳区" in said(told) and "海淀区" in said(told)
    told = citizen.say("第一个")
    assert told["asking"] == "confirm", said(told)
    assert told["draft"]["fields"]["district"] == "朝阳区"
    ticket = citizen.say("对，提交")["ticket"]
    doubt = hearing.doubts.of(hearing.drafts.by_id(_draft(hearing, ticket)).id)[0]
    assert doubt.state == "settled"
    assert 0 <= doubt.audio["start"] < doubt.audio["end"] <= 3.0


def test_vosk_and_whisper_hear_another_amount_in_the_noise_and_the_citizen_is_asked_once(
    citizen: Talker, listener: Any
) -> None:
    """Both engines are real, on the project's own models; in this much noise they hear another sum now and then."""
    vosk, whisper = load("vosk", ROOT / "asr/demo/vosk"), load_whisper(ROOT / "asr/demo/whisper.pt")
    clean = speech("我在健身房办的卡花了三千五")
    for seed in range(40):
        sound = noisy(clean, 5, np.random.default_rng(seed))
        first, second = vosk.transcribe(sound), whisper.transcribe(sound)
        others = re.findall(r"\d{4}$", second.digits)
        if first.digits.endswith("花了3500") and others and others != ["3500"]:
            break
    else:
        pytest.fail("the models hear alike in every noise: take more of it")
    citizen.run(citizen.door.heard(citizen.id, sound, first))
    hearing = listener(engine=whisper)
    assert hearing.step()
    told, asked = citizen.say("朝阳区望京"), []
    for _ in range(12):
        if told["asking"] in ("confirm", None):
            break
        if told["asking"] == "amount_paid":
            asked.append(said(told))
        told = citizen.say(ANSWERS.get(told["asking"], "不知道"))
    assert told["asking"] == "confirm"
    assert len(asked) == 1, asked
    assert "3500" in asked[0] and others[0] in asked[0], asked
    assert told["draft"]["fields"]["amount_paid"] == 3500


ANSWERS = {"amount_paid": "第一个", "contact_phone": "13800001234", "merchant": "力健健身房", "district": "朝阳区"}


def _draft(hearing: SecondHearing, ticket: dict[str, Any]) -> str:
    from sqlalchemy import select

    from integrations.tables import TicketRow

    with hearing.drafts._database.reading() as session:
        found = session.scalar(select(TicketRow.draft_id).where(TicketRow.number == ticket["number"]))
        assert found is not None
        return found


def test_what_is_heard_alike_or_not_at_all_asks_nothing(citizen: Talker, listener: Any) -> None:
    spoken(citizen, "朝阳区望京的路灯不亮")
    assert listener("朝阳区望京的路灯不亮").step()
    assert citizen.say("13800001234")["asking"] == "confirm"
    other = Talker(citizen._runner, citizen.door)
    spoken(other, "朝阳区望京的路灯不亮")
    assert listener(NoSpeech()).step()
    assert other.say("13800001234")["asking"] == "confirm"


def test_what_the_citizen_has_corrected_since_is_theirs(citizen: Talker, listener: Any) -> None:
    spoken(citizen, "朝阳区望京的路灯不亮")
    citizen.say("不是朝阳，是丰台")
    assert listener("海淀区望京的路灯不亮").step()
    assert citizen.say("13800001234")["asking"] == "confirm"


def test_a_doubt_that_comes_before_the_yes_is_asked_before_filing(citizen: Talker, listener: Any) -> None:
    spoken(citizen, "朝阳区望京的路灯不亮")
    assert citizen.say("13800001234")["asking"] == "confirm"
    assert listener("海淀区望京的路灯不亮").step()
    told = citizen.say("对，提交")
    assert told["asking"] == "district"
    ticket = citizen.say("海淀区")["ticket"]
    assert ticket["district"] == "海淀区"


def test_what_only_the_whole_story_tells_is_never_doubted(citizen: Talker, listener: Any) -> None:
    """Whether it is a complaint or a plea was not heard in any word: who could say which of two they meant?"""
    first = "感谢朝阳区望京修好了路灯"
    spoken(citizen, first)
    hearing = listener("朝阳区望京的路灯不亮没人管")
    assert hearing.step()
    draft = hearing.drafts.current(citizen.id)
    assert draft is not None
    assert draft.value("type") == "表扬"
    assert "type" not in {doubt.field for doubt in hearing.doubts.of(draft.id)}


def test_a_doubt_that_comes_after_the_filing_is_asked_once_and_noted_on_the_ticket(
    citizen: Talker, listener: Any
) -> None:
    spoken(citizen, "朝阳区望京的路灯不亮")
    citizen.say("13800001234")
    number = citizen.say("对，提交")["ticket"]["number"]
    assert listener("海淀区望京的路灯不亮").step()
    history = citizen.run(citizen.door.history(citizen.id))
    asked = [m["text"] for m in history["messages"] if m["unasked"]]
    assert len(asked) == 1
    assert "朝阳区" in asked[0] and "海淀区" in asked[0]
    told = citizen.say("第二个")
    assert "已补充" in said(told)
    noted = citizen.run(citizen.door.history(citizen.id))["ticket"]
    assert noted["number"] == number
    assert "海淀区" in noted["history"][-1]["note"]
    assert "已补充" not in said(citizen.say("第二个"))


def test_an_engine_that_breaks_down_is_tried_again_and_then_left(citizen: Talker, listener: Any) -> None:
    spoken(citizen, "朝阳区望京的路灯不亮")
    hearing = listener(EngineFailed())
    assert hearing.step()
    assert not hearing.step(), "not at once"
    assert MOST_ATTEMPTS > 1
