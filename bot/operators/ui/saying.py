"""Names and errors as operators read them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from nicegui import ui

from bot.operators.desk import NothingToFile
from bot.operators.values import BadValue
from integrations.canned_replies import TitleTaken
from integrations.desk import DraftNotOpen, NoSuchTicket
from integrations.escalation import AlreadyTaken, NotInQueue, NotYours
from integrations.status import InvalidMove
from integrations.zone import BEIJING

log = logging.getLogger(__name__)

CHANNELS = {
    "web": "网页",
    "telegram": "Telegram",
    "phone": "电话",
    "open311": "Open311",
    "terminal": "终端",
    "test": "测试",
}
DIRECTIONS = {"citizen": "市民", "bot": "机器人", "operator": "坐席", "system": "记录"}
SOURCES = {"citizen": "市民", "caller_id": "来电号码", "default": "默认", "operator": "坐席"}


def channel(name: str) -> str:
    """A channel's Chinese name."""
    return CHANNELS.get(name, name)


def clock(moment: datetime) -> str:
    """The time of day; with the date when it was another day."""
    here, today = moment.astimezone(BEIJING), datetime.now(BEIJING).date()
    return f"{here:%H:%M}" if here.date() == today else f"{here:%m-%d %H:%M}"


def stamp(moment: datetime) -> str:
    """Date and time."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"


@contextmanager
def told_kindly() -> Iterator[None]:
    """What cannot be done is told to the operator, in a sentence that says why."""
    try:
        yield
    except AlreadyTaken as error:
        _say(f"{error.operator} 已经接手了。")
    except NotYours:
        _say("这段对话不在您手里，请先接手。")
    except NotInQueue:
        _say("市民已经不在排队了。")
    except (NothingToFile, DraftNotOpen):
        _say("还没有可以提交的内容，请先填写“诉求描述”。")
    except NoSuchTicket:
        _say("没有这个工单。")
    except InvalidMove:
        _say("工单现在不能改成这个状态，请刷新看看。")
    except TitleTaken:
        _say("已经有一条叫这个名称。")
    except BadValue as error:
        _say(str(error))
    except Exception as error:
        # The words of a citizen may be in it.
        log.error("a command of the console failed: %s", type(error).__name__)
        _say("没有做成，请再试一次。")


def _say(text: str) -> None:
    ui.notify(text, type="negative", position="top")
