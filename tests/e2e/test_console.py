"""The operators' console in a real browser: getting in, and working at it with the keyboard alone."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bot.ears import wav
from integrations.accounts import Accounts
from integrations.drafts import NewEntry
from integrations.journal import Turn
from integrations.recordings import Recordings
from integrations.status import Status
from integrations.tables import OutboxRow
from integrations.throttle import AT_ONCE
from tests.e2e.console import (
    ADMIN,
    OPERATOR,
    PATIENCE,
    Office,
    at_the_desk,
    empty_desk,
    office_in,
    operator_page,
)
from tests.floor_seed import one, say
from tests.sounds import music


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_in(tmp_path_factory.mktemp("console"), JIESU_ADMIN_PASSWORD=ADMIN) as made:
        made.hire("zhang", "张三")
        made.hire("li", "李四")
        yield made


@pytest.fixture
def http(office: Office) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=office.url, trust_env=False, timeout=60) as client:
        yield client


def csrf(http: httpx.Client) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', http.get("/operator/login").text)
    assert found
    return found.group(1)


def log_in(http: httpx.Client, login: str, password: str, **more: str) -> httpx.Response:
    return http.post("/operator/login", data={"username": login, "password": password, "csrf": csrf(http), **more})


# --- who comes in -------------------------------------------------------------------------------------------------


def test_nothing_is_shown_without_a_login(http: httpx.Client) -> None:
    for path in ("/operator", "/operator/", "/operator/tickets", "/operator/staff", "/operator/audit"):
        answer = http.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/operator/login?next=")
    assert http.get("/operator/api/recordings/x").status_code == 401
    assert http.get("/operator/api/files/x").status_code == 401
    assert http.get("/operator/_nicegui_ws/socket.io/?EIO=4&transport=polling").status_code == 401


def test_an_address_that_does_not_exist_says_so_in_chinese(http: httpx.Client) -> None:
    log_in(http, "zhang", OPERATOR)
    for path in ("/operator/nothing", "/operator/reports/none"):
        answer = http.get(path)
        assert answer.status_code == 404, path
        assert "没有这一页" in answer.text
        assert "Not Found" not in answer.text
    assert http.get("/operator/api/files/x").json()["detail"] == "没有这个文件。"


def test_the_cookie_is_the_servers_alone(http: httpx.Client, office: Office) -> None:
    answer = log_in(http, "zhang", OPERATOR, next="/operator/tickets")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/operator/tickets"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("jiesu_operator="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Path=/operator" in cookie
    assert "Secure" not in cookie, "plain HTTP on loopback; over TLS it is"
    secure = log_in(http, "zhang", OPERATOR)
    assert secure.status_code == 303


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/operator/..//evil.example", "/", ""]
)
def test_the_login_leads_nowhere_else(http: httpx.Client, elsewhere: str) -> None:
    assert urlsplit(log_in(http, "li", OPERATOR, next=elsewhere).headers["location"]).path == "/operator/"


def test_a_form_of_another_site_does_nothing(http: httpx.Client) -> None:
    token = csrf(http)
    fields = {"username": "zhang", "password": OPERATOR, "csrf": token}
    assert http.post("/operator/login", data=fields, headers={"Origin": "https://evil.example"}).status_code == 403
    assert http.post("/operator/login", data={**fields, "csrf": "guessed"}).status_code == 403
    http.cookies.clear()
    assert http.post("/operator/login", data=fields).status_code == 403


def test_a_socket_of_another_site_is_refused(http: httpx.Client, office: Office) -> None:
    log_in(http, "zhang", OPERATOR)
    cookie = f"jiesu_operator={http.cookies.get('jiesu_operator')}"
    address = office.url.replace("http", "ws") + "/operator/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    for headers in (
        {"Cookie": cookie, "Origin": "https://evil.example"},
        {"Cookie": cookie},
        {"Origin": office.url},
        {"Cookie": "jiesu_operator=guessed", "Origin": office.url},
    ):
        with pytest.raises(InvalidStatus):
            connect(address, additional_headers=headers, proxy=None)
    with connect(address, additional_headers={"Cookie": cookie, "Origin": office.url}, proxy=None) as socket:
        assert str(socket.recv(timeout=30)).startswith("0")


def test_guessing_is_slowed_down_for_that_account_only(http: httpx.Client, office: Office) -> None:
    office.hire("target", "被猜的")
    for _ in range(AT_ONCE):
        assert log_in(http, "target", "wrong-password").status_code == 401
    slowed = log_in(http, "target", OPERATOR)
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) > 0
    assert "再试" in slowed.text
    assert log_in(http, "zhang", OPERATOR).status_code == 303, "the same address, another account"


def test_the_citizens_page_keeps_its_policy_and_the_console_loads_nothing_from_elsewhere(
    http: httpx.Client, office: Office, browser: Browser
) -> None:
    strict = http.get("/").headers["content-security-policy"]
    assert "unsafe" not in strict
    assert http.get("/operator/login").headers["content-security-policy"] == strict
    log_in(http, "zhang", OPERATOR)
    policy = http.get("/operator/").headers["content-security-policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
    assert "sha256-" in scripts
    assert http.get("/").headers["content-security-policy"] == strict
    page = browser.new_context().new_page()
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto(f"{office.url}/operator")
    page.locator("#username").fill("zhang")
    page.locator("#password").fill(OPERATOR)
    page.locator("#password").press("Enter")
    page.locator(".queue").wait_for(timeout=PATIENCE)
    at_the_desk(page)
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {urlsplit(office.url).netloc}
    assert refused == []
    page.context.close()


def test_a_page_above_the_role_is_refused_and_not_in_the_bar(http: httpx.Client) -> None:
    log_in(http, "zhang", OPERATOR)
    for path in ("/operator/staff", "/operator/audit", "/operator/letters"):
        answer = http.get(path)
        assert answer.status_code == 403, path
        assert "您的角色不能看" in answer.text
    assert "/staff" not in http.get("/operator/").text


def test_whoever_is_locked_out_is_out_at_once(office: Office, browser: Browser) -> None:
    office.hire("wang", "王五")
    page = operator_page(browser, office.url, "wang", OPERATOR)
    Accounts(office.house.database, office.audit, office.house.clock).set_disabled("wang", True, by="admin")
    page.wait_for_url("**/operator/login**", timeout=PATIENCE)
    page.context.close()


def test_an_admin_hires_and_the_new_one_changes_their_password(office: Office, browser: Browser) -> None:
    page = operator_page(browser, office.url, path="/staff")
    page.get_by_label("用户名", exact=True).fill("zhao")
    page.get_by_label("姓名", exact=True).fill("赵六")
    page.get_by_role("button", name="新建").click()
    told = page.locator(".notice")
    expect(told).to_contain_text("只显示这一次", timeout=PATIENCE)
    password = told.inner_text().partition("：")[2].partition("（")[0]
    page.context.close()
    theirs = operator_page(browser, office.url, "zhao", password)
    theirs.get_by_role("button", name="赵六").click()
    theirs.get_by_text("改密码").first.click()
    theirs.get_by_label("原密码").fill(password)
    theirs.get_by_label("新密码").fill("my-own-long-secret")
    theirs.get_by_label("再写一遍").fill("my-own-long-secret")
    theirs.get_by_role("button", name="改", exact=True).click()
    theirs.wait_for_url("**/operator/login**", timeout=PATIENCE)
    theirs.context.close()
    again = operator_page(browser, office.url, "zhao", "my-own-long-secret")
    again.context.close()


# --- at the desk --------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(office: Office, browser: Browser) -> Iterator[Page]:
    with empty_desk(office, browser) as page:
        yield page


def test_a_whole_case_by_keyboard_alone(desk: Page, office: Office) -> None:
    """Taken, answered, corrected, filed, closed; no mouse."""
    conversation = one(office.house, 0)
    office.house.escalations.ask(conversation, "wish")
    expect(desk.locator(".case")).to_have_count(1, timeout=PATIENCE)
    expect(desk).to_have_title(re.compile(r"^\(1\)"), timeout=PATIENCE)
    desk.keyboard.press("?")
    expect(desk.locator(".help")).to_contain_text("接手排在最前面的", timeout=PATIENCE)
    desk.keyboard.press("Escape")
    expect(desk.locator(".help")).to_have_count(0, timeout=PATIENCE)
    desk.keyboard.press("q")
    expect(desk.locator(".case")).to_be_focused(timeout=PATIENCE)
    desk.keyboard.press("Enter")
    active = desk.locator(".panel.active")
    expect(active).to_contain_text("青年路", timeout=PATIENCE)
    expect(active).to_contain_text("接手以后才能回复", timeout=PATIENCE)
    desk.keyboard.press("t")
    box = active.get_by_label("回复市民")
    expect(box).to_be_focused(timeout=PATIENCE)
    desk.keyboard.type("您好，我来帮您")
    desk.keyboard.press("Enter")
    expect(active.locator(".said.operator")).to_contain_text("您好，我来帮您", timeout=PATIENCE)
    expect(box).to_have_value("", timeout=PATIENCE)
    desk.keyboard.press("Escape")
    value = active.get_by_role("button", name="修改所在区")
    value.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".choices").get_by_role("button", name="朝阳区")).to_be_focused(timeout=PATIENCE)
    for _ in range(3):
        desk.keyboard.press("Tab")
    expect(desk.locator(".choices").get_by_role("button", name="海淀区")).to_be_focused(timeout=PATIENCE)
    desk.keyboard.press("Enter")
    expect(active.locator(".older")).to_contain_text("朝阳区", timeout=PATIENCE)
    expect(active.locator(".older")).to_contain_text("张三", timeout=PATIENCE)
    expect(active.get_by_role("button", name="修改所在区")).to_have_text("海淀区", timeout=PATIENCE)
    expect(active.locator(".said.system").last).to_contain_text(
        "张三 把“所在区”从“朝阳区”改成“海淀区”", timeout=PATIENCE
    )
    desk.locator("body").click(position={"x": 5, "y": 5})
    desk.keyboard.press("f")
    expect(desk.get_by_role("button", name="提交", exact=True)).to_be_focused(timeout=PATIENCE)
    desk.keyboard.press("Enter")
    expect(active.locator(".filed")).to_contain_text("工单", timeout=PATIENCE)
    ticket = office.house.desk.latest_of(conversation)
    assert ticket
    assert ticket.district == "海淀区"
    desk.locator("body").click(position={"x": 5, "y": 5})
    desk.keyboard.press("c")
    expect(desk.locator(".q-dialog input")).to_be_focused(timeout=PATIENCE)
    desk.keyboard.press("Enter")
    expect(active.locator(".chip")).to_have_text("已结束", timeout=PATIENCE)


def test_a_phone_is_hidden_until_it_is_asked_for_and_the_look_is_in_the_log(desk: Page, office: Office) -> None:
    conversation = one(office.house, 13)
    phone = f"138{13:08d}"
    office.house.escalations.ask(conversation, "wish")
    expect(desk.locator(".case")).to_have_count(1, timeout=PATIENCE)
    desk.keyboard.press("n")
    active = desk.locator(".panel.active")
    expect(active.locator(".draft")).to_contain_text("138****0013", timeout=PATIENCE)
    assert phone not in desk.content()
    assert not office.audit.lines(action="phone_shown", subject=f"conversation:{conversation}")
    active.get_by_role("button", name="显示电话").click()
    expect(active.locator(".draft")).to_contain_text(phone, timeout=PATIENCE)
    expect(active.locator(".transcript")).to_contain_text(phone, timeout=PATIENCE)
    seen = office.audit.lines(action="phone_shown", subject=f"conversation:{conversation}")
    assert [line.who for line in seen] == ["zhang"]


def pressed_until_loaded(desk: Page, button: Locator, address: str) -> Response:
    """What a button loads. A page that is just being drawn anew loses a press, and a person presses again."""
    for _ in range(5):
        try:
            with desk.expect_response(re.compile(address), timeout=PATIENCE / 5) as loaded:
                button.click()
            return loaded.value
        except PlaywrightTimeout:
            continue
    raise AssertionError("nothing was loaded")


def test_a_field_shows_the_words_and_plays_the_span_that_it_comes_from(desk: Page, office: Office) -> None:
    conversation = one(office.house, 0)
    house = office.house
    recordings = Recordings(house.database, house.settings.home / "recordings", house.clock)
    recording = recordings.keep(conversation, wav(music(2.0)), 2.0)
    turn = house.journal.begin_turn(conversation, "是东大桥那一段", payload={"recording": recording})
    assert isinstance(turn, Turn)
    house.journal.finish_turn(turn, [{"text": "好的", "buttons": []}], {})
    draft = house.drafts.current(conversation)
    assert draft
    span = {"start": 1, "end": 4, "audio": {"recording": recording, "start": 0.5, "end": 1.1}}
    house.drafts.append(draft.id, [NewEntry("place", "东大桥", "东大桥", turn.number, span)], {})
    house.escalations.ask(conversation, "doubt")
    expect(desk.locator(".case")).to_have_count(1, timeout=PATIENCE)
    desk.keyboard.press("n")
    active = desk.locator(".panel.active")
    listen = active.get_by_role("button", name=re.compile(f"原话：听第{turn.number}轮"))
    assert pressed_until_loaded(desk, listen, recording).status in (200, 206)
    expect(active.locator("mark")).to_have_text("东大桥", timeout=PATIENCE)
    assert "#t=0.35,1.25" in str(active.locator("audio").get_attribute("src"))
    assert office.audit.lines(action="recording_played", subject=f"conversation:{conversation}")
    active.get_by_role("button", name=re.compile("原话：看第1轮")).first.click()
    expect(active.locator(".bubble.lit")).to_contain_text("青年路", timeout=PATIENCE)


def test_what_a_citizen_writes_is_text_never_markup(desk: Page, office: Office) -> None:
    conversation = one(office.house, 1)
    evil = "<img src=x onerror=\"document.title='owned'\">{{ 7*7 }}<script>document.title='owned'</script>"
    say(office.house, conversation, evil, "好的")
    office.house.escalations.ask(conversation, "wish")
    expect(desk.locator(".case")).to_have_count(1, timeout=PATIENCE)
    desk.keyboard.press("n")
    expect(desk.locator(".panel.active .transcript")).to_contain_text("<img src=x", timeout=PATIENCE)
    expect(desk.locator(".panel.active .transcript")).to_contain_text("{{ 7*7 }}")
    assert desk.locator(".panel img, .case img").count() == 0
    assert "owned" not in desk.title()


def test_two_operators_cannot_take_the_same_one(desk: Page, office: Office, browser: Browser) -> None:
    conversation = one(office.house, 2)
    office.house.escalations.ask(conversation, "wish")
    other = operator_page(browser, office.url, "li", OPERATOR)
    for page in (desk, other):
        page.locator(".case").first.click()
        expect(page.get_by_role("button", name="接手")).to_be_visible(timeout=PATIENCE)
    office.house.escalations.take(conversation, "li")
    desk.get_by_role("button", name="接手").click()
    expect(desk.get_by_text(re.compile("已经接手了"))).to_be_visible(timeout=PATIENCE)
    expect(other.get_by_label("回复市民")).to_be_visible(timeout=PATIENCE)
    expect(desk.locator(".panel.active")).to_contain_text("同事正在接待", timeout=PATIENCE)
    other.context.close()


def test_canned_replies_are_filled_and_half_filled_ones_are_not_sent(desk: Page, office: Office) -> None:
    conversation = one(office.house, 3)
    office.house.escalations.ask(conversation, "wish")
    expect(desk.locator(".case")).to_have_count(1, timeout=PATIENCE)
    desk.keyboard.press("n")
    active = desk.locator(".panel.active")
    box = active.get_by_label("回复市民")
    active.get_by_role("button", name="常用语").click()
    desk.locator(".q-menu").get_by_text("开场").click()
    expect(box).to_have_value(re.compile("我是坐席张三"), timeout=PATIENCE)
    box.fill("")
    active.get_by_role("button", name="常用语").click()
    desk.locator(".q-menu").get_by_text("已提交").click()
    expect(box).to_have_value(re.compile("{工单号}"), timeout=PATIENCE)
    active.get_by_role("button", name="发送").click()
    expect(desk.get_by_text(re.compile("还有没填的"))).to_be_visible(timeout=PATIENCE)
    assert active.locator(".said.operator").count() == 0


def test_a_ticket_is_found_and_moved_with_a_word_to_the_citizen(desk: Page, office: Office) -> None:
    house = office.house
    other = house.drafts.current(one(house, 45))
    assert other
    house.desk.file(other, "web")
    conversation = one(house, 44)
    draft = house.drafts.current(conversation)
    assert draft
    number = house.desk.file(draft, "web").number
    desk.goto(f"{office.url}/operator/tickets")
    at_the_desk(desk)
    desk.get_by_label("电话（完整号码）").fill(f"138{44:08d}")
    desk.keyboard.press("Enter")
    expect(desk.locator("table tbody tr")).to_have_count(1, timeout=PATIENCE)
    assert office.audit.lines(action="phone_searched", who="zhang")
    desk.locator("table a.number").click()
    desk.wait_for_url(f"**/tickets/{number}", timeout=PATIENCE)
    at_the_desk(desk)
    desk.get_by_label("给市民的话").fill("明天上门")
    desk.get_by_role("button", name="改状态").click()
    expect(desk.locator(".ticket .timeline").first).to_contain_text("明天上门", timeout=PATIENCE)
    ticket = house.desk.get(number)
    assert ticket.status == Status.ACCEPTED
    assert "zhang" not in json.dumps(ticket.as_json(), ensure_ascii=False), "a citizen reads the history"
    assert [line.who for line in office.audit.lines(action="ticket_moved")] == ["zhang"]


def test_a_dead_letter_is_sent_again(office: Office, browser: Browser) -> None:
    house = office.house
    draft = house.drafts.current(one(house, 46))
    assert draft
    number = house.desk.file(draft, "web").number
    now = house.clock()
    with house.database.session() as session:
        session.add(
            OutboxRow(
                key=number,
                ticket=number,
                kind="filed",
                state="dead",
                attempts=60,
                reason="拒收",
                due_at=now,
                created_at=now,
            )
        )
    page = operator_page(browser, office.url, path="/letters")
    expect(page.locator("table tbody tr")).to_contain_text("拒收", timeout=PATIENCE)
    page.get_by_role("button", name="重发").click()
    expect(page.get_by_text("都送到了")).to_be_visible(timeout=PATIENCE)
    assert house.outbox.waiting() == 1
    assert [line.who for line in office.audit.lines(action="letter_replayed")] == ["admin"]
    page.context.close()
