"""The Telegram channel: the real library against a Bot API server, with a dialog that says what the test wants."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from asr.errors import NoSpeech
from bot.channels import problems
from bot.channels.telegram import words
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.sending import split, units
from integrations.database import Database, upgrade
from integrations.evidence import NotEvidence
from integrations.inbox import MOST_ATTEMPTS, Inbox
from integrations.journal import Journal
from integrations.phone_links import PhoneLinks
from integrations.pushes import Pushes
from integrations.quiet import QuietHours
from integrations.zone import BEIJING
from tests.fakes.bot_api import TOKEN, BotApi, bot_api

DAY = datetime(2026, 11, 24, 12, 0, tzinfo=BEIJING)
BUTTONS = [{"title": "对，提交", "payload": "对，提交"}, {"title": "很长的", "payload": "长" * 100}]


class Door:
    """The conversation's door, as the channel sees it: repeats are answered alike and counted once."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.said: list[str] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.heard: list[bytes] = []
        self.attached: list[bytes] = []
        self.places: list[tuple[float, float]] = []
        self.broken = 0
        self.replies: list[dict[str, Any]] = [{"text": "好的", "buttons": BUTTONS}]

    async def start(self, channel: str, citizen_key: str | None = None) -> dict[str, Any]:
        opened = self.journal.create(channel, citizen_key)
        return {"conversation_id": opened.id, "replies": [{"text": "您好，请说。", "buttons": []}]}

    async def say(self, conversation: str, text: str, message_id: str | None = None) -> dict[str, Any]:
        if self.broken:
            self.broken -= 1
            raise ValueError
        if message_id not in self.answers:
            self.said.append(text)
            self.answers[message_id or ""] = {"replies": self.replies}
        return self.answers[message_id or ""]

    async def hear(self, conversation: str, data: bytes, message_id: str | None = None) -> dict[str, Any]:
        self.heard.append(data)
        if data == b"silence":
            raise NoSpeech
        return {"replies": self.replies, "transcript": "路灯不亮"}

    async def locate(self, conversation: str, latitude: float, longitude: float) -> bool:
        self.places.append((latitude, longitude))
        return len(self.places) > 1

    async def attach(self, conversation: str, data: bytes) -> str:
        if not data.startswith(b"photo"):
            raise NotEvidence
        self.attached.append(data)
        return "id"


class Clock:
    def __init__(self) -> None:
        self.now = DAY

    def __call__(self) -> datetime:
        return self.now


class House:
    """A running channel on a database that outlives it."""

    def __init__(self, folder: Path, api: BotApi) -> None:
        self.api = api
        self.clock = Clock()
        self.database = Database(f"sqlite:///{folder}/t.db")
        upgrade(self.database)
        self.journal = Journal(self.database, self.clock)
        self.door = Door(self.journal)
        self.inbox = Inbox(self.database, self.clock)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.context: Any = None

    def channel(self) -> TelegramChannel:
        pushes = Pushes(self.database, "telegram", QuietHours.parse("22:00-07:00"), self.clock)
        links = PhoneLinks(self.database, self.clock)
        return TelegramChannel(TOKEN, self.api.url, self.door, self.inbox, pushes, links)  # type: ignore[arg-type]

    def run(self, awaitable: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(awaitable, self.loop).result(30)

    def start(self) -> None:
        async def enter() -> None:
            self.context = self.channel().serving("", "secret")
            await self.context.__aenter__()

        self.run(enter())

    def stop(self) -> None:
        if self.context is not None:
            self.run(self.context.__aexit__(None, None, None))
            self.context = None

    def news(self, text: str) -> None:
        conversation = self.journal.latest("telegram", "telegram:7")
        assert conversation is not None
        self.journal.append(conversation, text, {"ticket": "1", "status": "accepted"}, unasked=True)


@pytest.fixture
def api() -> Iterator[BotApi]:
    with bot_api() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, api: BotApi) -> Iterator[House]:
    made = House(tmp_path, api)
    made.start()
    yield made
    made.stop()
    made.loop.call_soon_threadsafe(made.loop.stop)
    made.thread.join(10)
    made.loop.close()
    made.database.engine.dispose()


