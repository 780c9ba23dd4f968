"""The citizen's page in a real browser, on the real processes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.conftest import Running


@pytest.fixture(scope="module")
def browser_page(running: Running, chromium: str) -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser.new_page(viewport={"width": 390, "height": 844})
        browser.close()


@pytest.fixture
def page(browser_page: Page, running: Running) -> Page:
    """The page, opened by a citizen who was never here before."""
    browser_page.goto(running.url)
    browser_page.evaluate("localStorage.clear()")
    browser_page.goto(running.url)
    expect(browser_page.locator("#talk li")).to_have_count(2)
    return browser_page


def say(page: Page, text: str) -> None:
    """Types and sends with the keyboard alone; waits for the answer."""
    before = page.locator("#talk li.bot").count()
    page.locator("#words").fill(text)
    page.locator("#words").press("Enter")
    page.wait_for_function("n => document.querySelectorAll('#talk li.bot').length > n", arg=before)


def file_one(page: Page) -> str:
    say(page, "朝阳区青年路的路灯不亮")
    say(page, "13800001234")
    before = page.locator("#talk li.bot").count()
    page.get_by_role("button", name="对，提交").click()
    page.wait_for_function("n => document.querySelectorAll('#talk li.bot').length > n", arg=before)
    shown = page.locator("#number").inner_text()
    return "".join(c for c in shown if c.isdigit())


def test_a_citizen_complains_and_gets_a_number(page: Page) -> None:
    number = file_one(page)
    assert len(number) == 12
    with page.expect_download() as download:
        page.locator("#pdf").click()
    assert download.value.suggested_filename == f"{number}.pdf"
    assert "工单号" in page.locator("#talk").inner_text()


def test_the_card_fills_up_while_they_talk(page: Page) -> None:
    say(page, "朝阳区青年路的路灯不亮")
    card = page.locator("#card").inner_text()
    assert "朝阳区" in card
    assert "青年路" in card
    say(page, "不是朝阳，是海淀")
    assert "海淀区" in page.locator("#card").inner_text()


def test_the_newest_message_stays_in_sight_when_buttons_appear(page: Page) -> None:
    say(page, "朝阳区青年路的路灯不亮")
    say(page, "13800001234")
    below = page.evaluate("(t => t.scrollHeight - t.clientHeight - t.scrollTop)(document.getElementById('talk'))")
    assert below < 3


def test_a_reload_does_not_lose_the_conversation(page: Page) -> None:
    say(page, "朝阳区青年路的路灯不亮")
    lines = page.locator("#talk li").count()
    page.reload()
    expect(page.locator("#talk li")).to_have_count(lines)
    assert "青年路" in page.locator("#card").inner_text()
    say(page, "匿名")
    expect(page.get_by_role("button", name="对，提交")).to_be_visible()


def test_the_open_page_is_told_of_a_new_status_without_asking(page: Page, running: Running) -> None:
    number = file_one(page)
    moved = running.cli("tickets", "move", number, "accepted", "--note", "明天上门查看")
    assert moved.returncode == 0, moved.stderr
    expect(page.locator("#talk li.news")).to_contain_text("明天上门查看", timeout=10_000)
    expect(page.locator("#talk li.news")).to_have_count(1)


def test_progress_is_looked_up_with_number_and_phone(page: Page) -> None:
    number = file_one(page)
    page.locator("#lookup-number").fill(number)
    page.locator("#lookup-phone").fill("1234")
    page.locator("#lookup button").click()
    expect(page.locator("#lookup-answer")).to_contain_text("已提交")


def test_what_a_citizen_writes_is_text_never_markup(page: Page) -> None:
    say(page, "<img src=x onerror=\"document.title='owned'\">朝阳区青年路的路灯不亮")
    assert page.title() != "owned"
    assert page.locator("#talk img").count() == 0


def test_large_text_is_kept_over_a_reload(page: Page) -> None:
    size = "parseFloat(getComputedStyle(document.querySelector('#talk li')).fontSize)"
    small = page.evaluate(size)
    page.get_by_role("button", name="大字").click()
    assert page.evaluate(size) > small
    page.reload()
    expect(page.locator("#talk li")).to_have_count(2)
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(size) > small
    page.get_by_role("button", name="大字").click()


def test_the_page_is_friendly_to_screen_readers_and_thumbs(page: Page) -> None:
    say(page, "理发店不给退钱")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, input, textarea')].filter(e =>
             !(e.innerText || e.getAttribute('aria-label') || (e.labels && e.labels.length))).length"""
    )
    assert unnamed == 0
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("#talk").get_attribute("aria-live") == "polite"
    for box in (b.bounding_box() for b in page.locator("button:visible").all()):
        assert box is not None
        assert box["height"] >= 24, "WCAG 2.2: a target is at least 24 pixels"
        assert box["width"] >= 24
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling on a phone"


def test_text_is_readable_against_its_background(page: Page) -> None:
    """WCAG 1.4.3: at least 4.5 to 1."""
    say(page, "朝阳区青年路的路灯不亮")
    ratios = page.evaluate(
        """() => {
          const rgb = s => (s.match(/[\\d.]+/g) || []).map(Number);
          const lum = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
            if (c.length && (c.length < 4 || c[3] > 0)) return c; } return [255, 255, 255]; };
          return [...document.querySelectorAll('#talk li, button, h1, h2, dt, dd, label, #emergency')]
            .filter(e => e.offsetParent && e.innerText.trim()).map(e => {
              const [a, b] = [lum(rgb(getComputedStyle(e).color)), lum(behind(e))].sort((x, y) => y - x);
              return [e.innerText.slice(0, 12), (a + .05) / (b + .05)]; });
        }"""
    )
    assert [pair for pair in ratios if pair[1] < 4.5] == []
