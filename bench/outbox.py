"""Filing through the outbox against plain inserts of the same rows, in turns; and how long 10,000 waiting tickets take to be delivered."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.house import BEIJING, build
from config.settings import Settings
from integrations import numbers
from integrations.dispatcher import Dispatcher
from integrations.drafts import Draft, NewEntry
from integrations.remote import RemoteDesk, Submitted
from integrations.tables import DraftEntryRow, DraftRow, HistoryRow, OutboxRow, TicketRow
from integrations.ticket import Ticket

FACTS = {
    "topic": "street_lights", "type": "投诉", "district": "朝阳区", "place": "青年路12号", "issue_kind": "不亮",
    "description": "青年路的路灯不亮，晚上很黑", "contact_phone": "13800001234",
}  # fmt: skip
BATCH, ROUNDS, WAITING = 150, 3, 10_000


class Nowhere(RemoteDesk):
    """A remote that takes everything at once."""

    name = "nowhere"

    def submit(self, ticket: Ticket, key: str, *, again: bool) -> Submitted:
        return Submitted(f"N{key}")

    def note(self, ticket: Ticket, external_id: str, text: str, key: str) -> None:
        return


@contextmanager
def _house() -> Iterator[object]:
    with tempfile.TemporaryDirectory(prefix="jiesu-bench-") as folder:
        settings = Settings(home=Path(folder), desk="webhook", _env_file=None)  # type: ignore[call-arg]
        yield build(settings)


def _now() -> datetime:
    return datetime.now(BEIJING)


def _drafts(house: object, count: int) -> list[Draft]:
    conversation = house.journal.create("bench").id  # type: ignore[attr-defined]
    made = []
    for _ in range(count):
        draft = house.drafts.open_new(conversation)  # type: ignore[attr-defined]
        house.drafts.append(draft.id, [NewEntry(n, v, str(v), 1) for n, v in FACTS.items()], {})  # type: ignore[attr-defined]
        made.append(house.drafts.by_id(draft.id))  # type: ignore[attr-defined]
    return made


def _file(house: object, drafts: list[Draft]) -> float:
    started = time.perf_counter()
    for draft in drafts:
        house.desk.file(draft, "bench")  # type: ignore[attr-defined]
    return len(drafts) / (time.perf_counter() - started)


def _plain(house: object, drafts: list[Draft]) -> float:
    """The same rows, one transaction a ticket, by statements of SQLAlchemy and nothing else."""
    now = _now()
    started = time.perf_counter()
    for draft in drafts:
        number = numbers.new_number()
        with house.database.session() as session:  # type: ignore[attr-defined]
            session.execute(insert(TicketRow).values(_row(number, draft, now)))
            session.execute(
                insert(HistoryRow).values(
                    ticket=number, status="submitted", by="citizen", note="", at=now, announced_at=now
                )
            )
            session.execute(
                insert(OutboxRow).values(
                    key=number, ticket=number, kind="filed", payload={}, due_at=now, created_at=now
                )
            )
    return len(drafts) / (time.perf_counter() - started)


def _row(number: str, draft: Draft, now: datetime) -> dict[str, object]:
    return {
        "number": number, "draft_id": draft.id, "conversation_id": draft.conversation_id, "channel": "bench", "type": "投诉",
        "topic": "street_lights", "tags": [], "district": "朝阳区", "street": None, "status": "submitted", "lead_unit": "市城市管理委",
        "co_units": [], "phone": "13800001234", "fields": {n: e.as_json() for n, e in draft.fields.items()}, "about": None,
        "loss": None, "created_at": now, "due_at": now,
    }  # fmt: skip


def _many(house: object) -> float:
    """Seconds until WAITING tickets, filed at once, are delivered."""
    conversation, now = house.journal.create("bench").id, _now()  # type: ignore[attr-defined]
    entries = Draft("", conversation, "filed", {}, ())
    ids = [f"bench-{n}" for n in range(WAITING)]
    codes = [f"8{n:011d}" for n in range(WAITING)]
    with house.database.session() as session:  # type: ignore[attr-defined]
        base = {"conversation_id": conversation, "state": "filed", "dialog_state": {}, "created_at": now}
        session.execute(insert(DraftRow), [{"id": i, **base} for i in ids])
        session.execute(insert(DraftEntryRow), [{"draft_id": i, "field": "topic", "value": "street_lights", "turn": 1, "source": "citizen", "at": now} for i in ids])  # fmt: skip
        session.execute(
            insert(TicketRow), [{**_row(c, entries, now), "draft_id": i} for i, c in zip(ids, codes, strict=True)]
        )
        session.execute(insert(OutboxRow), [{"key": c, "ticket": c, "kind": "filed", "payload": {}, "due_at": now, "created_at": now} for c in codes])  # fmt: skip
        session.execute(insert(HistoryRow), [{"ticket": c, "status": "submitted", "by": "citizen", "note": "", "at": now, "announced_at": now} for c in codes])  # fmt: skip
    dispatcher = Dispatcher(house.outbox, house.desk, Nowhere(), lambda: _now() + timedelta(seconds=1), 3600)  # type: ignore[attr-defined]
    started = time.perf_counter()
    while house.outbox.waiting():  # type: ignore[attr-defined]
        dispatcher.deliver()
    return time.perf_counter() - started


def main() -> None:
    """Prints the table."""
    with _house() as house:
        ours, plain = [], []
        for _ in range(ROUNDS):
            ours.append(_file(house, _drafts(house, BATCH)))
            plain.append(_plain(house, _drafts(house, BATCH)))
        ratio = statistics.median(a / b for a, b in zip(ours, plain, strict=True))
        print("\nFiling (SQLite)                ours      plain       ratio")
        print(
            f"tickets a second            {statistics.median(ours):7.0f}     {statistics.median(plain):7.0f}   {ratio:5.2f}"
        )
        seconds = _many(house)
        print(f"{WAITING} waiting are delivered in {seconds:.0f} s ({WAITING / seconds:.0f} a second)")


if __name__ == "__main__":
    main()
