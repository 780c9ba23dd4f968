"""What a citizen hears on the way to a person and back."""

import re
from collections.abc import Sequence

from bot import listening
from dialog.actions import wording

CALL_BACK = "给我回电话"
CALL_BACK_WORDS = (
    CALL_BACK,
    "回电话",
    "给我回电",
    "回电",
    "打给我",
    "给我打电话",
    "你们打给我",
    "回我电话",
    "电话联系我",
)
"""What a waiting citizen says to be called back instead."""

GO_ON_WORDS = (
    wording.GO_ON,
    "继续吧",
    "继续办",
    "接着办",
    "不等了",
    "我不等了",
    "不用人工了",
    "还是你来吧",
    "跟你说也行",
    "跟你说吧",
    "先跟你说",
    "先跟你说吧",
    "跟你说也一样",
    "你来办吧",
    "你办也行",
    "不转了",
    "不用转了",
)
"""What a waiting citizen says to come back to the bot."""

BEFORE_GOING_ON = re.compile(r"^(?:算了|好吧|那|行吧|行了|哎|唉)+[，,。\s]*(?:我?不等了)?[，,。\s]*(?=.)")

BUTTONS = tuple({"title": word, "payload": word} for word in (wording.GO_ON, CALL_BACK))
HUMAN_BUTTON = ({"title": wording.HUMAN, "payload": wording.HUMAN},)

ENTERED = {
    "wish": "好的，给您转坐席，说过的都会带过去。",
    "misunderstood": "还是没听明白，给您转人工坐席，说过的都会带过去。",
    "danger": "已经给您转坐席，排在最前面。",
    "distress": "您别着急，我给您转坐席，有人跟您说。",
    "abuse": "我没帮好您，给您转坐席，说过的都会带过去。",
    "doubt": "有一处没听准，请坐席来跟您核对。",
    "rejected": "您的工单被退回了，请坐席来帮您处理。",
    "voice": listening.NO_MODEL,
    "unavailable": "我这边暂时办不了，给您转坐席，说过的都在。",
    "dropped": "电话断了，坐席会给您回过去。",
    "operator": "坐席来跟您说。",
}
"""The first sentence for each reason; a test holds that every reason has one."""

OPERATOR = "坐席"
"""Who did it, in a ticket's history."""

ASKS_FOR_PLACE = re.compile(
    r"(?:前面|前头)(?:还)?(?:有)?(?:几|多少)|排(?:到)?(?:第)?几|(?:还要|还得|要|得|还)等?多(?:久|长时间)|什么时候(?:能)?(?:轮到|接通|有人)|轮到我|有人吗|人呢|还在吗"
)
"""Whoever waits asks where they stand: their place is the answer."""

NO_TICKET_YET = "这次说的还没提交，坐席接入后帮您办。"
NOTED = "记下了，坐席接入后就能看到。"
ASK_PHONE = "好的，给您回电话。打到哪个号码？"
TAKEN = "坐席已接入，您请说。"
CLOSED = "坐席结束了这次对话。还有别的事，随时跟我说。"
BACK = "坐席处理完了，我接着帮您办。"


def place(position: int) -> str:
    """Where a citizen stands, and what they may do instead of waiting."""
    where = f"您前面还有{position - 1}位" if position > 1 else "您是下一位"
    return f"{where}，请稍等。不等的话说“{wording.GO_ON}”或“{CALL_BACK}”。"


def called_back(last4: str) -> str:
    """The promise of a call; the number is only hinted at, others may read along."""
    return f"好的，坐席会给尾号{last4}的电话回过去。别的事可以接着跟我说。"


def too_late(has_phone: bool) -> str:
    """Nobody took the conversation in time."""
    then = "坐席会给您回电话" if has_phone else "请留个电话，坐席给您回过去"
    return f"让您久等了，坐席都在忙。说过的都留着，{then}。您也可以接着跟我说。"


def changed(changes: Sequence[tuple[str, str]]) -> str:
    """What an operator changed while they held the conversation."""
    told = "；".join(f"{label}：{value}" for label, value in changes)
    return f"坐席帮您改了：{told}。"
