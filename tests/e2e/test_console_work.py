"""A day at the console in a real browser: doubts, colleagues, attachments, calls to make, sentences to keep, and a sound for a new one."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from bot.ears import wav
from integrations.accounts import Role
from integrations.doubts import SETTLED
from integrations.drafts import NewEntry
from integrations.followup import ASKED
from integrations.followup_tables import FollowUpRow
from integrations.recordings import Recordings
from integrations.status import Status
from tests.e2e.console import ADMIN, OPERATOR, PATIENCE, Office, empty_desk, office_in, operator_page
from tests.floor_seed import one
from tests.sounds import music

LISTENS = """() => {
  window.beeps = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) { window.beeps += 1; return start.apply(this, args); };
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_in(tmp_path_factory.mktemp("work"), JIESU_ADMIN_PASSWORD=ADMIN) as made:
        made.hire("zhang", "张三")
        made.hire("li", "李四")
        made.hire("wang", "王五", Role.SUPERVISOR)
        yield made


@pytest.fixture
def desk(office: Office, browser: Browser) -> Iterator[Page]:
    with empty_desk(office, browser) as page:
        yield page


def asks_for_a_person(office: Office, conversation: str, desk: Page) -> None:
    """They wait, and Zhang takes them."""
    office.house.escalations.ask(conversation, "wish")
    expect(desk.locator(".case")).to_have_count(1, timeout=PATIENCE)
    desk.keyboard.press("n")
    expect(desk.locator(".panel.active .chip")).to_contain_text("我在接待", timeout=PATIENCE)


def heard_twice(office: Office, number: int, field: str, *values: str) -> tuple[str, str]:
    """A conversation in which two hearings of the same words differ: its id, and its draft's."""
    house = office.house
    conversation = one(house, number)
    draft = house.drafts.current(conversation)
    assert draft
    recordings = Recordings(house.database, house.settings.home / "recordings", house.clock)
    recording = recordings.keep(conversation, wav(music(2.0)), 2.0)
    first, second = ({"value": value, "raw": value} for value in values)
    audio = {"recording": recording, "start": 0.2, "end": 1.0}
    house.doubts.note(conversation, draft.id, recording, field, first, second, audio)
    return conversation, draft.id


def test_a_doubt_is_settled_with_one_press(desk: Page, office: Office) -> None:
    house = office.house
    conversation, draft = heard_twice(office, 0, "place", "青年路", "清年路")
    asks_for_a_person(office, conversation, desk)
    doubt = desk.locator(".panel.active .doubt")
    expect(doubt).to_contain_text("两次听写不一样", timeout=PATIENCE)
    doubt.get_by_role("button", name="清年路").click()
    expect(desk.locator(".panel.active .doubt")).to_have_count(0, timeout=PATIENCE)
    now = house.drafts.current(conversation)
    assert now
    assert now.value("place") == "清年路"
    assert now.fields["place"].by == "zhang"
    assert [known.state for known in house.doubts.of(draft)] == [SETTLED]


def test_a_doubtful_number_is_hidden_like_any_other(desk: Page, office: Office) -> None:
    conversation, _ = heard_twice(office, 7, "contact_phone", "13911112222", "13911112229")
    asks_for_a_person(office, conversation, desk)
    expect(desk.locator(".panel.active .doubt")).to_be_visible(timeout=PATIENCE)
    assert "13911112222" not in desk.content()


def test_a_colleague_gets_it_with_everything(desk: Page, office: Office, browser: Browser) -> None:
    conversation = one(office.house, 2)
    asks_for_a_person(office, conversation, desk)
    colleague = operator_page(browser, office.url, "li", OPERATOR)
    desk.locator(".panel.active").get_by_role("button", name="转交").click()
    desk.locator(".q-dialog").get_by_role("button", name="李四").click()
    expect(desk.locator(".panel.active .chip")).to_contain_text("李四在接待", timeout=PATIENCE)
    colleague.get_by_role("tab", name=re.compile("我的")).click()
    colleague.locator(".case").first.click()
    expect(colleague.get_by_label("回复市民")).to_be_visible(timeout=PATIENCE)
    expect(colleague.locator(".panel.active .transcript")).to_contain_text("花乡", timeout=PATIENCE)
    colleague.context.close()


def test_an_attachment_opens_and_the_look_is_in_the_log(desk: Page, office: Office) -> None:
    house = office.house
    conversation = one(house, 3)
    draft = house.drafts.current(conversation)
    assert draft
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(picture, "PNG")
    file_id = house.evidence.attach(draft.id, picture.getvalue())
    asks_for_a_person(office, conversation, desk)
    with desk.context.expect_page() as opened:
        desk.locator(".panel.active .files").get_by_text("照片1").click()
    opened.value.wait_for_load_state()
    assert file_id in opened.value.url
    assert opened.value.locator("img").evaluate("img => img.naturalWidth") > 0
    opened.value.close()
    assert [line.who for line in office.audit.lines(action="file_opened")] == ["zhang"]


