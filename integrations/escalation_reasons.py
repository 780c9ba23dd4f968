"""Why a conversation is handed to a person: each reason's code, Chinese name and urgency, said once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """`priority`: the smaller goes first; among equals, whoever has waited longer."""

    code: str
    name: str
    priority: int


_ALL = (
    Reason("danger", "有人有危险", 0),
    Reason("distress", "情绪困难", 1),
    Reason("rejected", "工单被退回", 2),
    Reason("unavailable", "机器人暂不可用", 2),
    Reason("voice", "语音没有听懂", 2),
    Reason("wish", "市民要求人工", 3),
    Reason("misunderstood", "两次没听懂", 3),
    Reason("abuse", "言语激烈", 4),
    Reason("doubt", "有内容存疑", 4),
    Reason("dropped", "电话中断", 4),
    Reason("operator", "坐席主动接入", 5),
)

REASONS = {reason.code: reason for reason in _ALL}
