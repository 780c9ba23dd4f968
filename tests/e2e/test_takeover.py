"""A citizen's page and an operator's console side by side: takeover, a killed server in the middle, and back. Nothing is lost."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from bot.rasa_process import free_port
from tests.e2e.conftest import Running, start, stop
from tests.e2e.console import ADMIN, PATIENCE, operator_page


def write(page: Page, text: str) -> None:
    """A citizen types and sends; their own line appears."""
    page.locator("#words").fill(text)
    page.locator("#words").press("Enter")
    expect(page.locator("#talk")).to_contain_text(text, timeout=PATIENCE)


def test_takeover_a_killed_server_and_back(empty_home: Path, browser: Browser) -> None:
    port = free_port()
    running: list[Running] = [start(empty_home, port, JIESU_ADMIN_PASSWORD=ADMIN)]
    url = running[0].url
    try:
        citizen = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        citizen.goto(url)
        expect(citizen.locator("#talk li")).to_have_count(2, timeout=PATIENCE)
        write(citizen, "朝阳区青年路的路灯不亮")
        expect(citizen.locator("#card")).to_contain_text("青年路", timeout=PATIENCE)
        write(citizen, "转人工")

        desk = operator_page(browser, url)
        expect(desk.locator(".case")).to_have_count(1, timeout=PATIENCE)
        desk.keyboard.press("n")
        box = desk.locator(".panel.active").get_by_label("回复市民")
        expect(box).to_be_focused(timeout=PATIENCE)
        desk.keyboard.type("您好，我是坐席")
        desk.keyboard.press("Enter")
        expect(citizen.locator("#talk")).to_contain_text("您好，我是坐席", timeout=PATIENCE)

        bot_lines = citizen.locator("#talk li.bot").count()
        write(citizen, "灯在小区东门外头")
        expect(desk.locator(".transcript")).to_contain_text("灯在小区东门外头", timeout=PATIENCE)
        desk.get_by_role("button", name="修改具体地点").click()
        field = desk.locator(".q-dialog input")
        field.fill("青年路小区东门")
        field.press("Enter")
        expect(desk.locator(".older")).to_contain_text("青年路", timeout=PATIENCE)
        assert citizen.locator("#talk li.bot").count() == bot_lines, "the bot is silent while a person speaks"

        box.fill("请稍等，我正在查")
        desk.wait_for_timeout(3000)
        desk.evaluate("window.ofTheKilledServer = true")
        running[0].process.kill()
        running[0].process.wait()
        running.append(start(empty_home, port, JIESU_ADMIN_PASSWORD=ADMIN))

        desk.wait_for_function("!window.ofTheKilledServer && window.did_handshake === true", timeout=2 * PATIENCE)
        expect(desk.locator(".panel")).to_have_count(1, timeout=PATIENCE)
        expect(desk.locator(".transcript")).to_contain_text("灯在小区东门外头", timeout=PATIENCE)
        expect(desk.get_by_role("button", name="修改具体地点")).to_have_text("青年路小区东门", timeout=PATIENCE)
        box = desk.get_by_label("回复市民")
        expect(box).to_have_value("请稍等，我正在查", timeout=PATIENCE)
        box.press("Enter")
        expect(citizen.locator("#talk")).to_contain_text("请稍等，我正在查", timeout=2 * PATIENCE)
        assert citizen.locator("#talk li", has_text="您好，我是坐席").count() == 1, "nothing twice"

        desk.get_by_role("button", name="交还机器人").click()
        desk.get_by_role("button", name="交还", exact=True).click()
        expect(desk.locator(".chip")).to_contain_text("机器人", timeout=PATIENCE)
        write(citizen, "13800001234")
        confirm = citizen.get_by_role("button", name="对，提交")
        expect(confirm).to_be_visible(timeout=PATIENCE)
        confirm.click()
        expect(citizen.locator("#talk")).to_contain_text("工单号是", timeout=PATIENCE)
        number = "".join(c for c in citizen.locator("#number").inner_text() if c.isdigit())
        shown = running[-1].cli("tickets", "show", number)
        assert "青年路小区东门" in shown.stdout
        expect(desk.locator(".filed")).to_contain_text("工单", timeout=PATIENCE)
    finally:
        stop(running[-1])
