"""Telegram through the whole house: a complaint, a button, a number, and the news of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Running, start, stop
from tests.fakes.bot_api import TOKEN, BotApi, bot_api


@pytest.fixture
def api() -> Iterator[BotApi]:
    with bot_api() as running:
        yield running


@pytest.fixture
def house(api: BotApi, tmp_path: Path, model: Path) -> Iterator[Running]:
    (tmp_path / "models").symlink_to(model.parent)
    settings = {"JIESU_TELEGRAM_TOKEN": TOKEN, "JIESU_TELEGRAM_API": api.url, "JIESU_QUIET_HOURS": ""}
    made = start(tmp_path, **settings)
    try:
        yield made
    finally:
        stop(made)


def test_a_complaint_by_telegram_becomes_a_ticket_and_its_news_are_pushed_once(house: Running, api: BotApi) -> None:
    api.say("朝阳区青年路的路灯不亮，我的电话13800001234")
    api.wait(lambda: any("以上都对吗" in text for text in api.texts()), 40)
    api.press("对，提交")
    api.wait(lambda: any("工单号是" in text for text in api.texts()), 40)
    told = next(text for text in api.texts() if "工单号是" in text)
    number = "".join(c for c in told.split("工单号是")[1].split("，")[0] if c.isdigit())
    assert len(number) == 12
    assert house.cli("tickets", "move", number, "accepted", "--note", "明天上门").returncode == 0
    api.wait(lambda: any("明天上门" in text for text in api.texts()), 20)
    assert sum("明天上门" in text for text in api.texts()) == 1
    logs = "".join(path.read_text(errors="replace") for path in (house.home / "logs").glob("*.log"))
    assert TOKEN not in logs
    assert "13800001234" not in logs
