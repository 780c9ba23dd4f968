"""The talk of a follow-up: one question at a time, several answers taken at once, nothing asked that was told.

It comes before everything else the dialog does with a message, and lets go of it at once when the citizen wants something else: a new
complaint, a person, their ticket's status, or help. The question then waits until it is asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rasa_sdk.executor import CollectingDispatcher

from dialog.actions import wording
from dialog.actions.asides import answer_aside
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.questions import Button, Question
from dialog.actions.room import Room
from integrations import followup_words as words
from integrations.followup_answers import FollowUpAnswers, Open, Recorded
from integrations.status import day
from intents.catalog.model import OTHER
from intents.extraction.follow_up import NO, REMARK, SOLVED, read_follow_up, rest
from intents.understanding import SURE, read_fields

NOT_OURS = ("danger", "human", "status", "restart", "opening")
"""What a citizen may want at any moment, a follow-up or not."""

STORY = 10
"""Characters from which a message may be a complaint of its own."""

TELLING = 4
"""Characters beyond the answers from which the words themselves are kept as an addition."""

MOST_MISSES = 2


@dataclass(frozen=True, slots=True)
class Told:
    """What is said, and the question that follows; None at the end."""

    texts: tuple[str, ...]
    question: Question | None


def take(room: Room, notes: Notes, heard: Heard) -> Told | None:
    """The follow-up's part in this turn; None when the message is not for it."""
    if room.followups is None:
        return None
    open_ = room.followups.open_in(notes.draft.conversation_id)
    if open_ is None or (open_.asking is None and notes.has_content()):
        return None
    told = (
        None
        if heard.has(*NOT_OURS) or _new_complaint(heard, open_, notes)
        else _answer(room.followups, open_, notes, heard)
    )
    if told is None and open_.asking is not None:
        room.followups.set_aside(open_.id)
    return told


def took_this_turn(room: Room, notes: Notes) -> bool:
    """Whether this turn's message has been answered here already, by an interruption's action."""
    if room.followups is None:
        return False
    open_ = room.followups.open_in(notes.draft.conversation_id)
    return open_ is not None and open_.last_turn == notes.turn


def utter(dispatcher: CollectingDispatcher, told: Told, payload: str) -> None:
    """Says it; `payload` is the key under which the channel is told what is asked."""
    for text in told.texts:
        dispatcher.utter_message(text=text)
    if (question := told.question) is not None:
        buttons = [{"title": b.title, "payload": b.payload} for b in question.buttons]
        dispatcher.utter_message(text=question.text, buttons=buttons, json_message={payload: question.asks})


def _new_complaint(heard: Heard, open_: Open, notes: Notes) -> bool:
    """Whether the message tells of something else than the ticket that was asked about."""
    if len(heard.text.strip()) < STORY or not heard.topics:
        return False
    best = heard.topics[0]
    if best.confidence >= SURE and best.label not in (OTHER, open_.topic):
        return True
    told = read_fields(heard.text, heard.now, notes.catalog, best.label).fields
    where = ((name, told[name].value) for name in ("district", "street") if name in told)
    known = {"district": open_.district, "street": open_.street}
    return any(known[name] is not None and known[name] != value for name, value in where)


def _answer(followups: FollowUpAnswers, open_: Open, notes: Notes, heard: Heard) -> Told | None:
    found = read_follow_up(heard.text, open_.asking)
    if open_.asking is None and (SOLVED not in found or (open_.late and found[SOLVED].value != NO)):
        # Nothing was asked just now: only what can mean nothing else counts.
        return None
    calm = (wording.CALM,) if heard.has("abuse", "distress") else ()
    recording = (notes.speech or {}).get("recording")
    answers: Mapping[str, str | None] = {question: str(one.value) for question, one in found.items()}
    if open_.asking == REMARK and REMARK not in found:
        if heard.has("skip", "cancel", "thanks", "dont_know") or _only_manners(heard):
            answers = {REMARK: NO}
        elif not heard.has("repeat", "why", "aside"):
            recorded = followups.record(
                open_.id, answers, heard.text, turn=notes.turn, recording=recording, remark=True
            )
            return _goes_on(recorded, open_, calm)
    if answers:
        more = REMARK not in answers and len(rest(heard.text, found)) >= TELLING and len(heard.text) >= STORY
        recorded = followups.record(open_.id, answers, heard.text, turn=notes.turn, recording=recording, remark=more)
        return _goes_on(recorded, open_, calm)
    return _no_answer(followups, open_, notes, heard, calm)


def _no_answer(
    followups: FollowUpAnswers, open_: Open, notes: Notes, heard: Heard, calm: tuple[str, ...]
) -> Told | None:
    """The citizen says something about the question, or something that is not understood."""
    asking = str(open_.asking)
    if heard.has("cancel"):
        followups.decline(open_.id, notes.turn)
        return Told((words.DECLINED,), None)
    if heard.has("skip", "dont_know"):
        recorded = followups.record(open_.id, {asking: None}, heard.text, turn=notes.turn)
        return _goes_on(recorded, open_, (words.PASSED,))
    if heard.has("why"):
        return Told((words.WHY,), _question(asking))
    if heard.has("repeat", "slower", "greeting"):
        return Told((), _question(asking))
    if (act := heard.act("aside")) is not None:
        return Told((answer_aside(str(act.detail)),), _question(asking))
    if heard.has("thanks"):
        return Told((wording.THANKS,), _question(asking))
    if calm:
        return Told(calm, _question(asking))
    if len(heard.text.strip()) >= STORY or followups.not_clear(open_.id, notes.turn) >= MOST_MISSES:
        return None
    return Told((words.NOT_CLEAR,), _question(asking))


def _goes_on(recorded: Recorded, open_: Open, first: tuple[str, ...]) -> Told:
    said = list(first)
    if recorded.reopened_until is not None:
        said.append(words.reopened(open_.ticket, day(recorded.reopened_until)))
    elif recorded.urged:
        said.append(words.STILL_OPEN)
    if recorded.next is None:
        return Told((*said, words.THANKS), None)
    if not said:
        said.append(words.NOTED)
    return Told(tuple(said), _question(recorded.next))


def _question(asks: str) -> Question:
    made = tuple(Button(button["title"], button["payload"]) for button in words.buttons(asks))
    return Question(asks, words.QUESTION[asks], made)


def _only_manners(heard: Heard) -> bool:
    """“好的” after “anything to add?” adds nothing."""
    return heard.has("affirm", "deny", "greeting")
