"""What the dialog says: plain, warm, short. Questions about fields are the catalog's; everything else is here, once."""

from collections.abc import Sequence
from datetime import date

WELCOME = "您好，这里是12345市民热线。"
WHAT_HAPPENED = "请用自己的话说说，您遇到了什么事？"
WHAT_ELSE = "还有别的事要反映吗？直接说就行。"

NONE_OF_THESE = "都不是"
YES_FILE = "对，提交"
CHANGE = "要改一下"
CANCEL = "不办了"
HUMAN = "转人工"
SKIP = "跳过"
GO_ON = "继续"
REPEAT_WORDS = "再说一遍"
ANONYMOUS = "匿名"
YES_IT_IS = "是的"
YES = "有"
NO = "没有"

READ_BACK = "请您核对一下："
CONFIRM = "以上都对吗？没问题我就提交。"
WHICH_TO_CHANGE = "好的，您要改哪一项？"
TOPIC_CHOICE = "这件事更像下面哪一类？说第几个就行。"

NOT_CLEAR = "不好意思，我没听明白。"
OFFER_HUMAN = "还是没听明白。要转人工吗？也可以说“跳过”。"
OFFER_HUMAN_OR_CHOICE = "还是没听明白。点一个最像的，或者转人工，好吗？"
LISTENING = "好的，您说。"

SKIPPED = "好，这一项先不填。"
OR_SKIP = "这一项不清楚也没关系，说“跳过”就行。"
LEFT_OPEN = "好，这一项先空着，想起来随时告诉我。"
ANONYMOUS_NOTED = "好，按匿名办理，不留您的联系方式。"
ADDED = "好，这个也记上了。"
LOOK_IT_UP = "没关系，您看一眼手机再告诉我。"
LATER = "好，先把这件办完，接着就办您说的这件。"
NOW_THE_OTHER = "接着办您刚才说的另一件。"
REAL_NAME_NOTED = "好，改为实名办理。"
DESCRIPTION_NEEDED = "这一项不能空着，一两句话就行。"

CANCELLED = "好的，这件事不办了，刚才说的我都不提交。"
NOTHING_TO_CANCEL = "您现在没有正在办的事。"
STARTED_OVER = "好的，我们重新来。"
WAITING_FOR_HUMAN = "好的，已经帮您登记转人工，说过的都会带给坐席。"
BACK_FROM_WAITING = "好的，我接着帮您办。"

THANKS = "不客气，能帮到您就好。"
NO_NUMBER = "没有号也不要紧，把那件事说一下，我帮您再记一次。"
ANY_TIME = "好的，有事您随时找我。"
CALM = "我理解您的心情，这件事我帮您记清楚、派出去。"
TAKE_YOUR_TIME = "别着急，您慢慢说。需要的话可以随时说“转人工”。"

ASK_LAST4 = "请说一下办理时留的电话后四位，核对后告诉您。"
NO_SUCH_TICKET = "没查到，工单号或电话后四位不对，请核对一下。"
NOT_FILED_YET = "这件还没提交，核对完就给您工单号。"
NO_TICKET_YET = "您在这里还没有工单。请把12位工单号发给我。"
BAD_NUMBER = "这个工单号不对，应该是12位数字，请再核对一下。"
TOO_MANY_TRIES = "您试的次数太多了，请过一会儿再查。"

APOLOGY = "不好意思，我这边刚才卡了一下。您说过的都还在，请再说一遍刚才那句。"
EMPTY = "我没收到内容，请再说一遍。"
ONLY_SYMBOLS = "这个我看不懂，请用文字说说。"
ONLY_CHINESE = "抱歉，我只能听懂中文。需要人工请说“转人工”。(Chinese only, please. Say 转人工 for a person.)"
BUSY = "上一句还在处理，请稍等一下再发。"

DANGER = {
    "fire": "着火了请马上打119，人先到安全的地方！",
    "gas": "闻到燃气味：关阀、开窗、离开，别碰电器，到外面打119或96777！",
    "injury": "有人受伤或者生病，请马上打120急救！",
    "crime": "有人正在违法伤人，请先保证自己安全，马上打110！",
    "suicide": "请先别难过，您很重要。马上打110，或者心理援助热线12356。",
    "traffic_accident": "出了交通事故请马上打122，有人受伤打120！",
}
DANGER_FOLLOW_UP = "人安全以后，这件事我可以接着帮您登记。"


