"""The console's one reader: a look at two hundred open conversations, against a bare query of as many rows of their journal; in turns."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from bot.house import House, build
from bot.operators.floor import Floor
from config.settings import Settings
from integrations.tables import UtteranceRow
from tests.floor_seed import fill, say

OPEN, ROUNDS = 200, 30


def main() -> None:
    """Prints the medians and their ratios."""
    with tempfile.TemporaryDirectory(prefix="jiesu-bench-") as folder:
        house = build(Settings(home=Path(folder), _env_file=None))  # type: ignore[call-arg]
        conversations = fill(house, OPEN)
        for conversation in conversations[: OPEN // 3]:
            house.escalations.take(conversation, "zhang")
        floor = Floor(house.database, house.escalations, house.clock)
        floor._look(0.0)
        nothing_new, one_spoke, bare = [], [], []
        for number in range(ROUNDS):
            bare.append(_seconds(lambda: _rows(house)))
            nothing_new.append(_seconds(lambda: floor._look(1.0)))
            say(house, conversations[number], "还没有人来吗", "坐席马上来")
            one_spoke.append(_seconds(lambda: floor._look(1.0)))
    plain = statistics.median(bare)
    print(
        f"\nA look at {OPEN} open conversations (median of {ROUNDS}); {OPEN} rows of the journal, bare: {1000 * plain:.1f} ms"
    )
    for what, seconds in (("nothing new", nothing_new), ("one has spoken", one_spoke)):
        median = statistics.median(seconds)
        print(f"  {what:<15} {1000 * median:6.1f} ms  {median / plain:5.2f} times the bare query")


def _rows(house: House) -> None:
    with house.database.reading() as session:
        session.scalars(select(UtteranceRow).order_by(UtteranceRow.seq.desc()).limit(OPEN)).all()


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
