"""What the telephone itself says: greeting, consent, silence, keys, the end. What the dialog says is in `dialog/actions/aloud.py`."""

from dialog.actions import wording

GREETING = "您好，这里是12345市民热线。"
ASK_RECORDING = "为了办好您的事，通话会录音，可以吗？不录也一样办。"
RECORDED = "好的。"
NOT_RECORDED = "好的，不录音。"
RECORDING_KEYS = "同意录音请按1，不录请按2。"

ASK_RESUME = "刚才电话断了，接着说{}的事吗？"
ASK_RESUME_UNKNOWN = "刚才电话断了，接着说刚才的事吗？"
RESUMED = "好，我们接着来。"
NOT_RESUMED = "好的，那说新的事。"
BACK_FROM_QUEUE = "坐席都在忙，我先接着帮您办，说过的都还在。"

HEARD_NOTHING = "我没听到您说话。"
KEYS_FOR_SPEECH = "您直接说就行；按0转人工，按星号再听一遍。"
KEYS_FOR_NUMBERS = "您可以按键输入，按井号结束。"
TO_A_PERSON = "没听到您说话，我给您转人工，请别挂机。"
NOT_HEARD = "不好意思，没听清，请再说一遍。"
STILL_NOT_HEARD = "还是没听清，我给您转人工，请别挂机。"
NO_SUCH_KEY = "没有这个选项。"
HOLD_ON = "请别挂机，这就给您接通坐席。"
SLOWER = "好的，我说慢一点。"
LOUDER = "好的，我大点声。"
LINE_IS_SLOW = "现在打进来的人多，我听得慢一点，请稍等。"

FILLERS = ("好的，我记一下。", "请稍等，我看一下。")
"""Said when an answer takes long; never two in a row."""

ANYTHING_ELSE = "还有别的事吗？没有就可以挂机了。"
NOBODY_THERE = "没有别的事，我就先挂了，再见。"
BYE = "不客气，祝您生活愉快，再见。"
TROUBLE = "不好意思，我这边出了点问题，给您转人工，请别挂机。"

RECORDING_YES, RECORDING_NO = "同意录音", "不同意录音"
"""Stand in the journal."""

DROPPED_CALL = "电话中断，还没提交，请给市民回电话"

TICKET_MESSAGE = "您刚才打电话反映的事已经提交，工单号 {}。"
"""Goes to the caller's Telegram, where it is linked."""


def sentences() -> tuple[str, ...]:
    """Everything here that is said as it stands: spoken before anybody calls."""
    return (
        GREETING, ASK_RECORDING, RECORDED, NOT_RECORDED, RECORDING_KEYS, ASK_RESUME_UNKNOWN, RESUMED, NOT_RESUMED, BACK_FROM_QUEUE,
        HEARD_NOTHING, KEYS_FOR_SPEECH, KEYS_FOR_NUMBERS, TO_A_PERSON, NOT_HEARD, STILL_NOT_HEARD, NO_SUCH_KEY, HOLD_ON, SLOWER, LOUDER, LINE_IS_SLOW,
        *FILLERS, ANYTHING_ELSE, NOBODY_THERE, BYE, TROUBLE, wording.WHAT_HAPPENED,
    )  # fmt: skip
