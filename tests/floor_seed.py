"""Conversations for the console's tests, made as the channels make them: words, drafts with whose words they are, escalations."""

import random
from collections.abc import Sequence

from bot.house import House
from integrations.drafts import NewEntry
from integrations.escalation_reasons import REASONS
from integrations.journal import Turn

COMPLAINTS = (
    ("street_lights", "投诉", "朝阳区", "青年路", "朝阳区青年路的路灯坏了三天了，晚上黑得看不见"),
    ("prepaid_refund", "投诉", "海淀区", "上地", "海淀上地一个健身房关门了，卡里还有3680块钱退不了"),
    ("unpaid_wages", "求助", "丰台区", "花乡", "丰台花乡那个工地欠我们二十多个人两个月工资"),
    ("garbage_collection", "投诉", "西城区", "德胜", "西城德胜小区门口垃圾堆了一个星期没人收"),
    ("parking", "咨询", "通州区", "梨园", "通州梨园这边停车费一小时涨到十五块合理吗"),
)


def say(house: House, conversation_id: str, text: str, reply: str) -> int:
    """One turn as the door journals it; its number."""
    turn = house.journal.begin_turn(conversation_id, text)
    assert isinstance(turn, Turn)
    answer = {"text": reply, "buttons": []}
    house.journal.finish_turn(turn, [answer], {"replies": [answer]})
    return turn.number


def one(house: House, number: int, channel: str = "web") -> str:
    """A conversation that has told what is wrong; its id."""
    topic, type_, district, place, text = COMPLAINTS[number % len(COMPLAINTS)]
    conversation = house.journal.create(channel).id
    turn = say(house, conversation, text, "好的，记下了。留个电话，办理单位好联系您。")
    draft = house.drafts.open_new(conversation)

    def entry(field: str, value: object, raw: str) -> NewEntry:
        start = text.find(raw)
        return NewEntry(field, value, raw, turn, {"start": start, "end": start + len(raw)} if start >= 0 else None)

    entries = [
        entry("topic", topic, text),
        entry("type", type_, text),
        entry("description", text, text),
        entry("district", district, district if district in text else district[:2]),
        entry("place", place, place),
    ]
    house.drafts.append(draft.id, entries, {})
    phone = f"138{number:08d}"
    turn = say(house, conversation, f"我电话{phone}", "请您核对一下，没问题我就提交。")
    house.drafts.append(draft.id, [NewEntry("contact_phone", phone, phone, turn, {"start": 3, "end": 14})], {})
    return conversation


def fill(house: House, how_many: int, *, seed: int = 1) -> Sequence[str]:
    """So many conversations that wait for a person, for all the reasons there are."""
    dice = random.Random(seed)
    reasons = [code for code in REASONS if code != "operator"]
    made = []
    for number in range(how_many):
        conversation = one(house, number, dice.choice(("web", "telegram", "phone")))
        house.escalations.ask(conversation, dice.choice(reasons))
        made.append(conversation)
    return made
