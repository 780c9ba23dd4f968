"""The queue of conversations that a person should hold. Its state is in the database only: any process may ask, take, give back.

Every step is one transaction that holds the conversation's row: two operators, two processes, cannot take the same one. Each step is
also a line of the journal (direction "system"), so whoever follows the journal misses none.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from integrations.escalation import (
    CALLBACK,
    ENDED,
    GIVEN_BACK,
    HELD,
    LEFT,
    SHOWN,
    WAITING,
    AlreadyTaken,
    Entry,
    NotInQueue,
    NotYours,
    Place,
    entry_of,
)
from integrations.escalation_reasons import REASONS
from integrations.escalation_tables import EscalationCauseRow, EscalationRow
from integrations.escalation_views import EscalationViews, live, place_of
from integrations.journal import BOT, CLOSED, OPERATOR, locked, write_line
from integrations.journal import WAITING as HELD_UP


class Escalations(EscalationViews):
    """All of them. Every step says what it needs; where the citizen stands and who waits is in `EscalationViews`."""

    def ask(
        self,
        conversation_id: str,
        reason: str,
        *,
        note: str = "",
        cause: str | None = None,
        tell: Callable[[Place], str] | None = None,
    ) -> Place:
        """The conversation waits for a person from now on. Asked again, it keeps its place, and moves up for a more urgent reason.

        `cause` names what called for it, if that is outside the conversation: the same cause calls once. `tell` is said to the
        citizen unasked, if they are new in the queue.
        """
        now = self._clock()
        with self._database.session() as session:
            conversation = locked(session, conversation_id)
            row = live(session, conversation_id)
            if cause is not None and session.get(EscalationCauseRow, cause) is not None:
                row = row or _latest(session, conversation_id)
                return place_of(session, row)
            if row is None:
                row = EscalationRow(conversation_id=conversation_id, note=note, asked_at=now, state=LEFT, since=now)
                session.add(row)
            if row.state in (LEFT, CALLBACK):
                row.state, row.since = WAITING, now
                row.reason, row.priority = reason, REASONS[reason].priority
                conversation.state = HELD_UP
                session.flush()
                self._note(session, row, "asked", f"转人工：{REASONS[reason].name}")
                if tell:
                    # A status, so that nobody is woken for it.
                    payload = {"status": reason}
                    write_line(
                        session, conversation_id, "bot", tell(place_of(session, row)), payload, now, unasked=True
                    )
            elif REASONS[reason].priority < row.priority:
                row.reason, row.priority = reason, REASONS[reason].priority
                session.flush()
                self._note(session, row, "urgent", f"更急了：{REASONS[reason].name}")
            session.flush()
            if cause is not None:
                session.add(EscalationCauseRow(id=cause, escalation=row.id, at=now))
            return place_of(session, row)

    def leave(self, conversation_id: str) -> bool:
        """The citizen goes back to the bot; False when they did not wait."""
        with self._database.session() as session:
            conversation = locked(session, conversation_id)
            row = live(session, conversation_id)
            if row is None or row.state != WAITING:
                return False
            row.state, row.ended_at = LEFT, self._clock()
            conversation.state = BOT
            self._note(session, row, "left", "市民不等了，由机器人继续")
            return True

    def callback(self, conversation_id: str, phone: str | None = None, *, tell: str = "") -> bool:
        """The citizen is called back (at `phone`, or the draft's number) instead of waiting; False when there is nothing to call about.

        Given again with a number, it is the number that is noted. `tell` is said to the citizen unasked.
        """
        with self._database.session() as session:
            conversation = locked(session, conversation_id)
            row = live(session, conversation_id)
            if row is None or row.state == HELD:
                return False
            row.phone = phone or row.phone
            if row.state == WAITING:
                row.state, row.since = CALLBACK, self._clock()
                conversation.state = BOT
                self._note(session, row, "callback", "市民不等了，请给市民回电话")
            if tell:
                write_line(session, conversation_id, "bot", tell, {}, self._clock(), unasked=True)
            return True

    def take(self, target: int | str, operator: str, *, tell: str = "") -> Entry:
        """`operator` holds it from now on: an escalation by its id, or any conversation by its own. Taken again by the same one, it stays.

        AlreadyTaken, NotInQueue (an escalation that is over). `tell` is said to the citizen unasked.
        """
        now = self._clock()
        conversation_id = target if isinstance(target, str) else self._conversation_of(target)
        with self._database.session() as session:
            conversation = locked(session, conversation_id)
            row = live(session, conversation_id)
            if row is None and isinstance(target, str):
                reason = REASONS["operator"]
                row = EscalationRow(
                    conversation_id=conversation_id,
                    reason=reason.code,
                    priority=reason.priority,
                    asked_at=now,
                    since=now,
                )
                session.add(row)
            if row is None or (isinstance(target, int) and row.id != target):
                raise NotInQueue
            if row.state == HELD:
                if row.operator != operator:
                    raise AlreadyTaken(row.operator or "")
                return entry_of(row, conversation)
            row.state, row.operator, row.taken_at = HELD, operator, now
            conversation.state = OPERATOR
            self._note(session, row, "taken", f"{operator}接手")
            if tell:
                write_line(session, conversation_id, "bot", tell, {}, now, unasked=True)
            return entry_of(row, conversation)

    def transfer(self, conversation_id: str, operator: str, to: str | None, note: str = "") -> None:
        """To a colleague, or (None) back into the queue, with its old place. NotYours."""
        with self._database.session() as session:
            conversation = locked(session, conversation_id)
            row = _held(session, conversation_id, operator)
            row.operator, row.note = to, note or row.note
            row.taken_at = self._clock() if to else None
            row.state = HELD if to else WAITING
            conversation.state = SHOWN[row.state]
            self._note(session, row, "transferred", f"{operator}转给{to or '排队'}" + (f"：{note}" if note else ""))

    def give_back(self, conversation_id: str, operator: str, note: str = "") -> None:
        """The bot goes on; `to_resume` says so until it has. NotYours."""
        with self._database.session() as session:
            conversation = locked(session, conversation_id)
            row = _held(session, conversation_id, operator)
            row.state, row.note, row.ended_at = GIVEN_BACK, note or row.note, self._clock()
            conversation.state = BOT
            self._note(session, row, "given_back", f"{operator}交还机器人" + (f"：{note}" if note else ""))

    def close(self, conversation_id: str, operator: str, note: str = "", *, tell: str = "") -> None:
        """It is done; the citizen's next words open the conversation again, with the bot. NotYours."""
        with self._database.session() as session:
            conversation = locked(session, conversation_id)
            row = _held(session, conversation_id, operator)
            row.state, row.note, row.ended_at = ENDED, note or row.note, self._clock()
            conversation.state = CLOSED
            self._note(session, row, "closed", f"{operator}结束对话" + (f"：{note}" if note else ""))
            if tell:
                write_line(session, conversation_id, "bot", tell, {}, self._clock(), unasked=True)

    def overdue(self, patience: timedelta, tell: Callable[[Entry], str]) -> list[str]:
        """Whoever waited longer than `patience` is told so, and is called back instead; their conversations."""
        limit = self._clock() - patience
        late = and_(EscalationRow.state == WAITING, EscalationRow.since <= limit)
        with self._database.reading() as session:
            conversations = session.scalars(select(EscalationRow.conversation_id).where(late)).all()
        told = []
        for conversation_id in conversations:
            with self._database.session() as session:
                conversation = locked(session, conversation_id)
                row = live(session, conversation_id)
                if row is None or row.state != WAITING or row.since > limit:
                    continue
                words = tell(entry_of(row, conversation))
                row.state, row.since = CALLBACK, self._clock()
                conversation.state = BOT
                self._note(session, row, "overdue", "等候超时，请给市民回电话")
                write_line(session, conversation_id, "bot", words, {}, self._clock(), unasked=True)
                told.append(conversation_id)
        return told

    def resumed(self, escalation_id: int) -> None:
        """The bot has gone on with it."""
        with self._database.session() as session:
            session.get_one(EscalationRow, escalation_id).resumed_at = self._clock()

    def _conversation_of(self, escalation_id: int) -> str:
        with self._database.reading() as session:
            row = session.get(EscalationRow, escalation_id)
            if row is None:
                raise NotInQueue
            return row.conversation_id

    def _note(self, session: Session, row: EscalationRow, event: str, text: str) -> None:
        payload = {"event": event, "reason": row.reason, "operator": row.operator}
        write_line(session, row.conversation_id, "system", text, payload, self._clock())


def _latest(session: Session, conversation_id: str) -> EscalationRow:
    return session.scalars(
        select(EscalationRow)
        .where(EscalationRow.conversation_id == conversation_id)
        .order_by(EscalationRow.id.desc())
        .limit(1)
    ).one()


def _held(session: Session, conversation_id: str, operator: str) -> EscalationRow:
    row = live(session, conversation_id)
    if row is None or row.state != HELD or row.operator != operator:
        raise NotYours
    return row