def test_a_new_one_sounds_and_is_counted_in_the_title(desk: Page, office: Office) -> None:
    desk.evaluate(LISTENS)
    expect(desk).to_have_title(re.compile(r"^(?!\()"), timeout=PATIENCE)
    office.house.escalations.ask(one(office.house, 4), "danger")
    expect(desk).to_have_title(re.compile(r"^\(1\)"), timeout=PATIENCE)
    desk.wait_for_function("window.beeps === 1", timeout=PATIENCE)
    office.house.escalations.ask(one(office.house, 5), "wish")
    expect(desk).to_have_title(re.compile(r"^\(2\)"), timeout=PATIENCE)
    desk.wait_for_function("window.beeps === 2", timeout=PATIENCE)


def test_many_people_about_one_shop_are_one_line(office: Office, browser: Browser) -> None:
    house = office.house
    for number in range(20, 24):
        conversation = house.journal.create("web").id
        draft = house.drafts.open_new(conversation)
        facts = {
            "topic": "prepaid_refund",
            "type": "投诉",
            "district": "海淀区",
            "place": "上地",
            "merchant": "动岚健身",
            "amount_paid": 3000,
            "description": "关门了",
            "contact_phone": f"1390000{number:04d}",
        }
        entries = [NewEntry(name, value, str(value), 1) for name, value in facts.items()]
        house.drafts.append(draft.id, entries, {})
        made = house.drafts.current(conversation)
        assert made
        house.desk.file(made, "web")
    page = operator_page(browser, office.url, "zhang", OPERATOR, path="/groups")
    row = page.locator("table tbody tr").filter(has_text="动岚健身")
    expect(row).to_contain_text("4", timeout=PATIENCE)
    expect(row).to_contain_text("12,000")
    page.context.close()


def test_a_supervisor_keeps_the_sentences_and_every_change_is_in_the_log(office: Office, browser: Browser) -> None:
    page = operator_page(browser, office.url, "wang", OPERATOR, path="/replies")
    page.get_by_role("button", name="加一条").click()
    page.get_by_label("名称").fill("停水")
    page.get_by_label("内容").fill("{姓名}您好，{水费}我帮您查。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text(re.compile("填不上"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="加一条").click()
    page.get_by_label("名称").fill("停水")
    page.get_by_label("内容").fill("{姓名}您好，停水我帮您查。")
    page.get_by_role("button", name="保存").click()
    row = page.locator("table tbody tr").filter(has_text="停水")
    expect(row).to_have_count(1, timeout=PATIENCE)
    row.get_by_role("button", name="改").click()
    page.get_by_label("内容").fill("{姓名}您好，停水的事我马上查。")
    page.get_by_role("button", name="保存").click()
    expect(row).to_contain_text("马上查", timeout=PATIENCE)
    assert [line.who for line in office.audit.lines(action="reply_changed")] == ["wang", "wang"]
    assert office.audit.lines(action="reply_changed")[0].detail["old_text"] == "{姓名}您好，停水我帮您查。"
    theirs = operator_page(browser, office.url, "zhang", OPERATOR, path="/replies")
    expect(theirs.get_by_text("您的角色不能看这一页")).to_be_visible(timeout=PATIENCE)
    theirs.context.close()
    row.get_by_role("button", name="删").click()
    page.locator(".q-dialog").get_by_role("button", name="删", exact=True).click()
    expect(row).to_have_count(0, timeout=PATIENCE)
    page.context.close()


def test_who_only_telephones_is_called_and_not_solved_reopens(office: Office, browser: Browser) -> None:
    house = office.house
    conversation = house.journal.create("phone", "phone:13811112222").id
    draft = house.drafts.open_new(conversation)
    facts = {"topic": "street_lights", "type": "投诉", "district": "朝阳区", "place": "青年路", "description": "灯不亮"}
    house.drafts.append(draft.id, [NewEntry(name, value, value, 1) for name, value in facts.items()], {})
    told = house.drafts.current(conversation)
    assert told
    number = house.desk.file(told, "phone").number
    for status in (Status.ACCEPTED, Status.DISPATCHED, Status.RESOLVED):
        house.desk.move(number, status, by="unit")
    now = house.clock()
    with house.database.session() as session:
        session.add(
            FollowUpRow(
                ticket=number,
                occasion="resolved:1",
                reason="resolved",
                conversation_id=conversation,
                state=ASKED,
                asking="contacted",
                asked_at=now,
                due_at=now + timedelta(days=2),
                opened_at=now,
            )
        )
    page = operator_page(browser, office.url, "zhang", OPERATOR, path="/calls")
    row = page.locator("table tbody tr")
    expect(row).to_have_count(1, timeout=PATIENCE)
    assert "13811112222" not in page.content()
    row.get_by_role("button", name="显示号码").click()
    expect(row).to_contain_text("13811112222", timeout=PATIENCE)
    assert office.audit.lines(action="phone_shown", subject=f"ticket:{number}")
    row.get_by_role("button", name="没人接").click()
    expect(row).to_contain_text("1次", timeout=PATIENCE)
    row.get_by_role("button", name="登记回访").click()
    page.get_by_text("未联系", exact=True).click()
    page.get_by_text("没有解决", exact=True).click()
    page.get_by_label("市民还说了什么").fill("灯还是不亮")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("现在没有要回访的。")).to_be_visible(timeout=PATIENCE)
    ticket = house.desk.get(number)
    assert ticket.status == Status.REOPENED
    assert any("灯还是不亮" in step.note for step in ticket.history)
    page.context.close()
