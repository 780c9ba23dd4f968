"""What a citizen is asked and told in a follow-up: plain, warm, at most 50 characters a question."""

from integrations.numbers import grouped
from intents.extraction.follow_up import CHOICES, CONTACTED, NO, PARTLY, REMARK, SATISFIED, SOLVED, YES

RESOLVED, OVERDUE = "resolved", "overdue"

QUESTION = {
    CONTACTED: "办理单位联系过您吗？",
    SOLVED: "这件事解决了吗？",
    SATISFIED: "这次办理，您满意吗？",
    REMARK: "还有什么要补充的吗？打字、说话都行。",
}
WHY = "答复会用来督促办理单位：没解决的，我们按原工单号重新办理。"
NOTED = "好的，记下了。"
NOT_CLEAR = "不好意思，我没听明白。"
THANKS = "谢谢您的答复，我们会一直改进。"
PASSED = "好，这一项不填。"
DECLINED = "好的，不打扰您了。有事随时说。"
STILL_OPEN = "对不起，还没办好。我这就催办理单位，工单号不变。"
BY_TELEPHONE = "坐席电话回访"
NO_ANSWER = "回访没有回音，先结案；还没解决的话，直接告诉我“没解决”"

SHOWN = {
    CONTACTED: {YES: "已联系", NO: "未联系"},
    SOLVED: {YES: "已解决", PARTLY: "部分解决", NO: "没有解决"},
    SATISFIED: {YES: "满意", "fair": "一般", NO: "不满意"},
}
"""Answers as a ticket's history and the reports name them."""


def opening(reason: str, number: str, short: str) -> str:
    """What it is about, said before the first question."""
    which = f"工单 {grouped(number)}（{short}）"
    if reason == OVERDUE:
        return f"回访：{which}已经到了答复期限，想听听您怎么说。"
    return f"回访：{which}办理单位说办好了，想听听您怎么说。"


def opening_on_call(reason: str, short: str) -> str:
    """The same to somebody who has just called; nobody hears a number gladly."""
    done = "到答复期限了" if reason == OVERDUE else "办理单位说办好了"
    return f"您上次反映的{short}，{done}，先问您两句。"


def reminder(number: str, short: str) -> str:
    """The one reminder."""
    return f"还想请您答一下工单 {grouped(number)}（{short}）的回访，一两句话就行。"


def reopened(number: str, due: str) -> str:
    """Not solved: the same number, a new deadline."""
    return f"对不起，没办好。工单 {grouped(number)} 已重新办理，号码不变，最晚{due}前答复您。"


def buttons(question: str) -> list[dict[str, str]]:
    """The choices of a question; pressing one says it."""
    return [{"title": title, "payload": title} for title in CHOICES[question]]
