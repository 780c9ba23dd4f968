"""An operator of the tests, at our own console's desk or at a Chatwoot: the same words for both."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from bot.channels import problems
from bot.conversation import Conversation
from bot.ears import Ears
from bot.operators.chatwoot.api import ATTRIBUTE, ChatwootApi
from bot.operators.chatwoot.hearing import Hearing
from bot.operators.chatwoot.hook import chatwoot_router
from bot.operators.chatwoot.mirroring import Mirroring
from bot.operators.desk import OperatorDesk
from bot.operators.waiting_room import WaitingRoom
from bot.turns import TurnLocks
from dialog.client import RasaDialog
from integrations.database import Database
from integrations.doubts import Doubts
from integrations.escalation import WAITING
from integrations.escalations import Escalations
from integrations.evidence import Evidence
from integrations.mirrors import Mirrors
from integrations.recordings import Recordings
from intents.catalog import load_catalog
from tests.desks import desks
from tests.fakes.chatwoot import SECRET, TOKEN, Chatwoot, chatwoot
from tests.fakes.serving import served


def until(true: Callable[[], Any], what: str, seconds: float = 30) -> None:
    """Waits for something that another thread does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


class House:
    """A door without a dialog: the words of somebody who waits for a person, or speaks with one, need none."""

    def __init__(self, database: Database, clock: Callable[[], datetime], folder: Path) -> None:
        here = desks(database, clock)
        escalations, doubts = Escalations(database, clock), Doubts(database, clock)
        room = WaitingRoom(escalations, here.drafts, doubts, here.journal, here.desk, clock)
        self.recordings = Recordings(database, folder / "recordings", clock)
        self.evidence = Evidence(database, folder / "files", clock)
        self.mirrors = Mirrors(database, clock)
        self.desk = OperatorDesk(escalations, here.journal, here.drafts, doubts, here.desk, load_catalog(), clock)
        self.door = Conversation(
            here.journal,
            here.drafts,
            here.desk,
            self.evidence,
            RasaDialog("http://127.0.0.1:9", 0.2),
            TurnLocks(),
            self.recordings,
            Ears(),
            room,
            {},
        )

    def waiting(self, reason: str = "wish") -> str:
        """A citizen in the queue."""
        conversation = self.door.journal.create("test").id
        self.desk.escalations.ask(conversation, reason)
        return conversation

    def say(self, conversation: str, text: str) -> dict[str, Any]:
        return asyncio.run(self.door.say(conversation, text))

    def told(self, conversation: str) -> list[tuple[str, str]]:
        """What reached the citizen unasked."""
        return [(line.direction, line.text) for line in self.door.journal.since(conversation, 0) if line.unasked]


class Seat(ABC):
    """One operator, and one conversation at a time."""

    desk: OperatorDesk

    @abstractmethod
    def waiting(self) -> list[str]:
        """Conversations that nobody has taken, as this console shows them, the most urgent first."""

    @abstractmethod
    def heard(self, conversation: str) -> list[tuple[str, str]]:
        """What this console shows of a conversation: (citizen, bot or operator, text)."""

    @abstractmethod
    def take(self, conversation: str) -> None: ...

    @abstractmethod
    def say(self, conversation: str, text: str) -> None: ...

    @abstractmethod
    def give_back(self, conversation: str) -> None: ...

    @abstractmethod
    def close(self, conversation: str) -> None: ...

    def state(self, conversation: str) -> str:
        return self.desk.journal.state(conversation)

    def came(self, conversation: str, state: str) -> None:
        """Waits until the conversation is in this state."""
        until(lambda: self.state(conversation) == state, f"{state} instead of {self.state(conversation)}")


class OurSeat(Seat):
    """At our own console."""

    def __init__(self, desk: OperatorDesk) -> None:
        self.desk = desk

    def waiting(self) -> list[str]:
        return [entry.conversation_id for entry in self.desk.escalations.queue() if entry.state == WAITING]

    def heard(self, conversation: str) -> list[tuple[str, str]]:
        lines = self.desk.case(conversation).lines
        return [(line.direction, line.text) for line in lines if line.direction != "system"]

    def take(self, conversation: str) -> None:
        self.desk.take(conversation, "li")

    def say(self, conversation: str, text: str) -> None:
        self.desk.reply(conversation, "li", text)

    def give_back(self, conversation: str) -> None:
        self.desk.give_back(conversation, "li")

    def close(self, conversation: str) -> None:
        self.desk.close(conversation, "li")


class ChatwootSeat(Seat):
    """At a Chatwoot; everything goes over HTTP both ways."""

    def __init__(self, desk: OperatorDesk, there: Chatwoot, mirroring: Mirroring, hearing: Hearing) -> None:
        self.desk = desk
        self.there = there
        self.mirroring = mirroring
        self.hearing = hearing
        self.runner = asyncio.Runner()

    def mirror(self) -> None:
        self.runner.run(self.mirroring.step())

    def look(self) -> None:
        self.runner.run(self.hearing.reconcile())

    def number(self, conversation: str) -> int:
        self.mirror()
        found = [n for n, c in self.there.conversations.items() if c["custom_attributes"][ATTRIBUTE] == conversation]
        assert len(found) == 1, found
        return found[0]

    def waiting(self) -> list[str]:
        self.mirror()
        ranks = ["urgent", "high", "medium", "low"]
        shown = [c for c in self.there.conversations.values() if c["status"] == "open" and not c["meta"]["assignee"]]
        return [c["custom_attributes"][ATTRIBUTE] for c in sorted(shown, key=lambda c: ranks.index(c["priority"]))]

    def heard(self, conversation: str) -> list[tuple[str, str]]:
        number = self.number(conversation)
        who = {"contact": "citizen", "agent_bot": "bot", "user": "operator"}
        messages = self.there.conversations[number]["messages"]
        return [(who[m["sender"]["type"]], m["content"]) for m in messages if not m["private"]]

    def notes(self, conversation: str) -> list[str]:
        return [m["content"] for m in self.there.conversations[self.number(conversation)]["messages"] if m["private"]]

    def take(self, conversation: str) -> None:
        self.there.agent_assigns(self.number(conversation), 3)

    def say(self, conversation: str, text: str) -> None:
        self.there.agent_says(self.number(conversation), text)

    def give_back(self, conversation: str) -> None:
        self.there.agent_sets(self.number(conversation), "pending")

    def close(self, conversation: str) -> None:
        self.there.agent_sets(self.number(conversation), "resolved")


@contextmanager
def chatwoot_seat(here: House) -> Iterator[ChatwootSeat]:
    """A Chatwoot, our side of it, and our webhook's address known there."""
    desk, mirrors = here.desk, here.mirrors
    with chatwoot() as (there, url):

        def api() -> ChatwootApi:
            return ChatwootApi(url, TOKEN, 1, 7)

        app = FastAPI()
        problems.install(app)
        app.include_router(chatwoot_router(SECRET, Hearing(api(), mirrors, desk, lambda _: None)))
        with served(app) as ours:
            there.webhook = f"{ours}/chatwoot"
            hearing = Hearing(api(), mirrors, desk, lambda _: None)
            seat = ChatwootSeat(desk, there, Mirroring(api(), mirrors, desk, here.recordings, here.evidence), hearing)
            try:
                yield seat
            finally:
                seat.runner.close()
