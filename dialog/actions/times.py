"""Hours as the story means them: after school, half past four is in the afternoon."""

import re
from dataclasses import replace

from dialog.actions.notes import Notes
from intents.extraction.times import names_a_part
from intents.understanding import Reading

_AFTERNOON = re.compile(r"放学|下班|下午|傍晚")
_EARLY = re.compile(r"0[1-6](?=:)")


def in_story(notes: Notes, reading: Reading) -> Reading:
    """The reading with hours from one to six put after noon where the story speaks of the afternoon, and the words of no part of the day."""
    found = reading.fields.get("time_of_day")
    story = f"{notes.value('description') or ''} {notes.value('time_of_day') or ''}"
    if found is None or names_a_part(found.raw) or not _AFTERNOON.search(story):
        return reading
    later = _EARLY.sub(lambda hour: str(int(hour.group()) + 12), str(found.value))
    return replace(reading, fields={**reading.fields, "time_of_day": replace(found, value=later)})
