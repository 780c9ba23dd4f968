"""The reports' pages in a real browser, on some thousands of made-up tickets: chart, table and file say the same, to whom it may be said."""

import csv
import io
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from bench.made_up_city import made_up
from bench.reports import load
from bot.followup import answers_of
from bot.house import now
from bot.reports import reports_of
from config.settings import Settings
from integrations.accounts import Accounts, Role
from integrations.audit import Audit
from integrations.database import Database, upgrade
from integrations.followup_tables import FollowUpRow
from integrations.outbox import Outbox
from integrations.reports.library import REPORTS
from tests.conftest import ROOT

PASSWORD = "a-password-of-the-tests"
READY = re.compile(r"jiesu is ready: (http://\S+)")
PATIENCE = 90_000
"""Milliseconds: a slow machine is no failure."""


@dataclass
class City:
    """A running console, and its database from here."""

    url: str
    database: Database


@contextmanager
def running(home: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [str(ROOT / ".venv/bin/python"), "-m", "tests.console_house", str(home)],
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PORT": "0", "JIESU_ADMIN_PASSWORD": PASSWORD},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield next(match.group(1) for line in process.stdout if (match := READY.search(line)))
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    home = tmp_path_factory.mktemp("city")
    database = Database(f"sqlite:///{home}/jiesu.db")
    upgrade(database)
    load(database, made_up(6000, now()))
    with running(home) as url:
        Accounts(database, Audit(database, now), now).add("clerk", "小王", Role.OPERATOR, by="admin", password=PASSWORD)
        yield City(url, database)
    database.engine.dispose()


def signed_in(browser: Browser, city: City, login: str) -> Page:
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{city.url}/operator/reports")
    page.locator("#username").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def test_every_report_shows_its_chart_and_the_numbers_of_its_file(city: City, browser: Browser) -> None:
    page = signed_in(browser, city, "admin")
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    for name in REPORTS:
        page.goto(f"{city.url}/operator/reports?name={name}&district=海淀区")
        expect(page.locator(".report .title")).to_be_visible(timeout=PATIENCE)
        page.locator(".chart svg, .report .empty").first.wait_for(state="attached")
        shown = page.locator(".sheet tbody tr")
        written = page.request.get(f"{city.url}/operator/reports/{name}.csv?district=海淀区").text()
        rows = list(csv.DictReader(io.StringIO(written.removeprefix("\ufeff"))))
        told = page.request.get(f"{city.url}/operator/reports/{name}.json?district=海淀区").json()
        assert shown.count() == len(rows) == len(told["rows"]), name
        count = next((c["label"] for c in told["columns"] if c["key"] == "count"), None)
        if count and rows:
            heads = page.locator(".sheet thead th").all_inner_texts()
            cells = shown.first.locator("td").all_inner_texts()
            assert cells[heads.index(count)].replace(",", "") == rows[0][count] == str(told["rows"][0]["count"])
    assert not broken
    # A filter is an address, and the same numbers as the report itself.
    page.goto(f"{city.url}/operator/reports?name=top")
    page.locator(".controls .q-select").nth(2).click()
    page.get_by_role("option", name="朝阳区").click()
    page.wait_for_url(lambda address: "district=" in address)
    report = reports_of(city.database, now).make("top", {"district": "朝阳区"})
    expect(page.locator(".figures dd").first).to_have_text(f"{report.summary['工单总数']:,}")
    # On paper only the report is left.
    page.emulate_media(media="print")
    expect(page.locator(".controls")).to_be_hidden()
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.locator(".sheet table")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_only_supervisors_see_reports_and_taking_one_is_logged(city: City, browser: Browser) -> None:
    clerk = signed_in(browser, city, "clerk")
    expect(clerk.get_by_text("您的角色不能看这一页。")).to_be_visible()
    refused = clerk.request.get(f"{city.url}/operator/reports/top.csv")
    assert refused.status == 403
    stranger = browser.new_context()
    assert "登录" in stranger.request.get(f"{city.url}/operator/reports/top.csv").text()
    admin = signed_in(browser, city, "admin")
    assert admin.request.get(f"{city.url}/operator/reports/people.json").status == 404
    wrong = admin.request.get(f"{city.url}/operator/reports/top.json?month=soon")
    assert (wrong.status, wrong.json()["detail"]) == (422, "月份请写成“2026-10”这样。")
    assert admin.request.get(f"{city.url}/operator/reports/heat.json").status == 200
    lines = Audit(city.database, now).lines(action="report_taken")
    assert ("admin", "report:heat") in {(line.who, line.subject) for line in lines}
    assert not {line.who for line in lines} & {"clerk"}


def test_a_reopened_ticket_shows_what_its_citizen_answered_beside_what_the_unit_did(
    city: City, browser: Browser
) -> None:
    with city.database.reading() as session:
        asked = session.scalars(select(FollowUpRow).where(FollowUpRow.state == "asked")).first()
    assert asked is not None
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    answers = answers_of(settings, city.database, now, Outbox(city.database, now))
    answers.record(asked.id, {"contacted": "yes", "solved": "no"}, "来过人，灯还是黑的", turn=9)
    page = signed_in(browser, city, "clerk")
    page.goto(f"{city.url}/operator/tickets/{asked.ticket}")
    side = page.locator(".citizens-side")
    expect(side.get_by_text("回访：没有解决", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(side.get_by_text("来过人，灯还是黑的").first).to_be_visible()
    expect(page.locator(".ticket-head .status")).to_have_text("重新办理")
