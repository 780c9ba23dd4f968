"""Speech down to the ticket: as files, over the WebSocket, and in a real browser with a microphone that plays a file. On the project's own Vosk model."""

import asyncio
import json
import re
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from websockets.asyncio.client import connect

from tests.conftest import ROOT
from tests.e2e.conftest import Client, Running, start, stop
from tests.sounds import encode, music, noise, pcm, silence, speech, wav

MODEL = ROOT / "asr/demo/vosk"
COMPLAINT, PHONE, YES = "朝阳区望京的路灯不亮", "幺三八零零幺三八零零零", "对的没问题"


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Running]:
    """A running house that hears."""
    home = tmp_path_factory.mktemp("hearing")
    (home / "models").symlink_to(model.parent)
    made = start(home, JIESU_VOSK_MODEL=str(MODEL))
    try:
        yield made
    finally:
        stop(made)


@pytest.fixture
def citizen(hearing: Running) -> Client:
    return Client(hearing.url)


def speak(citizen: Client, data: bytes, message_id: str | None = None) -> httpx.Response:
    given = {"client_message_id": message_id} if message_id else {}
    return citizen.http.post(f"{citizen.path}/audio", files={"file": ("a", data)}, data=given, headers=citizen.headers)


@pytest.mark.parametrize(
    ("container", "codec", "rate", "layout"),
    [("ogg", "libopus", 48000, "mono"), ("mp3", "libmp3lame", 44100, "stereo"), ("mp4", "aac", 44100, "mono"),
     ("webm", "libopus", 48000, "mono"), ("wav", "pcm_mulaw", 8000, "mono"), ("wav", "pcm_s16le", 22050, "stereo")],
)  # fmt: skip
def test_a_recording_of_any_kind_is_heard(citizen: Client, container: str, codec: str, rate: int, layout: str) -> None:
    told = speak(citizen, encode(speech(COMPLAINT), container, codec, rate, layout))
    assert told.status_code == 200, told.text
    assert told.json()["draft"]["topic"] == "street_lights", told.json()["transcript"]


def test_a_complaint_spoken_into_files_becomes_a_ticket_whose_fields_know_their_sound(
    citizen: Client, hearing: Running
) -> None:
    first = speak(citizen, wav(speech(COMPLAINT)), "a").json()
    assert first["draft"]["fields"]["district"] == "朝阳区"
    assert speak(citizen, wav(speech(COMPLAINT)), "a").json() == first, "the same message does nothing twice"
    second = speak(citizen, wav(speech(PHONE))).json()
    assert second["draft"]["fields"]["contact_phone"] == "13800138000", second["transcript"]
    last = speak(citizen, wav(speech(YES))).json()
    ticket = last["ticket"]
    assert ticket, last["transcript"]
    assert ticket["topic"] == "street_lights"
    audio = ticket["fields"]["district"]["span"]["audio"]
    assert 0 < audio["start"] < audio["end"] < 5
    assert (hearing.home / "recordings" / f"{audio['recording']}.wav").is_file()


@pytest.mark.parametrize("sound", [silence(2), noise(2), music(3)], ids=["silence", "noise", "music"])
def test_what_is_no_speech_is_answered_kindly(citizen: Client, sound: Any) -> None:
    before = citizen.say("朝阳区青年路的路灯不亮")["draft"]
    told = speak(citizen, wav(sound))
    assert told.status_code == 422
    assert "没听到" in told.json()["detail"]
    assert citizen.say("为什么问这个")["draft"] == before


async def over_the_socket(
    hearing: Running, citizen: Client, sound: bytes, rate: int, *, auto: bool
) -> list[dict[str, Any]]:
    """What the server tells while a sound is sent as fast as it goes."""
    told: list[dict[str, Any]] = []
    url = f"{hearing.url.replace('http', 'ws')}{citizen.path}/speech"
    async with connect(url, proxy=None) as socket:

        async def send(**order: Any) -> None:
            await socket.send(json.dumps(order))

        async def until(*kinds: str) -> dict[str, Any]:
            while True:
                told.append(json.loads(await asyncio.wait_for(socket.recv(), 30)))
                if told[-1]["type"] in kinds:
                    return told[-1]

        await send(type="start", token=citizen.opened["token"], rate=rate, client_message_id="s1", auto=auto)
        await until("ready", "problem")
        for i in range(0, len(sound), 3200):
            await socket.send(sound[i : i + 3200])
        if not auto:
            await send(type="stop")
            if (await until("heard", "problem"))["type"] == "problem":
                return told
            await send(type="send")
        await until("answer", "problem")
    return told


@pytest.mark.parametrize("auto", [True, False])
def test_words_appear_while_they_are_spoken(hearing: Running, citizen: Client, auto: bool) -> None:
    sound = np.concatenate([silence(0.5), speech(COMPLAINT), silence(2.0)])
    told = asyncio.run(over_the_socket(hearing, citizen, pcm(sound), 16_000, auto=auto))
    partial = [message["text"] for message in told if message["type"] == "partial"]
    assert len(partial) > 3
    assert len(partial[0]) < len(partial[-1])
    assert any(message["type"] == "end" for message in told)
    assert told[-1]["draft"]["fields"]["district"] == "朝阳区"
    assert told[-1]["transcript"]