def test_words_go_in_answers_come_out_and_a_button_is_pressed(house: House, api: BotApi) -> None:
    api.say("路灯不亮")
    api.wait(lambda: api.texts() == ["好的"])
    keyboard = [b["text"] for row in api.sent[0]["reply_markup"]["inline_keyboard"] for b in row]
    assert keyboard == ["对，提交", "很长的"]
    assert all(
        len(b["callback_data"].encode()) <= 64 for row in api.sent[0]["reply_markup"]["inline_keyboard"] for b in row
    )
    api.press("很长的")
    api.wait(lambda: len(api.texts()) == 2)
    assert house.door.said == ["路灯不亮", "长" * 100]
    assert words.CHOSEN.format("对")[:4] in api.edited[0]["text"]
    assert any(method == "answerCallbackQuery" for method, _ in api.calls)
    assert any(method == "sendChatAction" for method, _ in api.calls)


def test_the_commands_speak_chinese_and_are_in_the_menu(house: House, api: BotApi) -> None:
    for command in ("/start", "/help", "/status", "/human", "/cancel", "/nothing"):
        api.say(command)
    api.wait(lambda: len(api.texts()) == 6)
    assert api.texts()[:2] == ["您好，请说。", words.HELP]
    assert api.texts()[-1] == words.UNKNOWN_COMMAND
    assert house.door.said == ["我的工单办得怎么样了", "转人工", "不办了"]
    menu = next(given for method, given in api.calls if method == "setMyCommands")
    assert {"command": "status", "description": "查工单进度"} in json.loads(menu["commands"])


def test_an_update_that_comes_twice_or_late_is_answered_once(house: House, api: BotApi) -> None:
    first, second = api.update(message={"text": "一"}), api.update(message={"text": "二"})
    api.push(second, first, second)
    api.wait(lambda: len(api.texts()) == 2)
    api.push(first)
    api.say("三")
    api.wait(lambda: "三" in house.door.said)
    assert sorted(house.door.said) == ["一", "三", "二"]
    api.wait(lambda: len(api.texts()) == 3)


def test_a_voice_note_is_heard_and_silence_is_answered_kindly(house: House, api: BotApi) -> None:
    api.files = {"v1": b"sound", "v2": b"silence"}
    for name in api.files:
        api.push(
            api.update(message={"voice": {"file_id": name, "file_unique_id": name, "duration": 2, "file_size": 5}})
        )
    api.wait(lambda: len(api.texts()) == 3)
    assert api.texts()[0] == words.HEARD.format("路灯不亮")
    assert "没听到" in api.texts()[2]


def test_photos_and_documents_are_evidence_and_an_album_is_acknowledged_once(house: House, api: BotApi) -> None:
    api.files = {"p1": b"photo 1", "p2": b"photo 2", "d": b"a program"}
    for name in ("p1", "p2"):
        photo = [{"file_id": name, "file_unique_id": name, "width": 9, "height": 9, "file_size": 7}]
        api.push(api.update(message={"photo": photo, "media_group_id": "g"}))
    api.push(
        api.update(message={"document": {"file_id": "d", "file_unique_id": "d", "file_size": 9}, "caption": "合同在这"})
    )
    api.wait(lambda: len(api.texts()) == 3)
    assert house.door.attached == [b"photo 1", b"photo 2"]
    assert api.texts() == [words.PHOTO_KEPT, words.NOT_EVIDENCE, "好的"]
    assert house.door.said == ["合同在这"]


def test_a_file_that_is_too_large_is_answered_kindly(house: House, api: BotApi) -> None:
    api.files = {"big": b"0" * (20 * 1024 * 1024 + 1)}
    for size in (21 * 1024 * 1024, None):
        api.push(api.update(message={"document": {"file_id": "big", "file_unique_id": "b", "file_size": size}}))
    api.wait(lambda: api.texts() == [words.TOO_LARGE_FOR_TELEGRAM] * 2)


def test_places_contacts_and_stickers_are_answered(house: House, api: BotApi) -> None:
    place = {"longitude": 116.4, "latitude": 39.9}
    api.push(api.update(message={"location": place}))
    api.push(
        api.update(message={"venue": {"location": place, "title": "望京SOHO", "address": "望京街"}, "location": place})
    )
    api.push(api.update(message={"contact": {"phone_number": "13800001234", "first_name": "王"}}))
    api.push(api.update(message={"dice": {"emoji": "🎲", "value": 3}}))
    api.wait(lambda: len(api.texts()) == 4)
    assert api.texts()[0] == words.LOCATION
    assert api.texts()[3] == words.CANNOT_READ
    api.push(api.update(message={"location": place}))
    api.wait(lambda: api.texts()[-1] == words.LOCATION_KEPT)
    assert house.door.places == [(39.9, 116.4)] * 2
    assert house.door.said == ["地点在望京SOHO，望京街", "13800001234"]


