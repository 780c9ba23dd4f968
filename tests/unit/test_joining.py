"""How people answer “add it to your open ticket, or file another?”."""

from types import SimpleNamespace
from typing import Any

import pytest

from dialog.actions.heard import Heard
from dialog.actions.joining import answered, wants_another
from dialog.actions.questions import JOIN
from tests.conftest import NOW

JOINS, ANOTHER, NEITHER = "joins", "another", "neither"


class Room(SimpleNamespace):
    """Only what joining touches: a desk and drafts that note what is done to them."""


def answer(text: str) -> tuple[str, str | None]:
    done: list[str] = []
    memory = SimpleNamespace(join="122399473964", asked=JOIN)
    notes: Any = SimpleNamespace(
        memory=memory, draft=SimpleNamespace(id="d"), value=lambda _: "路灯还是不亮", clear=None
    )
    room: Any = Room(
        desk=SimpleNamespace(add_note=lambda number, text, by: done.append(number)),
        drafts=SimpleNamespace(cancel=done.append),
        evidence=None,
    )
    heard = Heard.from_rasa({"text": text}, NOW)
    another = wants_another(heard)
    dispatcher: Any = SimpleNamespace(utter_message=lambda **_: None)
    try:
        told = answered(room, notes, heard, dispatcher)
    except AttributeError:
        # What closes the form works on the real notes; by then it has joined.
        told = []
    kind = JOINS if told is not None else ANOTHER if another else NEITHER
    assert (done == ["122399473964", "d"]) == (kind == JOINS)
    return kind, memory.join


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("补充到原工单", JOINS),
        ("第一个", JOINS),
        ("补充进去吧", JOINS),
        ("加到原来那个里", JOINS),
        ("合并吧", JOINS),
        ("不用另开，加进去就行", JOINS),
        ("好的", JOINS),
        ("另开新工单", ANOTHER),
        ("第二个", ANOTHER),
        ("单独办一个", ANOTHER),
        ("不要", ANOTHER),
        ("今天又坏了两盏", NEITHER),
    ],
)
def test_an_answer_joins_files_another_or_is_asked_for_again(text: str, kind: str) -> None:
    told, kept = answer(text)
    assert told == kind
    assert (kept is not None) == (kind == NEITHER)