def test_a_socket_with_a_wrong_token_or_nonsense_is_told_so(hearing: Running, citizen: Client) -> None:
    async def wrong() -> list[str]:
        url = f"{hearing.url.replace('http', 'ws')}{citizen.path}/speech"
        said = []
        async with connect(url, proxy=None) as socket:
            await socket.send('{"type": "start", "token": "wrong", "rate": 16000}')
            said.append(json.loads(await socket.recv())["type"])
        async with connect(url, proxy=None) as socket:
            for order in ("[]", "{}", "nonsense", '{"type": "send"}'):
                await socket.send(order)
                said.append(json.loads(await socket.recv())["type"])
        return said

    assert asyncio.run(wrong()) == ["problem"] * 5


def test_silence_over_the_socket_is_answered_kindly(hearing: Running, citizen: Client) -> None:
    told = asyncio.run(over_the_socket(hearing, citizen, pcm(silence(2)), 16_000, auto=False))
    assert told[-1]["type"] == "problem"
    assert "没听到" in told[-1]["detail"]


@pytest.fixture(scope="module")
def speaking_page(hearing: Running, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser whose microphone plays a complaint, with silence after it, over and over."""
    path = tmp_path_factory.mktemp("microphone") / "microphone.wav"
    sound = np.concatenate([silence(1.0), speech(COMPLAINT), silence(6.0)])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(pcm(sound))
    flags = [
        "--no-sandbox", "--disable-dev-shm-usage", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}", "--autoplay-policy=no-user-gesture-required",
    ]  # fmt: skip
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(hearing.url)
        expect(page.locator("#talk li")).to_have_count(2)
        yield page
        browser.close()


def test_a_citizen_speaks_on_the_page_and_gets_a_number(speaking_page: Page) -> None:
    page = speaking_page
    expect(page.get_by_role("button", name="说话")).to_be_visible()
    page.locator("#mic").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#speaking")).to_be_visible()
    expect(page.locator("#heard")).to_contain_text("路灯", timeout=30_000)
    page.locator("#speech-send").click()
    expect(page.locator("#card")).to_contain_text("朝阳区", timeout=30_000)
    expect(page.locator("#talk li.spoken")).to_have_count(1)
    expect(page.locator("#speaking")).to_be_hidden()
    for said in ("13800001234", "对，提交"):
        page.locator("#words").fill(said)
        page.locator("#words").press("Enter")
    expect(page.locator("#number")).to_contain_text("工单号", timeout=30_000)


def test_what_was_said_can_be_thrown_away(speaking_page: Page) -> None:
    page = speaking_page
    lines = page.locator("#talk li").count()
    page.locator("#mic").click()
    expect(page.locator("#heard")).to_contain_text("路灯", timeout=30_000)
    page.locator("#speech-discard").click()
    expect(page.locator("#speaking")).to_be_hidden()
    assert page.locator("#talk li").count() == lines


def test_what_was_said_while_the_line_is_busy_stays_and_is_sent_again(speaking_page: Page) -> None:
    page = speaking_page
    lines = page.locator("#talk li.spoken").count()
    page.locator("#mic").click()
    expect(page.locator("#heard")).to_contain_text("路灯", timeout=30_000)
    page.locator("#mic").click()
    expect(page.locator("#speech-send")).to_be_focused(timeout=30_000)
    page.evaluate("speech.sending = true; speech.on({type: 'problem', detail: '上一句还在办。', again: true})")
    expect(page.locator("#trouble")).to_contain_text("上一句还在办")
    expect(page.locator("#heard")).to_contain_text("路灯")
    page.locator("#speech-send").click()
    expect(page.locator("#talk li.spoken")).to_have_count(lines + 1, timeout=30_000)
    expect(page.locator("#trouble")).to_be_hidden()


def test_escape_throws_away_wherever_the_keyboard_is(speaking_page: Page) -> None:
    page = speaking_page
    page.locator("#mic").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#speaking")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#speaking")).to_be_hidden()
    expect(page.locator("#mic")).to_have_attribute("aria-pressed", "false")


def test_whoever_holds_the_button_sends_by_letting_go(speaking_page: Page) -> None:
    page = speaking_page
    spoken = page.locator("#talk li.spoken").count()
    page.locator("#mic").hover()
    page.mouse.down()
    expect(page.locator("#heard")).to_contain_text("路灯", timeout=30_000)
    page.mouse.up()
    expect(page.locator("#talk li.spoken")).to_have_count(spoken + 1, timeout=30_000)
    expect(page.locator("#speaking")).to_be_hidden()


def test_letting_go_before_the_line_stands_does_not_hang(speaking_page: Page) -> None:
    page = speaking_page
    page.locator("#mic").hover()
    page.mouse.down()
    # As long as a hold has to be, whether or not the microphone and the line are ready by then.
    page.wait_for_timeout(360)
    page.mouse.up()
    expect(page.locator("#speaking")).to_be_hidden(timeout=30_000)


def test_replies_can_be_read_aloud(speaking_page: Page) -> None:
    page = speaking_page
    page.get_by_role("button", name="朗读").click()
    expect(page.locator("html")).to_have_attribute("data-spoken", re.compile("[1-9]"), timeout=30_000)
    page.get_by_role("button", name="朗读").click()


def test_the_voice_reads_only_to_the_conversations_owner(citizen: Client) -> None:
    spoken = citizen.http.post(f"{citizen.path}/voice", json={"text": "您好"}, headers=citizen.headers)
    assert spoken.status_code == 200
    assert spoken.content[:4] == b"RIFF"
    assert citizen.http.post(f"{citizen.path}/voice", json={"text": "您好"}).status_code == 401
    assert citizen.http.post(f"{citizen.path}/voice", json={"text": ""}, headers=citizen.headers).status_code == 422