def test_only_a_contact_of_the_senders_own_links_a_telephone(house: House, api: BotApi) -> None:
    links = PhoneLinks(house.database, house.clock)
    theirs = api.update(message={"contact": {"phone_number": "+8613800001234", "first_name": "王", "user_id": 999}})
    api.push(theirs)
    api.wait(lambda: len(api.texts()) == 1)
    assert links.citizen("13800001234", "telegram") is None
    user = theirs["message"]["from"]["id"]
    api.push(api.update(message={"contact": {"phone_number": "+8613800001234", "first_name": "王", "user_id": user}}))
    api.wait(lambda: len(api.texts()) == 2)
    assert links.citizen("13800001234", "telegram") == f"telegram:{user}"


def test_an_edited_message_is_said_anew(house: House, api: BotApi) -> None:
    sent = api.say("朝阳区的路灯")
    api.wait(lambda: len(api.texts()) == 1)
    edited = {**sent["message"], "text": "海淀区的路灯", "edit_date": sent["message"]["date"] + 5}
    api.push({"update_id": next(api.numbers), "edited_message": edited})
    api.wait(lambda: len(api.texts()) == 2)
    assert house.door.said == ["朝阳区的路灯", "海淀区的路灯"]


@pytest.mark.parametrize("failure", [("429", 1), 502, "hang up"])
def test_flood_limits_and_broken_lines_delay_an_answer_and_lose_none(house: House, api: BotApi, failure: Any) -> None:
    api.failing = {"sendMessage": [failure], "getUpdates": [502]}
    api.say("路灯不亮")
    api.wait(lambda: len(api.texts()) >= 1, 40)
    assert house.door.said == ["路灯不亮"]
    api.say("谢谢")
    api.wait(lambda: "谢谢" in house.door.said, 40)


def test_a_broken_download_is_tried_again(house: House, api: BotApi) -> None:
    api.files, api.failing = {"v": b"sound"}, {"download": [502, "hang up"]}
    api.push(api.update(message={"voice": {"file_id": "v", "file_unique_id": "v", "duration": 2, "file_size": 5}}))
    api.wait(lambda: house.door.heard == [b"sound"], 40)


def test_a_long_reply_is_split_at_ends_of_sentences(house: House, api: BotApi) -> None:
    house.door.replies = [{"text": "这是很长的一句话。" * 700, "buttons": []}]
    api.say("说长一点")
    api.wait(lambda: len(api.texts()) == 2)
    assert all(text.endswith("。") for text in api.texts())
    assert "".join(api.texts()) == "这是很长的一句话。" * 700
    assert [len(piece) for piece in split("字" * 9000)] == [4096, 4096, 808]


def test_news_are_pushed_once_in_order_also_after_a_restart(house: House, api: BotApi) -> None:
    api.say("路灯不亮")
    api.wait(lambda: len(api.texts()) == 1)
    house.news("已受理")
    api.wait(lambda: api.texts()[1:] == ["已受理"])
    house.stop()
    house.news("已派单")
    house.news("办理中")
    house.start()
    api.wait(lambda: api.texts()[1:] == ["已受理", "已派单", "办理中"])


def test_a_question_that_comes_unasked_brings_its_buttons(house: House, api: BotApi) -> None:
    api.say("路灯不亮")
    api.wait(lambda: len(api.texts()) == 1)
    conversation = house.journal.latest("telegram", "telegram:7")
    assert conversation is not None
    asked = [{"title": title, "payload": title} for title in ("解决了", "解决了一部分", "没解决")]
    house.journal.append(conversation, "这件事解决了吗？", {"buttons": asked, "follow_up": 1}, unasked=True)
    api.wait(lambda: api.texts()[1:] == ["这件事解决了吗？"])
    api.press("没解决")
    api.wait(lambda: house.door.said[-1] == "没解决")


def test_news_wait_for_the_end_of_the_quiet_hours(house: House, api: BotApi) -> None:
    api.say("路灯不亮")
    api.wait(lambda: len(api.texts()) == 1)
    house.clock.now = DAY.replace(hour=23)
    house.news("已受理")
    api.say("在吗")
    api.wait(lambda: len(api.texts()) == 2)
    assert "已受理" not in api.texts()
    house.clock.now = DAY.replace(hour=7) + timedelta(days=1)
    api.wait(lambda: api.texts()[-1] == "已受理")


