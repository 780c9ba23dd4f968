"""What is said with the read-back and asks for nothing: others complain of the same, what the law gives, which proof would help."""

import re
from typing import Any

from dialog.actions import aloud, wording
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.room import Room
from integrations.groups import LEAST, about, loss
from integrations.rights import cooling_off

PROOFS = {
    "prepaid_refund": ("付款记录", "合同或会员卡"),
    "online_purchase": ("订单截图", "聊天记录"),
    "training_institutions": ("合同", "付款记录"),
    "estate_agents": ("合同", "收据"),
    "unpaid_wages": ("劳动合同或考勤", "工资条或转账记录"),
}
"""The proof that each kind of complaint most often lacks, the most telling first."""

NO_PROOF = ("没有", "没", "没有了", "没有照片", "都没有", "没留", "没有证据", "没有合同")
"""How a citizen says that there is none, just after it was mentioned."""

_NO_PICTURE = re.compile(r"^(?:我)?(?:这)?(?:都)?(?:没有?|没拍|没留)(?:照片|相片|图片|拍照|视频|证据)(?:了|啊|呀|呢)?$")


def no_proof(heard: Heard, just_mentioned: bool) -> bool:
    """Whether the citizen says that they have no proof to send; 没有 alone means that only when it was `just_mentioned`."""
    words = heard.text.strip(" 。，,.！!")
    return (just_mentioned and words in NO_PROOF) or _NO_PICTURE.match(words) is not None


def key_of(notes: Notes) -> str | None:
    """What the draft is about, as the desk will file it."""
    if notes.topic is None:
        return None
    return about(notes.topic.id, _values(notes))


def _values(notes: Notes) -> dict[str, Any]:
    return {name: notes.value(name) for name in notes.fields()}


def _rights(room: Room, notes: Notes) -> list[str]:
    """The seven-day right as the draft stands now: said and noted anew when a correction has changed it."""
    right = None
    if notes.topic is not None and notes.topic.id == "prepaid_refund":
        story, paid, left = (notes.value(name) for name in ("description", "amount_paid", "amount_remaining"))
        right = cooling_off(notes.value("paid_on"), str(story or ""), room.clock(), paid, left)
    note = None
    if right is not None:
        note = wording.cooling_off_note(right.last_day, right.refund_by, right.used is False)
    if note == notes.value("rights"):
        return []
    notes.put("rights", note, None)
    return [wording.cooling_off(right.days_left, right.used is False)] if right is not None else []


def remarks(room: Room, notes: Notes) -> list[str]:
    """The remarks for this draft; each is said once, the rights again when they have changed."""
    topic, said = notes.topic, _rights(room, notes)
    if topic is None or notes.memory.remarked:
        return said
    key = key_of(notes)
    if key and room.groups is not None:
        others = room.groups.others(notes.draft.conversation_id, key)
        if others + 1 >= LEAST:
            said.append(wording.others_too(others, loss(_values(notes)) is not None))
    proofs = PROOFS.get(topic.id, ())
    kept = room.evidence.count(notes.draft.id) if room.evidence is not None else len(proofs)
    if kept < len(proofs):
        said.append((aloud if notes.phone else wording).proof_helps(proofs[kept]))
        notes.memory.proof_mentioned = True
    notes.memory.remarked = True
    return said
