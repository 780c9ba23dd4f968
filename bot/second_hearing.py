"""Whisper hears every utterance again, afterwards and beside: where it leads to other field values, the field is doubtful.

A process of its own (`jiesu second-hearing`, started by the app), so that no turn waits for it; what is due lies in the database, so
a restart loses nothing. What was heard is played through the dialog's own reading twice, from what the dialog knew at that time.
"""

import io
import logging
import os
import time
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.errors import AsrError, NoSpeech
from asr.transcriber import Transcriber
from dialog.actions import wording
from dialog.actions.fill import fill
from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from integrations.desk import TicketDesk
from integrations.doubts import ASKED, KEPT, OPEN, Doubts
from integrations.drafts import Draft, Drafts, NewEntry
from integrations.journal import Journal
from integrations.recordings import Recordings, Unheard
from integrations.status import OVER
from integrations.zone import BEIJING
from intents.catalog import Catalog, FieldKind
from intents.catalog.model import KIND_FIELDS
from intents.classifier import Classifier
from intents.extraction.acts import find_acts
from intents.seen import see
from intents.show import show
from intents.tagger import Tagger

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
NICENESS = 10
"""The second hearing takes what computing time is left over."""

WORDS = (FieldKind.TEXT,)
"""Kinds of field that are the citizen's own words: they differ with every comma, and an operator hears the sound."""


@dataclass(frozen=True, slots=True)
class SecondHearing:
    """Everything that it takes."""

    recordings: Recordings
    drafts: Drafts
    doubts: Doubts
    journal: Journal
    desk: TicketDesk
    transcriber: Transcriber
    catalog: Catalog
    classifier: Classifier
    tagger: Tagger

    def run(self) -> None:
        """Hears what is due, until the process ends."""
        os.nice(NICENESS)
        while True:
            if not self.step():
                time.sleep(IDLE_SECONDS)

    def step(self) -> bool:
        """Hears one recording again; whether there was one."""
        unheard = self.recordings.claim()
        if unheard is None:
            return False
        try:
            self._hear(unheard)
        except Exception as error:
            log.error("second hearing failed: %s", type(error).__name__)
            self.recordings.try_later(unheard.id)
        return True

    def _hear(self, unheard: Unheard) -> None:
        try:
            transcript = self.transcriber.transcribe(samples_of(self.recordings.read(unheard.id)))
        except NoSpeech:
            self.recordings.heard_again(unheard.id, None)
            return
        except AsrError as error:
            if error.retryable:
                raise
            self.recordings.heard_again(unheard.id, None)
            return
        draft = self.drafts.by_id(unheard.draft_id)
        first = self._reading(unheard, draft, str(unheard.transcript["text"]))
        second = self._reading(unheard, draft, transcript.text)
        for name, told in first.items():
            other = second.get(name)
            if other is None or other.value is None or told.value is None or other.value == told.value:
                continue
            if self.catalog.field(name, draft.value("topic")).kind in WORDS or _inferred(name, told, unheard):
                continue
            latest = draft.fields.get(name)
            if latest is None or latest.turn != unheard.turn or latest.value != told.value:
                # Corrected since, by the citizen or an operator: their word counts.
                continue
            self.doubts.note(
                unheard.conversation_id,
                draft.id,
                unheard.id,
                name,
                {"value": told.value, "raw": told.raw},
                {"value": other.value, "raw": other.raw},
                (told.span or {}).get("audio") or {"recording": unheard.id},
                state=KEPT if draft.state == "cancelled" else OPEN,
            )
        if draft.state == "filed":
            self._ask_afterwards(unheard, draft)
        self.recordings.heard_again(unheard.id, transcript.as_json())

    def _ask_afterwards(self, unheard: Unheard, draft: Draft) -> None:
        """The ticket is filed already: the citizen is asked unasked-for, once, while it is still open."""
        ticket = self.desk.latest_of(unheard.conversation_id)
        doubt = self.doubts.next_open(draft.id)
        if doubt is None:
            return
        if ticket is None or ticket.status in OVER:
            self.doubts.move(doubt.id, KEPT)
            return
        spec = self.catalog.field(doubt.field, draft.value("topic"))
        shown = [show(one["value"], spec.kind) for one in (doubt.first, doubt.second)]
        # Marked first: a crash here asks never, not twice; the doubt stays for operators either way.
        self.doubts.move(doubt.id, ASKED)
        text = wording.which_heard_after_filing(spec.label, shown)
        self.journal.append(unheard.conversation_id, text, {"doubt": doubt.id}, unasked=True)

    def _reading(self, unheard: Unheard, draft: Draft, text: str) -> dict[str, NewEntry]:
        """What this text would have written into the draft at that time."""
        before = Draft(
            draft.id,
            draft.conversation_id,
            "open",
            unheard.context.get("dialog_state") or {},
            tuple(entry for entry in draft.entries if entry.turn < unheard.turn),
        )
        notes = Notes(self.catalog, before, unheard.turn, None, _times(unheard, text))
        fill(notes, self._heard(text, unheard.at))
        return {entry.field: entry for entry in notes.entries if entry.field in self.catalog.fields}

    def _heard(self, text: str, at: datetime) -> Heard:
        topics = tuple(self.classifier.topics(text))
        return Heard(
            text=text,
            now=at.astimezone(BEIJING),
            acts=tuple(find_acts(text)),
            topics=topics,
            type=self.classifier.types(text)[0],
            seen=see(text, topics, self.classifier, self.tagger),
        )


def _inferred(name: str, told: NewEntry, unheard: Unheard) -> bool:
    """Whether no word of it was heard: the type, and a kind of trouble that the story as a whole told. Nobody can say which of two was meant."""
    return name == "type" or (name in KIND_FIELDS and told.raw == unheard.transcript["text"])


def _times(unheard: Unheard, text: str) -> Mapping[str, Any]:
    words: list[list[float]] = []
    at = 0
    for word in unheard.transcript.get("words", ()):
        found = text.find(word["word"], at)
        if found >= 0:
            words.append([found, word["start"], word["end"]])
            at = found + len(word["word"])
    return {"recording": unheard.id, "words": words}


def samples_of(sound: bytes) -> NDArray[np.float32]:
    """A kept recording's samples: mono, 16 kHz."""
    with wave.open(io.BytesIO(sound)) as file:
        frames = file.readframes(file.getnframes())
    return np.frombuffer(frames, dtype="<i2").astype(np.float32) / np.float32(32768)
