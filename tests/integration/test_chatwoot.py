"""What Chatwoot alone has to keep: notes stay private, nothing is told twice, only Chatwoot is believed, and what a webhook did not tell is found."""

import asyncio
import hashlib
import hmac
import io
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from bot.operators import words
from integrations.database import Database, upgrade
from integrations.drafts import NewEntry
from tests.contract.conftest import Clock
from tests.fakes.chatwoot import SECRET
from tests.seats import ChatwootSeat, House, chatwoot_seat, until


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def here(clock: Clock, tmp_path: Path) -> House:
    database = Database(f"sqlite:///{tmp_path}/t.db")
    upgrade(database)
    return House(database, clock, tmp_path)


@pytest.fixture
def there(here: House) -> Iterator[ChatwootSeat]:
    with chatwoot_seat(here) as made:
        yield made


def test_chatwoots_private_notes_stay_there_and_ours_bring_the_draft(here: House, there: ChatwootSeat) -> None:
    conversation = here.door.journal.create("test").id
    draft = here.door.drafts.open_new(conversation)
    facts = {"topic": "street_lights", "district": "朝阳区", "description": "路灯不亮"}
    here.door.drafts.append(draft.id, [NewEntry(name, value, value, 1) for name, value in facts.items()], {})
    here.desk.escalations.ask(conversation, "doubt")
    assert any("存疑" in note and "朝阳区" in note and "路灯" in note for note in there.notes(conversation))
    there.take(conversation)
    there.came(conversation, "operator")
    there.there.agent_says(there.number(conversation), "这人脾气大", private=True)
    there.say(conversation, "您好")
    until(lambda: ("operator", "您好") in here.told(conversation), "the operator's words")
    assert "脾气" not in str(here.told(conversation))


def test_chatwoot_gets_the_sound(here: House, there: ChatwootSeat) -> None:
    conversation = here.door.journal.create("test").id
    recording = here.recordings.keep(conversation, b"RIFF....WAVE", 1.0)
    asyncio.run(here.door.say(conversation, "（语音留言）", unheard=recording))
    number = there.number(conversation)
    message = there.there.conversations[number]["messages"][0]
    assert message["attachments"][0]["data"] == b"RIFF....WAVE"


def test_pictures_go_both_ways(here: House, there: ChatwootSeat) -> None:
    conversation = here.door.journal.create("test").id
    draft = here.door.drafts.open_new(conversation)
    here.door.drafts.append(draft.id, [NewEntry("description", "路灯不亮", "路灯不亮", 1)], {})
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")
    here.evidence.attach(draft.id, picture.getvalue())
    here.desk.escalations.ask(conversation, "wish")
    number = there.number(conversation)
    there.mirror()
    sent = [m["attachments"] for m in there.there.conversations[number]["messages"] if m["content"] == "照片1"]
    assert len(sent) == 1, "once"
    assert sent[0][0]["file_type"] == "image"
    assert Image.open(io.BytesIO(sent[0][0]["data"])).size == (40, 30)
    there.take(conversation)
    there.came(conversation, "operator")
    there.there.agent_says(number, "", files=("form.png",))
    wanted = ("operator", "坐席发来的文件：https://chatwoot.example/files/form.png")
    until(lambda: wanted in here.told(conversation), "the operator's file")


def test_what_no_webhook_told_is_found_once(here: House, there: ChatwootSeat) -> None:
    conversation = here.waiting()
    number = there.number(conversation)
    there.there.silent = True
    there.there.agent_says(number, "您好")
    for _ in range(3):
        there.look()
    assert here.told(conversation) == [("bot", words.TAKEN), ("operator", "您好")]
    there.there.agent_sets(number, "resolved")
    for _ in range(3):
        there.look()
    assert there.state(conversation) == "closed"
    there.there.silent = False
    there.there.agent_says(number, "还有一句")
    until(lambda: ("operator", "还有一句") in here.told(conversation), "a word after the end")


@pytest.mark.parametrize("how", [503, "lost", 500])
def test_a_chatwoot_that_fails_gets_everything_once(here: House, there: ChatwootSeat, clock: Clock, how: Any) -> None:
    conversation = here.waiting()
    for n in range(4):
        here.say(conversation, f"第{n}句")
    for fails in range(8):
        there.there.failing += [how]
        there.mirror()
        clock.now += timedelta(minutes=10)
        if fails == 4:
            here.say(conversation, "又一句")
    there.there.failing.clear()
    clock.now += timedelta(minutes=10)
    said = [text for who, text in there.heard(conversation) if who == "citizen"]
    assert said == [*(f"第{n}句" for n in range(4)), "又一句"]
    assert len(there.there.contacts) == len(there.there.conversations) == 1
    assert there.waiting() == [conversation]


def test_an_agent_is_heard_though_we_died_before_noting_that_it_is_open(
    here: House, there: ChatwootSeat, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = here.waiting()
    there.there.silent = True

    def dies(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(here.mirrors, "done", dies)
        there.mirror()
    ((number, shown),) = there.there.conversations.items()
    assert (shown["status"], shown["priority"] is not None) == ("open", True)
    there.look()
    there.there.agent_sets(number, "pending")
    there.look()
    assert there.state(conversation) == "bot"
    clock.now += timedelta(minutes=10)
    there.mirror()
    assert shown["status"] == "pending"


def test_a_second_process_does_not_tell_it_again(here: House, there: ChatwootSeat) -> None:
    conversation = here.waiting()
    mirror = here.mirrors.claim(conversation)
    assert mirror is not None and here.mirrors.claim(conversation) is None
    there.mirror()
    assert not there.there.conversations


def test_two_agents_in_chatwoot_hand_over_to_each_other(here: House, there: ChatwootSeat) -> None:
    conversation = here.waiting()
    number = there.number(conversation)
    there.there.agent_assigns(number, 3)
    there.came(conversation, "operator")
    there.there.agent_says(number, "我来帮您", agent=4)
    until(lambda: ("operator", "我来帮您") in here.told(conversation), "the second agent")
    assert [e.operator for e in here.desk.escalations.held()] == ["chatwoot:4"]


def test_what_our_own_console_holds_chatwoot_does_not(here: House, there: ChatwootSeat) -> None:
    conversation = here.waiting()
    number = there.number(conversation)
    here.desk.take(conversation, "li")
    there.there.silent = True
    there.there.agent_says(number, "抢答")
    there.there.agent_sets(number, "resolved")
    there.look()
    assert "抢答" not in str(here.told(conversation))
    assert there.state(conversation) == "operator"


def test_only_chatwoot_is_believed(there: ChatwootSeat) -> None:
    url = there.there.webhook
    body = json.dumps({"event": "message_created"}).encode()

    def signed(at: float, secret: str = SECRET) -> dict[str, str]:
        stamp = str(int(at))
        right = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": f"sha256={right}"}

    def post(query: str = "", **headers: str) -> int:
        return httpx.post(url + query, content=body, headers=headers, trust_env=False, timeout=30).status_code

    assert post() == 401
    assert post(**signed(time.time())) == 200
    assert post(**signed(time.time(), "another")) == 401
    assert post(**signed(time.time() - 3600)) == 401, "an old one is not played again"
    assert post(f"?secret={SECRET}") == 200
    assert post("?secret=another") == 401
    assert post(f"?secret={SECRET}", **signed(time.time(), "another")) == 401
