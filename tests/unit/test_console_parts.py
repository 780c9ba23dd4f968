"""Small parts of the operators' console."""

import logging
import re
from collections.abc import Sequence

import pytest

from bot.operators.canned import VARIABLES, CannedError, filled, known_of, read_canned, unfilled
from bot.operators.console import OnlyItsKind
from bot.operators.guard import policy_for
from bot.operators.ui.audit_page import ACTIONS
from bot.operators.ui.saying import CHANNELS
from bot.operators.values import BadValue, read_value
from config.city import read
from intents.catalog import load_catalog
from tests.conftest import NOW, ROOT


def test_the_citys_canned_replies_name_only_what_is_known() -> None:
    replies = read_canned(read("replies.yml"))
    assert len(replies) >= 8
    assert {place for _, text in replies for place in unfilled(text)} == set(VARIABLES)
    assert len({title for title, _ in replies}) == len(replies)


def test_a_place_that_nobody_knows_is_refused_when_the_file_is_read() -> None:
    with pytest.raises(CannedError, match="身份证"):
        read_canned([{"title": "坏", "text": "{身份证}"}])


def test_what_is_not_known_stays_in_its_braces() -> None:
    told = filled("{姓名}您好，工单号 {工单号}，我是{坐席}", known_of(None, None, "张三"))
    assert told == "{姓名}您好，工单号 {工单号}，我是张三"
    assert unfilled("{姓名}您好") == ["姓名"]
    assert unfilled("价格{另议}") == []


@pytest.mark.parametrize("text", ["海淀区", "海淀", " 海淀 "])
def test_a_district_is_read_as_operators_write_it(text: str) -> None:
    assert read_value(load_catalog(), "street_lights", "district", text, NOW) == "海淀区"


def test_a_district_that_is_none_is_refused() -> None:
    with pytest.raises(BadValue):
        read_value(load_catalog(), "street_lights", "district", "天河区", NOW)


def test_a_pages_policy_names_its_inline_scripts_and_no_other() -> None:
    page = b'<script>a()</script><script src="/x.js"></script><script type="module">b()</script>'
    policy = policy_for(page)
    assert policy.count("sha256-") == 2
    assert policy != policy_for(page.replace(b"a()", b"evil()"))
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


@pytest.mark.parametrize("as_message", [True, False])
def test_the_words_of_an_exception_do_not_reach_the_log(caplog: pytest.LogCaptureFixture, as_message: bool) -> None:
    log = logging.getLogger("tests.console")
    log.addFilter(OnlyItsKind())
    try:
        raise ValueError("13800005678 住在青年路")
    except ValueError as error:
        if as_message:
            log.error(error)
        else:
            log.exception("failed: %s", error)
    assert "ValueError" in caplog.text
    assert "13800005678" not in caplog.text
    assert "青年路" not in caplog.text


def test_every_action_that_is_logged_has_a_chinese_name() -> None:
    sources: Sequence[str] = [
        path.read_text(encoding="utf-8")
        for folder in ("bot/operators", "integrations")
        for path in (ROOT / folder).rglob("*.py")
    ]
    found = {
        action
        for source in sources
        for action in re.findall(r'audit\.(?:add\(\s*session|record),?\s*\(?[^"]*?"([a-z_]+)"', source)
    }
    assert {"phone_shown", "staff_added"} <= found
    assert found <= set(ACTIONS), found - set(ACTIONS)


def test_every_channel_has_a_chinese_name() -> None:
    assert {"web", "telegram", "phone", "open311", "terminal"} <= set(CHANNELS)
