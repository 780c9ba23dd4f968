"""What operators say every day, as supervisors keep it: who changed which sentence stands in the audit log, in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, String, Text, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from integrations.audit import Audit
from integrations.database import Base, Database

LONGEST_TITLE, LONGEST_TEXT = 20, 500


class TitleTaken(ValueError):
    """Another reply has this title."""


class CannedReplyRow(Base):
    """One sentence; the order of the list is the order in which they were made."""

    __tablename__ = "canned_replies"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE), unique=True)
    text: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class CannedReply:
    """One sentence and what the list calls it."""

    id: int
    title: str
    text: str


class CannedReplies:
    """All of them."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def begin_with(self, replies: Sequence[tuple[str, str]]) -> None:
        """The city's own list, (title, text) each, where there is none yet."""
        with self._database.unless_there() as session:
            if session.scalar(select(func.count()).select_from(CannedReplyRow)):
                return
            session.add_all(CannedReplyRow(title=title, text=text) for title, text in replies)

    def all(self) -> Sequence[CannedReply]:
        """In their order."""
        with self._database.reading() as session:
            rows = session.scalars(select(CannedReplyRow).order_by(CannedReplyRow.id))
            return [CannedReply(row.id, row.title, row.text) for row in rows]

    def put(self, id: int | None, title: str, text: str, by: str) -> None:
        """Changes one, or (None) adds one. TitleTaken; NoResultFound for one that is gone."""
        try:
            with self._database.session() as session:
                row = session.get_one(CannedReplyRow, id) if id is not None else CannedReplyRow(title=title, text=text)
                old = {} if id is None else {"old_title": row.title, "old_text": row.text}
                row.title, row.text = title, text
                session.add(row)
                session.flush()
                self._audit.add(session, by, "reply_changed", f"reply:{row.id}", title=title, text=text, **old)
        except IntegrityError:
            raise TitleTaken(title) from None

    def remove(self, id: int, by: str) -> None:
        """Takes one off the list; one that is gone already is no error."""
        with self._database.session() as session:
            row = session.get(CannedReplyRow, id)
            if row is not None:
                session.delete(row)
                self._audit.add(session, by, "reply_removed", f"reply:{id}", old_title=row.title, old_text=row.text)
