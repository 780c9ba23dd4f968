"""The way to a person, as a citizen sees it: when they are taken there, what they hear, and how they leave."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.operators import words
from dialog.actions import wording
from dialog.actions.notes import MISSES_BEFORE_A_PERSON
from dialog.client import UNCHANGED, DialogAnswer, Reply
from integrations.desk import TicketDesk
from integrations.doubts import Doubts
from integrations.drafts import Draft, Drafts, NewEntry
from integrations.escalation import CALLBACK, HELD, SHOWN, WAITING, Place
from integrations.escalations import Escalations
from integrations.journal import Journal, Line, Turn
from integrations.status import progress
from intents.catalog.model import FieldKind
from intents.extraction.acts import Act, find_acts
from intents.extraction.answers import read_answer

LONGEST_NUMBER = 20
"""Characters of a message that tells a telephone number and nothing else."""

TELLING = frozenset({"correction", "pointing_back", "anonymous", "real_name", "change_type", "distress"})
"""Acts of a message that tells something: a bare yes or a wish was meant for the queue, and not for the dialog."""

PUNCTUATION = " 。，,.！!？?"


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """Between the bot and the operators."""

    escalations: Escalations
    drafts: Drafts
    doubts: Doubts
    journal: Journal
    desk: TicketDesk
    clock: Callable[[], datetime]

    def hear(self, turn: Turn, text: str) -> DialogAnswer | None:
        """A turn that is not the dialog's: the citizen waits for a person, or speaks with one. None when the bot is to answer (again)."""
        place = self.escalations.place(turn.conversation_id)
        if place is None:
            return None
        if place.state == CALLBACK:
            return self._number_to_call(turn, text)
        if place.state == HELD:
            # The operator answers.
            return DialogAnswer(dangers(text), None, None, None)
        if goes_on(text):
            self.escalations.leave(turn.conversation_id)
            self.forget_misses(turn.conversation_id)
            return None
        phone = read_answer(text, FieldKind.PHONE, self.clock())
        if text.strip(PUNCTUATION) in words.CALL_BACK_WORDS or phone:
            if phone and len(text.strip()) <= LONGEST_NUMBER:
                self._keep_number(turn, str(phone.value))
            return self._call_back(turn, str(phone.value) if phone else None)
        if dangerous := dangers(text):
            place = self.escalations.ask(turn.conversation_id, "danger")
        return DialogAnswer((*dangerous, *self._asked_here(turn, text), _where(place)), None, None, None)

    def _asked_here(self, turn: Turn, text: str) -> tuple[Reply, ...]:
        """What is said to somebody who waits, before their place: how their ticket is doing, if that is what they ask."""
        if len(text) <= LONGEST_NUMBER and words.ASKS_FOR_PLACE.search(text):
            return ()
        if any(act.kind == "status" and act.detail is None for act in find_acts(text)):
            mine = self.desk.latest_of(turn.conversation_id)
            return (Reply(progress(mine) if mine else words.NO_TICKET_YET),)
        return (Reply(words.NOTED),)

    def told_waiting(self, turn: Turn) -> tuple[Line, ...]:
        """What the citizen has told the queue so far, and no operator has taken up: the dialog is to hear it when they leave."""
        place = self.escalations.place(turn.conversation_id)
        if place is None or place.state != WAITING:
            return ()
        return tuple(
            line
            for line in self.journal.since(turn.conversation_id, 0)
            if line.direction == "citizen" and line.at >= place.since and line.seq < turn.utterance_seq
            if all(act.kind in TELLING for act in find_acts(line.text)) and not words.ASKS_FOR_PLACE.search(line.text)
        )

    def left(self, turn: Turn) -> bool:
        """Whether the citizen waits no longer, and is the bot's again."""
        place = self.escalations.place(turn.conversation_id)
        return place is None or place.state == CALLBACK

    def caught_up(self, turn: Turn) -> None:
        """The dialog has heard what was told to the queue: what it would have asked meanwhile, nobody has seen."""
        draft = self.drafts.current(turn.conversation_id)
        if draft:
            self.drafts.append(draft.id, [], {**draft.dialog_state, "misses": 0, "asked": None, "read_back": False})

    def enter(self, turn: Turn, reason: str, said: tuple[Reply, ...] = (), cause: str | None = None) -> DialogAnswer:
        """The conversation waits for a person; after `said` the citizen hears why, and their place."""
        place = self.escalations.ask(turn.conversation_id, reason, cause=cause)
        return DialogAnswer((*said, Reply(words.ENTERED[reason]), _where(place)), None, None, None)

    def after(self, turn: Turn, text: str, answer: DialogAnswer) -> DialogAnswer:
        """The dialog's answer, or the way to a person where that is the better one."""
        acts = find_acts(text)
        draft = self.drafts.current(turn.conversation_id)
        said = answer.replies if answer.ticket_number else dangers(text)
        if reason := self._reason(turn, acts, answer, draft):
            entered = self.enter(turn, reason, said)
            return replace(entered, ticket_number=answer.ticket_number)
        for doubt in self.doubts.kept(turn.conversation_id):
            if self.escalations.called(f"doubt:{doubt.id}"):
                continue
            if draft and doubt.draft_id == draft.id:
                return self.enter(turn, "doubt", said, f"doubt:{doubt.id}")
            # What they speak of is filed: an operator calls about it, and nobody is kept waiting.
            self.escalations.ask(turn.conversation_id, "doubt", cause=f"doubt:{doubt.id}")
            self.escalations.callback(turn.conversation_id, self.known_phone(turn.conversation_id))
        if any(act.kind in ("abuse", "distress") for act in acts):
            return replace(answer, replies=_offering(answer.replies))
        return answer

    def standing(self, conversation_id: str) -> dict[str, Any]:
        """The conversation's state and, while its citizen waits, their place: {"position", "since"}."""
        place = self.escalations.place(conversation_id)
        waits = place is not None and place.position is not None
        return {
            "state": SHOWN[place.state] if place else self.journal.state(conversation_id),
            "place": {"position": place.position, "since": place.since.isoformat()} if place and waits else None,
        }

    def forget_misses(self, conversation_id: str) -> None:
        """Whoever comes back to the bot has both tries again."""
        draft = self.drafts.current(conversation_id)
        if draft and draft.dialog_state.get("misses"):
            self.drafts.append(draft.id, [], {**draft.dialog_state, "misses": 0})

    def _reason(self, turn: Turn, acts: tuple[Act, ...], answer: DialogAnswer, draft: Draft | None) -> str | None:
        kinds = {act.kind for act in acts}
        if "danger" in kinds:
            return "danger"
        if answer.handover:
            return answer.handover
        if "distress" in kinds and (not self._told_anything(turn, draft) or self._before(turn, "distress")):
            return "distress"
        if draft and int(draft.dialog_state.get("misses") or 0) >= MISSES_BEFORE_A_PERSON:
            return "misunderstood"
        if "abuse" in kinds and self._before(turn, "abuse"):
            return "abuse"
        return None

    def _told_anything(self, turn: Turn, draft: Draft | None) -> bool:
        """Whether this turn brought the draft forward: a complaint told in despair is a complaint first."""
        return draft is not None and any(entry.turn == turn.number for entry in draft.entries)

    def _before(self, turn: Turn, kind: str) -> bool:
        """Whether the citizen was like this before, in this conversation."""
        lines = self.journal.since(turn.conversation_id, 0)
        return any(
            act.kind == kind
            for line in lines
            if line.direction == "citizen" and line.seq < turn.utterance_seq
            for act in find_acts(line.text)
        )

    def _call_back(self, turn: Turn, phone: str | None) -> DialogAnswer:
        known = phone or self.known_phone(turn.conversation_id)
        if known is None:
            return DialogAnswer((Reply(words.ASK_PHONE, words.BUTTONS[:1]),), "contact_phone", None, None)
        self.escalations.callback(turn.conversation_id, phone)
        self.forget_misses(turn.conversation_id)
        return DialogAnswer((Reply(words.called_back(known[-4:])),), None, None, None)

    def _keep_number(self, turn: Turn, phone: str) -> None:
        """The number to call is the number on the draft as well: nobody is asked for it twice."""
        draft = self.drafts.current(turn.conversation_id)
        if draft and not draft.value("contact_phone"):
            self.drafts.append(draft.id, [NewEntry("contact_phone", phone, phone, turn.number)], draft.dialog_state)

    def _number_to_call(self, turn: Turn, text: str) -> DialogAnswer | None:
        """The number for a call that was promised, if that is what the message tells; the dialog takes one that it asked for itself."""
        phone = read_answer(text, FieldKind.PHONE, self.clock())
        if phone is None:
            return None
        self.escalations.callback(turn.conversation_id, str(phone.value))
        draft = self.drafts.current(turn.conversation_id)
        if (draft and draft.dialog_state.get("asked") == "contact_phone") or len(text.strip()) > LONGEST_NUMBER:
            return None
        return DialogAnswer((Reply(words.called_back(str(phone.value)[-4:])),), UNCHANGED, None, None)

    def known_phone(self, conversation_id: str) -> str | None:
        """The number that the citizen left on their draft."""
        draft = self.drafts.current(conversation_id) or self.drafts.latest(conversation_id)
        return draft.value("contact_phone") if draft else None


def goes_on(text: str) -> bool:
    """Whether somebody who waits wants the bot again."""
    return words.BEFORE_GOING_ON.sub("", text.strip(PUNCTUATION)) in words.GO_ON_WORDS


def dangers(text: str) -> tuple[Reply, ...]:
    """The emergency numbers that a message calls for, whoever holds the conversation."""
    return tuple(Reply(wording.DANGER[str(act.detail)]) for act in find_acts(text) if act.kind == "danger")


def _where(place: Place) -> Reply:
    return Reply(words.place(place.position), words.BUTTONS) if place.position else Reply(words.TAKEN)


def _offering(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """The same, with a person to be had at a press of a button."""
    *before, last = replies
    if words.HUMAN_BUTTON[0] in last.buttons:
        return replies
    return (*before, Reply(last.text, (*last.buttons, *words.HUMAN_BUTTON)))
