"""A follow-up on the citizen's page, with the house killed between two questions: every answer counts once, nothing is asked twice."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from bot.house import build
from bot.rasa_process import free_port
from config.settings import Settings
from integrations.followup_words import QUESTION
from integrations.status import Status
from tests.e2e.conftest import Running, start, stop
from tests.e2e.console import PATIENCE
from tests.e2e.test_takeover import write

SOON = {"JIESU_FOLLOWUP_AFTER_HOURS": "0", "JIESU_FOLLOWUP_POLL_SECONDS": "0.5", "JIESU_QUIET_HOURS": ""}


def test_a_follow_up_survives_a_killed_house_and_not_solved_reopens_once(empty_home: Path, browser: Browser) -> None:
    port = free_port()
    running: list[Running] = [start(empty_home, port, **SOON)]
    try:
        citizen = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        citizen.goto(running[0].url)
        talk = citizen.locator("#talk")
        expect(talk.locator("li")).to_have_count(2, timeout=PATIENCE)
        write(citizen, "朝阳区青年路的路灯不亮")
        expect(citizen.locator("#card")).to_contain_text("青年路", timeout=PATIENCE)
        write(citizen, "13800001234")
        citizen.get_by_role("button", name="对，提交").click()
        expect(talk).to_contain_text("工单号是", timeout=PATIENCE)
        number = "".join(c for c in citizen.locator("#number").inner_text() if c.isdigit())
        desk = build(Settings(home=empty_home, _env_file=None)).desk  # type: ignore[call-arg]
        for status in (Status.ACCEPTED, Status.DISPATCHED, Status.RESOLVED):
            desk.move(number, status, by="unit")
        expect(talk).to_contain_text(QUESTION["contacted"], timeout=PATIENCE)
        citizen.get_by_role("button", name="没联系").click()
        expect(talk).to_contain_text(QUESTION["solved"], timeout=PATIENCE)

        running[0].process.kill()
        running[0].process.wait()
        running.append(start(empty_home, port, **SOON))

        again = citizen.get_by_role("button", name="没解决")
        expect(again).to_be_visible(timeout=PATIENCE)
        again.click()
        expect(talk).to_contain_text("已重新办理，号码不变", timeout=2 * PATIENCE)
        expect(talk).to_contain_text(QUESTION["satisfied"], timeout=PATIENCE)
        citizen.get_by_role("button", name="不满意").click()
        expect(talk).to_contain_text(QUESTION["remark"], timeout=PATIENCE)
        write(citizen, "修了又坏，请派人再来看看")
        expect(talk).to_contain_text("谢谢您的答复", timeout=PATIENCE)
        ticket = desk.get(number)
        assert ticket.status == Status.REOPENED
        assert [step.status for step in ticket.history].count(Status.REOPENED) == 1 + sum(
            step.status == Status.REOPENED and "补充" in step.note for step in ticket.history
        )
        assert any("修了又坏" in step.note for step in ticket.history)
        for question in ("contacted", "solved", "satisfied"):
            assert talk.locator("li", has_text=QUESTION[question]).count() == 1, "asked once"
    finally:
        stop(running[-1])
