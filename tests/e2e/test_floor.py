"""Two hundred conversations open at once, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.console import ADMIN, OPERATOR, PATIENCE, Office, office_in, operator_page
from tests.floor_seed import fill, say

MANY = 200
HELD_BY_ZHANG = 4
HELD_BY_OTHERS = 60


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_in(tmp_path_factory.mktemp("floor"), JIESU_ADMIN_PASSWORD=ADMIN) as made:
        made.hire("zhang", "张三")
        made.hire("li", "李四")
        yield made


@pytest.fixture(scope="module")
def conversations(office: Office) -> list[str]:
    made = list(fill(office.house, MANY))
    for conversation in made[:HELD_BY_ZHANG]:
        office.house.escalations.take(conversation, "zhang")
    for conversation in made[HELD_BY_ZHANG : HELD_BY_ZHANG + HELD_BY_OTHERS]:
        office.house.escalations.take(conversation, "li")
    return made


@pytest.fixture(scope="module")
def desk(office: Office, browser: Browser, conversations: list[str]) -> Iterator[Page]:
    page = operator_page(browser, office.url, "zhang", OPERATOR)
    expect(page.locator(".panel")).to_have_count(HELD_BY_ZHANG, timeout=PATIENCE)
    yield page
    page.context.close()


def test_all_are_counted_and_only_those_in_sight_are_in_the_page(desk: Page) -> None:
    waiting = MANY - HELD_BY_ZHANG - HELD_BY_OTHERS
    expect(desk.get_by_role("tab", name=f"排队 {waiting}")).to_be_visible(timeout=PATIENCE)
    desk.get_by_role("tab", name="全部").click()
    expect(desk.get_by_role("tab", name=f"全部 {MANY}")).to_be_visible(timeout=PATIENCE)
    assert 8 < desk.locator(".case").count() < 80
    desk.locator(".queue-list").evaluate("list => list.scrollTop = list.scrollHeight")
    expect(desk.locator(".case").last).to_be_in_viewport(timeout=PATIENCE)
    assert desk.locator(".case").count() < 80
    assert desk.evaluate("document.querySelectorAll('*').length") < 5000
    desk.get_by_role("tab", name="排队").click()


def test_words_of_any_of_them_arrive_without_a_reload(desk: Page, office: Office, conversations: list[str]) -> None:
    for number, conversation in enumerate(conversations[:HELD_BY_ZHANG]):
        say(office.house, conversation, f"第{number}位又说了一句", "好的")
    for number in range(HELD_BY_ZHANG):
        expect(desk.locator(".transcript", has_text=f"第{number}位又说了一句")).to_have_count(1, timeout=PATIENCE)


def test_a_new_one_in_danger_comes_to_the_top(desk: Page, office: Office, conversations: list[str]) -> None:
    last = office.house.escalations.queue()[-1]
    say(office.house, last.conversation_id, "我家里冒烟了快来人", "已经给您转坐席")
    office.house.escalations.ask(last.conversation_id, "danger")
    desk.locator(".queue-list").evaluate("list => list.scrollTop = 0")
    expect(desk.locator(".case.urgent", has_text="冒烟")).to_have_count(1, timeout=PATIENCE)


def test_an_update_is_small_however_many_talk_at_once(desk: Page, office: Office, conversations: list[str]) -> None:
    """One update a second at most tells what a hundred conversations have said, and none of them is sent whole."""
    desk.get_by_role("tab", name="排队").click()
    desk.locator(".queue-list").evaluate("list => list.scrollTop = 0")
    desk.evaluate(
        """() => { window.heard = [];
          window.socket.io.engine.on('packet', packet => window.heard.push((packet.data || '').length || 0)); }"""
    )
    waiting = [entry.conversation_id for entry in office.house.escalations.queue()]
    for number, conversation in enumerate(waiting[:100]):
        say(office.house, conversation, f"催一下，第{number}位", "好的，坐席马上来")
    expect(desk.locator(".case").first).to_contain_text("催一下，第0位", timeout=PATIENCE)
    desk.locator(".queue-list").evaluate("list => list.scrollTop = 66 * 95")
    expect(desk.locator(".case", has_text="催一下，第99位")).to_have_count(1, timeout=PATIENCE)
    heard = desk.evaluate("window.heard")
    assert heard
    assert max(heard) < 100_000, "bytes of the largest update"