def test_whoever_has_blocked_the_bot_is_told_when_they_come_back(house: House, api: BotApi) -> None:
    api.say("路灯不亮")
    api.wait(lambda: len(api.texts()) == 1)
    api.blocked = True
    tried = sum(1 for method, _ in api.calls if method == "sendMessage")
    house.news("已受理")
    api.wait(lambda: sum(1 for method, _ in api.calls if method == "sendMessage") > tried)
    api.blocked = False
    assert len(api.texts()) == 1
    api.say("我回来了")
    api.wait(lambda: "已受理" in api.texts())
    assert api.texts().count("已受理") == 1


def test_what_came_before_a_crash_is_answered_after_it(house: House, api: BotApi) -> None:
    house.stop()
    update = api.update(message={"text": "路灯不亮"})
    house.inbox.keep(f"tg:{update['update_id']}", "7", update["update_id"], update)
    house.start()
    api.wait(lambda: api.texts() == ["好的"])


def test_the_webhook_takes_only_what_carries_the_secret(house: House, api: BotApi) -> None:
    app = FastAPI()
    problems.install(app)
    app.include_router(house.channel().webhook_router("秘密".encode().hex()))
    client, secret = TestClient(app), "秘密".encode().hex()
    update = api.update(message={"text": "路灯不亮"})
    assert client.post("/telegram", json=update).status_code == 401
    header = {"X-Telegram-Bot-Api-Secret-Token": secret}
    assert client.post("/telegram", json=update, headers=header).json() == {"ok": True}
    assert client.post("/telegram", json={"nothing": 1}, headers=header).status_code == 422
    api.wait(lambda: api.texts() == ["好的"])


def test_no_token_reaches_a_log(house: House, api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    api.failing = {"sendMessage": [502]}
    api.say("金丝雀路七号")
    api.wait(lambda: len(api.texts()) == 1, 40)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("bot", "integrations"))]
    assert not [line for line in ours if TOKEN in line or "金丝雀" in line]


def test_a_slash_alone_is_no_command_and_a_number_goes_with_one(house: House, api: BotApi) -> None:
    for text in ("/", "/ 你好", "/status 1223 9947 3964", "/status@jiesu_bot", "/HELP"):
        api.say(text)
    api.wait(lambda: len(api.texts()) == 5)
    assert house.door.said == ["/", "/ 你好", "工单1223 9947 3964办得怎么样了", "我的工单办得怎么样了"]
    assert api.texts()[-1] == words.HELP


def test_a_recording_sent_as_a_document_is_heard_and_shown_to_be(house: House, api: BotApi) -> None:
    api.files = {"d": b"sound"}
    api.push(
        api.update(
            message={"document": {"file_id": "d", "file_unique_id": "d", "file_size": 5, "mime_type": "audio/mpeg"}}
        )
    )
    api.wait(lambda: house.door.heard == [b"sound"])
    api.wait(lambda: len(api.texts()) == 2)
    assert any(method == "sendChatAction" and given["action"] == "record_voice" for method, given in api.calls)


def test_a_telegram_that_is_away_for_long_costs_no_answer(
    house: House, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.channel.RETRY_SECONDS", 0.01)
    monkeypatch.setattr("bot.channels.telegram.sending.ATTEMPTS", 1)
    api.failing = {"sendMessage": [502] * 20}
    api.say("路灯不亮")
    api.wait(lambda: api.texts() == ["好的"], 40)
    assert house.door.said == ["路灯不亮"]


def test_what_can_never_be_answered_is_said_so_and_holds_nobody_up(
    house: House, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.channel.RETRY_SECONDS", 0.01)
    house.door.broken = MOST_ATTEMPTS
    api.say("路灯不亮")
    api.wait(lambda: api.texts() == [words.TROUBLE], 40)
    api.say("井盖没了")
    api.wait(lambda: api.texts()[-1] == "好的", 40)


def test_an_operators_words_at_night_take_the_news_before_them_along(house: House, api: BotApi) -> None:
    api.say("路灯不亮")
    api.wait(lambda: len(api.texts()) == 1)
    house.clock.now = DAY.replace(hour=23)
    house.news("已受理")
    conversation = house.journal.latest("telegram", "telegram:7")
    assert conversation is not None
    house.journal.append(conversation, "我是坐席小王", {}, unasked=True, direction="operator")
    api.wait(lambda: api.texts()[1:] == ["已受理", "我是坐席小王"])


def test_an_emoji_counts_twice_as_telegram_counts_it() -> None:
    assert all(units(piece) <= 4096 for piece in split("😀" * 5000))
    assert "".join(split("😀" * 5000)) == "😀" * 5000
