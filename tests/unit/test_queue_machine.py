"""The queue against a model of it, in made-up orders of asking, leaving, taking, giving back, closing, passing on and waiting too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from integrations.database import Database, upgrade
from integrations.escalation import AlreadyTaken, NotYours
from integrations.escalation_reasons import REASONS
from integrations.escalations import Escalations
from integrations.journal import Journal
from tests.conftest import NOW

OPERATORS = st.sampled_from(["li", "wang"])
WHO = st.integers(0, 3)
PATIENCE = timedelta(minutes=10)


@dataclass
class Held:
    """What the model knows of a live escalation."""

    state: str
    priority: int
    since: datetime
    operator: str | None = None


class Queue(RuleBasedStateMachine):
    """Four citizens, two operators."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.now = NOW
        self.database = Database(f"sqlite:///{Path(self.folder.name)}/q.db")
        upgrade(self.database)
        self.journal = Journal(self.database, self.clock)
        self.queue = Escalations(self.database, self.clock)
        self.citizens = [self.journal.create("test").id for _ in range(4)]
        self.live: dict[str, Held] = {}
        self.over: dict[str, str] = {}

    def clock(self) -> datetime:
        return self.now

    def teardown(self) -> None:
        self.database.engine.dispose()
        self.folder.cleanup()

    def tick(self) -> None:
        self.now += timedelta(seconds=1)

    @rule(who=WHO, reason=st.sampled_from(sorted(REASONS)))
    def ask(self, who: int, reason: str) -> None:
        self.tick()
        citizen, priority = self.citizens[who], REASONS[reason].priority
        self.queue.ask(citizen, reason)
        known = self.live.get(citizen)
        if known is None or known.state == "callback":
            self.live[citizen] = Held("waiting", priority, self.now)
        else:
            known.priority = min(known.priority, priority)

    @rule(who=WHO)
    def leave(self, who: int) -> None:
        self.tick()
        citizen = self.citizens[who]
        waits = citizen in self.live and self.live[citizen].state == "waiting"
        assert self.queue.leave(citizen) == waits
        if waits:
            del self.live[citizen]
            self.over[citizen] = "bot"

    @rule(who=WHO)
    def call_me(self, who: int) -> None:
        self.tick()
        known = self.live.get(self.citizens[who])
        assert self.queue.callback(self.citizens[who], "13800001234") == (known is not None and known.state != "held")
        if known and known.state == "waiting":
            known.state, known.since = "callback", self.now

    @rule(who=WHO, operator=OPERATORS)
    def take(self, who: int, operator: str) -> None:
        self.tick()
        citizen = self.citizens[who]
        known = self.live.setdefault(citizen, Held("new", REASONS["operator"].priority, self.now))
        if known.state == "held" and known.operator != operator:
            try:
                self.queue.take(citizen, operator)
            except AlreadyTaken as taken:
                assert taken.operator == known.operator
                return
            raise AssertionError("taken twice")
        assert self.queue.take(citizen, operator).operator == operator
        known.state, known.operator = "held", operator

    @rule(who=WHO, operator=OPERATORS, how=st.sampled_from(["give_back", "close", "pass on", "back into the queue"]))
    def end(self, who: int, operator: str, how: str) -> None:
        self.tick()
        citizen = self.citizens[who]
        known = self.live.get(citizen)
        mine = known is not None and known.state == "held" and known.operator == operator
        try:
            if how == "give_back":
                self.queue.give_back(citizen, operator)
            elif how == "close":
                self.queue.close(citizen, operator)
            else:
                self.queue.transfer(citizen, operator, "wang" if how == "pass on" else None)
        except NotYours:
            assert not mine
            return
        assert mine and known is not None
        if how in ("give_back", "close"):
            del self.live[citizen]
            self.over[citizen] = "closed" if how == "close" else "bot"
        else:
            known.state, known.operator = ("held", "wang") if how == "pass on" else ("waiting", None)

    @precondition(lambda self: any(held.state == "waiting" for held in self.live.values()))
    @rule()
    def wait_too_long(self) -> None:
        self.now += PATIENCE
        late = {c for c, held in self.live.items() if held.state == "waiting" and held.since <= self.now - PATIENCE}
        assert set(self.queue.overdue(PATIENCE, lambda _: "久等了")) == late
        for citizen in late:
            self.live[citizen].state, self.live[citizen].since = "callback", self.now

    @invariant()
    def everybody_stands_where_they_should(self) -> None:
        waiting = [(held.priority, held.since, c) for c, held in self.live.items() if held.state == "waiting"]
        assert [e.conversation_id for e in self.queue.queue() if e.state == "waiting"] == [
            c for *_, c in sorted(waiting)
        ]
        for n, (*_, citizen) in enumerate(sorted(waiting), 1):
            place = self.queue.place(citizen)
            assert place is not None and place.position == n
        assert {e.conversation_id: e.operator for e in self.queue.held()} == {
            c: held.operator for c, held in self.live.items() if held.state == "held"
        }

    @invariant()
    def every_conversation_says_who_answers_in_it(self) -> None:
        shown = {"waiting": "waiting", "callback": "bot", "held": "operator"}
        for citizen in self.citizens:
            held = self.live.get(citizen)
            assert self.journal.state(citizen) == (shown[held.state] if held else self.over.get(citizen, "bot"))


TestQueue = Queue.TestCase
TestQueue.settings = settings(
    max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
