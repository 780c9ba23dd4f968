"""Canned replies: sentences with places for what is known of the conversation."""

import re
from collections.abc import Mapping, Sequence

from integrations.drafts import Draft
from integrations.numbers import grouped
from integrations.status import day
from integrations.ticket import Ticket

VARIABLES = ("姓名", "工单号", "单位", "期限", "坐席")
_PLACE = re.compile(r"\{([^{}]+)\}")


class CannedError(ValueError):
    """A reply names something that nobody knows; the message says which."""


def filled(text: str, known: Mapping[str, str]) -> str:
    """A sentence with what is known; what is not stays in its braces, for the operator to see."""
    return _PLACE.sub(lambda place: known.get(place.group(1)) or place.group(), text)


def read_canned(data: Sequence[Mapping[str, str]]) -> Sequence[tuple[str, str]]:
    """Titles and sentences from the city's file. CannedError."""
    replies = [(str(one["title"]), str(one["text"])) for one in data]
    for title, text in replies:
        check(title, text)
    return replies


def check(title: str, text: str) -> None:
    """Whether every place of a sentence can be filled. CannedError."""
    for place in _PLACE.findall(text):
        if place not in VARIABLES:
            raise CannedError(f"“{title}”里的 {{{place}}} 填不上，可以用：{'、'.join(VARIABLES)}。")


def unfilled(text: str) -> Sequence[str]:
    """Places in a text that are still to be filled: it is not sent so."""
    return [place for place in _PLACE.findall(text) if place in VARIABLES]


def known_of(draft: Draft | None, ticket: Ticket | None, operator: str) -> Mapping[str, str]:
    """What is known of a conversation."""
    known = {"坐席": operator}
    name = (draft.value("contact_name") if draft else None) or (ticket.value("contact_name") if ticket else None)
    if name:
        known["姓名"] = str(name)
    if ticket:
        known |= {"工单号": grouped(ticket.number), "单位": ticket.lead_unit, "期限": day(ticket.due_at)}
    return known
