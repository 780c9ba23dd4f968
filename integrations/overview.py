"""Many conversations at a glance: what each is about, and what its citizen said last. A handful of queries, however many there are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from integrations.database import Database
from integrations.tables import ConversationRow, DraftEntryRow, DraftRow, UtteranceRow

SHOWN = ("topic", "type", "district")
"""Fields that an overview tells."""


@dataclass(frozen=True, slots=True, repr=False)
class Overview:
    """One conversation; `words` is what its citizen said last."""

    conversation_id: str
    channel: str
    state: str
    topic: str | None
    type: str | None
    district: str | None
    words: str


def overviews(database: Database, conversation_ids: Collection[str]) -> Mapping[str, Overview]:
    """Each of these conversations; those that do not exist are left out."""
    if not conversation_ids:
        return {}
    ids = list(conversation_ids)
    with database.reading() as session:
        rows = session.execute(
            select(ConversationRow.id, ConversationRow.channel, ConversationRow.state).where(
                ConversationRow.id.in_(ids)
            )
        ).all()
        newest = (
            select(func.max(UtteranceRow.seq))
            .where(UtteranceRow.conversation_id.in_(ids), UtteranceRow.direction == "citizen")
            .group_by(UtteranceRow.conversation_id)
        )
        said = select(UtteranceRow.conversation_id, UtteranceRow.text).where(UtteranceRow.seq.in_(newest))
        words = dict(session.execute(said).tuples().all())
        facts: dict[str, dict[str, object]] = {}
        for conversation_id, field, value in session.execute(
            select(DraftRow.conversation_id, DraftEntryRow.field, DraftEntryRow.value)
            .join(DraftEntryRow, DraftEntryRow.draft_id == DraftRow.id)
            .where(DraftRow.conversation_id.in_(ids), DraftEntryRow.field.in_(SHOWN))
            .order_by(DraftRow.created_at, DraftEntryRow.seq)
        ):
            facts.setdefault(conversation_id, {})[field] = value
    found = {}
    for conversation_id, channel, state in rows:
        known = facts.get(conversation_id, {})
        topic, type_, district = (str(known[name]) if known.get(name) else None for name in SHOWN)
        said_last = words.get(conversation_id, "")
        found[conversation_id] = Overview(conversation_id, channel, state, topic, type_, district, said_last)
    return found
