"""Who else complains about the same: the same person again, and many people about the same merchant or site.

A person is known by their conversation, or by what their channel knows them by; a phone number that somebody types proves nothing, so a
complaint that only shares the phone is marked for operators and nothing is said of it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from integrations.database import Database
from integrations.status import OVER, Status
from integrations.tables import ConversationRow, TicketRow

NAMES = ("merchant", "employer", "institution", "kindergarten", "developer", "estate", "village", "place")
"""Fields that say about whom or where, the most telling first."""

LOSSES = ("amount_remaining", "amount_owed", "amount_paid")
LEAST = 3
"""People that make a group case."""

REPEATED = "重复反映"
"""Tag of a ticket whose phone has complained about the same before."""

_FORM = re.compile(r"(股份|有限|责任|集团|总|分)*公司$|(旗舰|总|分|专卖|门)?店$")
_TRADE = re.compile(
    r"(健身|瑜伽|游泳|舞蹈|美容美发|美容|美发|理发|养生|足疗|教育|培训|洗车|汽车服务|餐饮|烘焙)?"
    r"(房|馆|院|中心|会所|俱乐部|工作室|机构|学校|门店)?$"
)
"""What a merchant does, as people add it to its name: 力美健健身房 is 力美健."""

LEAST_NAME = 3
"""Characters of a name that are left without its trade, or it is kept: 美力健身 and 美力美容 are two."""

_TOWN = re.compile(r"^北京市?")


@dataclass(frozen=True, slots=True)
class GroupCase:
    """Many people about the same: how many, and how much they have lost in all (yuan)."""

    topic: str
    name: str
    district: str | None
    people: int
    loss: float


def plain_name(name: str) -> str:
    """A name without spaces, signs and brackets."""
    return re.sub(r"[\s·\-—_.,，。“”\"']|[(（\[【].*?[)）\]】]", "", unicodedata.normalize("NFKC", name)).lower()


def normalised(name: str) -> str:
    """A merchant's name without what people add and leave out: 北京美力健身有限公司（望京店） → 美力健身."""
    plain = plain_name(name)
    shorter = _FORM.sub("", _TOWN.sub("", plain))
    shorter = shorter if len(shorter) >= 2 else plain
    bare = _TRADE.sub("", shorter, count=1)
    return bare if len(bare) >= LEAST_NAME else shorter


def about(topic: str, values: Mapping[str, Any]) -> str | None:
    """What a complaint is about, as a key; None when it names nobody and no place."""
    for field in NAMES:
        if values.get(field):
            district = "" if field in NAMES[:5] else values.get("district") or ""
            name = str(values[field])
            known = normalised(name) if field in NAMES[:5] else plain_name(name)
            return f"{topic}|{district}|{known}"[:120]
    return None


def about_name(key: str) -> str:
    """The name in a key of `about`."""
    return key.rpartition("|")[2]


def loss(values: Mapping[str, Any]) -> float | None:
    """What this citizen has lost, in yuan."""
    return next((float(values[f]) for f in LOSSES if isinstance(values.get(f), int | float)), None)


def repeats_by_phone(session: Session, key: str | None, phone: str | None) -> bool:
    """Whether this phone has complained about the same before; read in the filing's own transaction."""
    if not key or not phone:
        return False
    return session.scalar(select(TicketRow.number).where(TicketRow.about == key, TicketRow.phone == phone)) is not None


class Groups:
    """What is complained about by the same person, and by many."""

    def __init__(self, database: Database, clock: Callable[[], datetime], join_days: int, group_days: int) -> None:
        self._database = database
        self._clock = clock
        self._join = timedelta(days=join_days)
        self._group = timedelta(days=group_days)

    def open_ticket(self, conversation_id: str, key: str) -> str | None:
        """The number of this person's open ticket about the same, if there is one."""
        with self._database.reading() as session:
            citizen = session.scalar(select(ConversationRow.citizen_key).where(ConversationRow.id == conversation_id))
            mine = TicketRow.conversation_id == conversation_id
            if citizen is not None:
                mine = or_(mine, ConversationRow.citizen_key == citizen)
            return session.scalar(
                select(TicketRow.number)
                .join(ConversationRow, ConversationRow.id == TicketRow.conversation_id)
                .where(
                    TicketRow.about == key,
                    TicketRow.status.not_in(OVER),
                    TicketRow.created_at >= self._clock() - self._join,
                    mine,
                )
                .order_by(TicketRow.created_at.desc())
                .limit(1)
            )

    def others(self, conversation_id: str, key: str) -> int:
        """How many other people have complained about the same lately."""
        with self._database.reading() as session:
            return (
                session.scalar(
                    select(func.count(func.distinct(person()))).where(
                        TicketRow.about == key,
                        TicketRow.conversation_id != conversation_id,
                        *self._counted(),
                    )
                )
                or 0
            )

    def cases(self) -> Sequence[GroupCase]:
        """Every group case, the largest first."""
        # Whoever files twice is one person, who has lost what they last said they lost most.
        each = (
            select(
                TicketRow.about,
                func.max(TicketRow.topic).label("topic"),
                func.max(TicketRow.district).label("district"),
                func.max(TicketRow.loss).label("loss"),
            )
            .where(TicketRow.about.is_not(None), *self._counted())
            .group_by(TicketRow.about, person())
            .subquery()
        )
        people = func.count()
        with self._database.reading() as session:
            rows = session.execute(
                select(each.c.about, func.max(each.c.topic), func.max(each.c.district), people, func.sum(each.c.loss))
                .group_by(each.c.about)
                .having(people >= LEAST)
                .order_by(people.desc(), each.c.about)
            )
            return [GroupCase(row[1], about_name(str(row[0])), row[2], row[3], row[4] or 0.0) for row in rows]

    def _counted(self) -> Sequence[ColumnElement[bool]]:
        """Which tickets count: lately filed, and not taken back."""
        return (TicketRow.created_at >= self._clock() - self._group, TicketRow.status != Status.CANCELLED)


def person() -> Any:
    """A phone is a person here, where nothing is told to anybody; without one, a conversation is."""
    return func.coalesce(TicketRow.phone, TicketRow.conversation_id)
