"""What an operator has typed and not sent yet."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete

from integrations.database import Database
from integrations.staff_tables import UnsentRow


class Unsent:
    """One text an operator and conversation."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def keep(self, conversation_id: str, staff_id: int, text: str) -> None:
        """Keeps it in place of what was there; nothing is kept of an empty one."""
        with self._database.session() as session:
            if text.strip():
                session.merge(
                    UnsentRow(conversation_id=conversation_id, staff_id=staff_id, text=text, at=self._clock())
                )
            else:
                mine = (UnsentRow.conversation_id == conversation_id, UnsentRow.staff_id == staff_id)
                session.execute(delete(UnsentRow).where(*mine))

    def read(self, conversation_id: str, staff_id: int) -> str:
        """What was kept, or nothing."""
        with self._database.reading() as session:
            row = session.get(UnsentRow, (conversation_id, staff_id))
            return row.text if row else ""
