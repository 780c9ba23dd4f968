"""The HTTP contract, on the real processes."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.conftest import Client, Running
from tests.pictures import png
from tests.sounds import speech, wav


def test_a_complaint_becomes_a_ticket_with_a_number(client: Client) -> None:
    told = client.say("朝阳区青年路的路灯不亮")
    assert told["draft"]["topic"] == "street_lights"
    assert told["draft"]["fields"]["district"] == "朝阳区"
    assert told["asking"] == "contact_phone"
    told = client.say("13800001234")
    assert told["asking"] == "confirm"
    assert told["replies"][-1]["buttons"][0]["payload"] == "对，提交"
    ticket = client.say("对，提交")["ticket"]
    assert len(ticket["number"]) == 12
    assert ticket["status"] == "submitted"
    assert ticket["fields"]["district"]["raw"]
    assert ticket["fields"]["district"]["confirmed"] is True
    assert ticket["contact"]["phone"] == "13800001234"
    assert ticket["created_at"].endswith("+08:00")


def test_the_same_message_id_gives_the_same_answer_and_does_nothing_twice(client: Client) -> None:
    client.say("朝阳区青年路的路灯不亮", "a")
    client.say("匿名", "b")
    first = client.say("对，提交", "c")
    again = client.say("对，提交", "c")
    assert again == first
    assert first["ticket"]["number"] == again["ticket"]["number"]


def test_two_messages_at_once_are_answered_one_after_the_other(client: Client) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(client.post, ["海淀区知春路路灯不亮", "13800001234"]))
    assert {answer.status_code for answer in answers} == {200}
    draft = client.say("为什么问这个")["draft"]
    assert draft["fields"]["district"] == "海淀区"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😀😀😀",
        "\x00\x01\x07",
        "'; DROP TABLE tickets; --",
        "<script>alert(1)</script>",
        "/restart",
        "好" * 10_000,
    ],
)
def test_bad_input_gets_a_clear_answer_and_the_draft_is_intact(client: Client, text: str) -> None:
    before = client.say("朝阳区青年路的路灯不亮")["draft"]
    response = client.post(text)
    assert response.status_code == 200, response.text
    told = response.json()
    assert told["replies"] and all(reply["text"] for reply in told["replies"])
    for name, value in before["fields"].items():
        if name != "description":
            assert told["draft"]["fields"][name] == value
    assert client.say("13800001234")["asking"] == "confirm"


def test_english_is_answered_kindly(client: Client) -> None:
    assert "中文" in client.say("hello I want to report a broken street light near my home")["replies"][0]["text"]


@pytest.mark.parametrize("body", ["not json", "[]", '{"text": 5}', "{}", '"text"'])
def test_a_body_that_is_no_message_is_a_problem(client: Client, body: str) -> None:
    response = client.http.post(
        f"{client.path}/messages", content=body, headers={**client.headers, "Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_a_message_beyond_all_limits_is_a_problem(client: Client) -> None:
    assert client.post("好" * 20_001).status_code == 422


@pytest.mark.parametrize("token", ["", "wrong", "x" * 5000])
def test_a_stale_token_is_a_problem(client: Client, token: str) -> None:
    response = client.http.post(
        f"{client.path}/messages", json={"text": "你好"}, headers={"Authorization": f"Bearer {token}".strip()}
    )
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"


def test_status_needs_the_phone_and_a_wrong_pair_sounds_like_an_unknown_number(
    running: Running, client: Client
) -> None:
    number = client.file()["number"]
    path = f"/api/v1/tickets/{number}"
    right = client.http.get(path, params={"phone_last4": "1234"})
    assert right.status_code == 200
    assert "13800001234" not in right.text
    wrong = client.http.get(path, params={"phone_last4": "9999"})
    unknown = client.http.get("/api/v1/tickets/123456789012", params={"phone_last4": "1234"})
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json() == unknown.json()


def test_status_is_told_from_another_conversation_with_the_last_four_digits(running: Running, client: Client) -> None:
    number = client.file()["number"]
    other = Client(running.url)
    told = other.say(f"查一下工单{number[:4]} {number[4:8]} {number[8:]}")
    assert told["asking"] == "phone_last4"
    assert "路灯" in other.say("1234")["replies"][0]["text"]


def test_a_moved_ticket_reaches_the_open_page_unasked_and_once(running: Running, client: Client) -> None:
    number = client.file()["number"]
    events: list[dict[str, str]] = []

    def listen() -> None:
        with httpx.Client(base_url=running.url, timeout=20, trust_env=False) as http:
            try:
                with http.stream("GET", f"{client.path}/events", headers=client.headers) as stream:
                    for line in stream.iter_lines():
                        if line.startswith("data:"):
                            events.append(json.loads(line[5:]))
            except httpx.HTTPError:
                pass

    threading.Thread(target=listen, daemon=True).start()
    time.sleep(1)
    for status in ("accepted", "dispatched"):
        moved = running.cli("tickets", "move", number, status, "--note", "已联系维修队")
        assert moved.returncode == 0, moved.stderr
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and len(events) < 2:
        time.sleep(0.1)
    time.sleep(1.5)
    assert len(events) == 2
    assert "已联系维修队" in events[0]["text"]
    assert "派" in events[1]["text"]


def test_guessing_ticket_numbers_is_slowed_down(running: Running) -> None:
    with httpx.Client(base_url=running.url, trust_env=False) as http:
        statuses = [
            http.get("/api/v1/tickets/123456789012", params={"phone_last4": str(n)}).status_code
            for n in range(1000, 1040)
        ]
    assert 429 in statuses


def test_health_readiness_and_metrics(client: Client) -> None:
    assert client.http.get("/healthz").status_code == 200
    assert client.http.get("/readyz").json() == {"dialog": True, "database": True}
    assert "python_info" in client.http.get("/metrics").text


def test_no_word_of_a_citizen_reaches_a_log(running: Running, client: Client) -> None:
    canary = "金丝雀路七七八八号"
    client.say(f"朝阳区{canary}的路灯不亮，我电话13877778888")
    client.say("对")
    for path in (running.home / "logs").glob("*.log"):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert canary not in text
        assert "13877778888" not in text
    assert canary not in client.http.get("/metrics").text


PNG = png()


def test_a_photo_goes_with_the_ticket(client: Client) -> None:
    client.say("朝阳区青年路的路灯不亮")
    sent = client.http.post(f"{client.path}/files", files={"file": ("a.png", PNG)}, headers=client.headers)
    assert sent.status_code == 201, sent.text
    client.say("13800001234")
    ticket = client.say("对，提交")["ticket"]
    assert ticket["files"] == [{"file_id": sent.json()["file_id"], "media_type": "image/png", "size": len(PNG)}]


def test_evidence_and_the_ticket_as_pdf_are_served_to_their_citizen_alone(running: Running, client: Client) -> None:
    client.say("朝阳区青年路的路灯不亮")
    sent = client.http.post(f"{client.path}/files", files={"file": ("a.png", PNG)}, headers=client.headers)
    file = f"/files/{sent.json()['file_id']}"
    client.say("13800001234")
    number = client.say("对，提交")["ticket"]["number"]
    served = client.http.get(f"{client.path}{file}", headers=client.headers)
    assert served.content == PNG
    assert served.headers["content-disposition"].startswith("attachment")
    pdf = client.http.get(f"{client.path}/tickets/{number}.pdf", headers=client.headers)
    assert pdf.content.startswith(b"%PDF-")
    other = Client(running.url)
    assert other.http.get(f"{other.path}{file}", headers=other.headers).status_code == 404
    assert other.http.get(f"{other.path}/tickets/{number}.pdf", headers=other.headers).status_code == 404
    assert client.http.get(f"{client.path}{file}").status_code == 401


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [("a.png", b"MZ an executable", 415), ("b.pdf", b"", 415), ("c.png", PNG + bytes(10 * 1024 * 1024), 413)],
)
def test_what_is_no_evidence_is_refused_kindly(client: Client, name: str, data: bytes, status: int) -> None:
    sent = client.http.post(f"{client.path}/files", files={"file": (name, data)}, headers=client.headers)
    assert sent.status_code == status
    assert sent.headers["content-type"] == "application/problem+json"
    assert client.say("朝阳区青年路的路灯不亮")["draft"]["topic"] == "street_lights"


def test_without_a_model_a_recording_is_kept_and_a_person_is_asked_for(client: Client) -> None:
    assert client.http.get("/api/v1/speech").json()["listens"] is False
    before = client.say("朝阳区青年路的路灯不亮")["draft"]
    file = {"file": ("a.wav", wav(speech("匿名")))}
    sent = client.http.post(f"{client.path}/audio", files=file, headers=client.headers)
    assert sent.status_code == 200, sent.text
    told = sent.json()
    assert told["transcript"] is None
    assert told["state"] == "waiting"
    assert "坐席" in told["replies"][0]["text"]
    assert told["draft"] == before
    assert client.say("继续")["state"] == "bot"


@pytest.mark.parametrize("data", [b"x", b"RIFF", b"\x89PNG\r\n\x1a\n" + bytes(64), "这不是录音".encode()])
def test_what_is_no_recording_is_refused_kindly_and_nothing_is_lost(client: Client, data: bytes) -> None:
    before = client.say("朝阳区青年路的路灯不亮")["draft"]
    sent = client.http.post(f"{client.path}/audio", files={"file": ("a.ogg", data)}, headers=client.headers)
    assert sent.status_code == 415
    assert sent.headers["content-type"] == "application/problem+json"
    assert "录音" in sent.json()["detail"]
    assert client.say("为什么问这个")["draft"] == before


def test_open311_is_served_with_a_key_of_its_own(running: Running, client: Client) -> None:
    key = (running.home / "open311.key").read_text().strip()
    given = {
        "api_key": key,
        "service_code": "street_lights",
        "address_string": "朝阳区青年路",
        "attribute[issue_kind]": "不亮",
    }
    filed = client.http.post("/open311/v2/requests.json", data=given)
    assert filed.status_code == 201, filed.text
    number = filed.json()[0]["service_request_id"]
    assert client.http.get(f"/open311/v2/requests/{number}.json").json()[0]["status"] == "open"
    assert json.loads(running.cli("tickets", "show", number).stdout)["channel"] == "open311"