def understood(short: str | None, facts: Sequence[str]) -> str:
    """The first acknowledgement: what it is about (None: none of the topics) and what was already caught."""
    about = f"明白了，是“{short}”的事" if short else "好的，这件事我记下了"
    return (
        f"{about}，记下了：{'，'.join(facts)}。"
        if facts and short
        else f"{about}{'：' if facts else ''}{'，'.join(facts)}。"
    )


def changed(label: str, value: str) -> str:
    """A correction, repeated so that it can be heard to be right."""
    return f"好的，{label}改成“{value}”。"


def noted(facts: Sequence[str]) -> str:
    """What an answer added beyond the question."""
    return f"记下了：{'，'.join(facts)}。"


def with_example(question: str, examples: Sequence[str]) -> str:
    """A question asked again, with what an answer can look like."""
    return f"{question}（例如：{examples[0]}）" if examples else question


def which_district(candidates: Sequence[str]) -> str:
    """A place name that stands in more than one district."""
    return f"这个地名不止一处，是{'、'.join(candidates[:-1])}，还是{candidates[-1]}？"


def is_it(short: str) -> str:
    """The only topic that it may be."""
    return f"您说的是“{short}”的事吗？"


def which_name(names: Sequence[str]) -> str:
    """A name that sounds like two."""
    return f"您说的是“{names[0]}”，还是“{names[1]}”？"


JOIN_OLD, NEW_TICKET = "补充到原工单", "另开新工单"
FIRST, SECOND = "第一个", "第二个"
NO_PROOF_NEEDED = "没关系，没有也能办。"


def join_or_new(grouped_number: str) -> str:
    """The same person has an open ticket about the same."""
    return f"这件事您已经有工单 {grouped_number}，补充进去还是另开？"


def others_too(people: int, lost: bool) -> str:
    """Others complain of the same; nothing of theirs is told, nor of this citizen's to them. `lost`: money was told."""
    own = "您的金额只记在您的工单里" if lost else "您说的只记在您的工单里"
    return f"已有{people}位市民反映过同样的情况，您提交后一起督办。{own}，别人看不到。"


def cooling_off(days_left: int, unused: bool) -> str:
    """The seven-day right while it lasts."""
    condition = "您的卡没用过" if unused else "卡要是还没用过"
    left = f"还剩{days_left}天" if days_left else "今天是最后一天"
    return f"{condition}，办卡7天内可以全额退，{left}；商家应在5天内退款。"


def cooling_off_note(last_day: date, refund_by: date, unused: bool) -> str:
    """The same, for the unit that handles the ticket."""
    used = "市民称未使用" if unused else "是否使用过待核实"
    return f"七日冷静期至{last_day.isoformat()}（{used}）；自{refund_by.isoformat()}前应全额退款"


def proof_helps(proof: str) -> str:
    """The proof that matters most and is missing."""
    return f"有{proof}的照片可以发给我，没有也能办。"


def which_heard(label: str, shown: Sequence[str]) -> str:
    """A value that two hearings of the same words understood differently."""
    short = [value if len(value) <= 14 else f"{value[:13]}…" for value in shown]
    return f"我没听准：{label}是“{short[0]}”，还是“{short[1]}”？"


def which_heard_after_filing(label: str, shown: Sequence[str]) -> str:
    """The same, when the ticket is filed already."""
    return f"{which_heard(label, shown)}说第几个就行。"


AS_FILED = "好的，就按登记的办理。"


def filed(grouped_number: str, lead_unit: str, due: str) -> str:
    """The promise: the number, who answers, by when."""
    return f"已经提交，工单号是 {grouped_number}，请记好。由{lead_unit}牵头办理，最晚{due}前答复您。"


FILED_FOLLOW_UP = "以后报工单号就能查进度，有变化我也会告诉您。"


def joined(grouped_number: str) -> str:
    """A remark after filing goes onto the ticket."""
    return f"好的，已补充到工单 {grouped_number}。"


def cut(characters: int) -> str:
    """A message longer than the dialog reads."""
    return f"您写得很详细，全文都存下了；我先按前{characters}字来办。"
