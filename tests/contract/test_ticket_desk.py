"""What every ticket desk keeps, whichever it is and whatever database is under it."""

import pytest

from integrations import numbers
from integrations.database import Database
from integrations.desk import DraftNotOpen, NoSuchTicket, TicketDesk
from integrations.drafts import Draft, Drafts, NewEntry
from integrations.journal import Journal
from integrations.status import InvalidMove, Status
from tests.contract.conftest import Clock


@pytest.fixture
def conversation(database: Database, clock: Clock) -> str:
    return Journal(database, clock).create("test").id


def told(drafts: Drafts, conversation: str, **values: object) -> Draft:
    """A draft with these values."""
    draft = drafts.open_new(conversation)
    facts = {"topic": "street_lights", "type": "投诉", "district": "朝阳区", "contact_phone": "13800001234", **values}
    drafts.append(draft.id, [NewEntry(name, value, str(value), 1) for name, value in facts.items()], {})
    found = drafts.current(conversation)
    assert found is not None
    return found


def test_a_filed_ticket_holds_what_the_draft_held(desk: TicketDesk, drafts: Drafts, conversation: str) -> None:
    ticket = desk.file(told(drafts, conversation), "test")
    assert numbers.is_valid(ticket.number)
    assert (ticket.topic, ticket.type, ticket.district, ticket.status) == (
        "street_lights",
        "投诉",
        "朝阳区",
        "submitted",
    )
    assert ticket.fields["district"]["raw"] == "朝阳区"
    assert ticket.fields["district"]["turn"] == 1
    assert ticket.due_at > ticket.created_at
    assert [step.status for step in ticket.history] == ["submitted"]
    assert desk.get(ticket.number).as_json() == ticket.as_json()


def test_the_same_draft_filed_twice_is_one_ticket(desk: TicketDesk, drafts: Drafts, conversation: str) -> None:
    draft = told(drafts, conversation)
    assert desk.file(draft, "test").number == desk.file(draft, "test").number


def test_a_cancelled_draft_is_not_filed(desk: TicketDesk, drafts: Drafts, conversation: str) -> None:
    draft = told(drafts, conversation)
    drafts.cancel(draft.id)
    with pytest.raises(DraftNotOpen):
        desk.file(Draft(draft.id, conversation, "cancelled", {}, draft.entries), "test")


def test_a_status_needs_the_conversation_or_the_phone(desk: TicketDesk, drafts: Drafts, conversation: str) -> None:
    number = desk.file(told(drafts, conversation), "test").number
    assert desk.status_for_citizen(number, conversation_id=conversation).number == number
    assert desk.status_for_citizen(numbers.grouped(number), phone_last4="1234").number == number
    for wrong in ({"phone_last4": "9999"}, {"phone_last4": ""}, {}, {"conversation_id": "other"}):
        with pytest.raises(NoSuchTicket):
            desk.status_for_citizen(number, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NoSuchTicket):
        desk.status_for_citizen(numbers.new_number(), phone_last4="1234")


def test_nobody_without_a_phone_is_found_by_an_empty_one(desk: TicketDesk, drafts: Drafts, conversation: str) -> None:
    number = desk.file(told(drafts, conversation, contact_phone=None), "test").number
    for last4 in ("", "None", "0000"):
        with pytest.raises(NoSuchTicket):
            desk.status_for_citizen(number, phone_last4=last4)


def test_moves_follow_the_statuses_and_are_kept(desk: TicketDesk, drafts: Drafts, conversation: str) -> None:
    number = desk.file(told(drafts, conversation), "test").number
    for status in (Status.ACCEPTED, Status.DISPATCHED, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED):
        desk.move(number, status, by="operator", note=f"to {status}")
    with pytest.raises(InvalidMove):
        desk.move(number, Status.ACCEPTED, by="operator")
    moved = desk.move(number, Status.REOPENED, by="citizen")
    assert [step.status for step in moved.history] == [
        "submitted", "accepted", "dispatched", "in_progress", "resolved", "closed", "reopened",
    ]  # fmt: skip
    with pytest.raises(NoSuchTicket):
        desk.move(numbers.new_number(), Status.ACCEPTED, by="operator")


def test_words_are_added_without_moving_the_ticket(desk: TicketDesk, drafts: Drafts, conversation: str) -> None:
    number = desk.file(told(drafts, conversation), "test").number
    noted = desk.add_note(number, "今天又坏了", by="citizen")
    assert [(step.status, step.note) for step in noted.history] == [("submitted", ""), ("submitted", "今天又坏了")]
    with pytest.raises(NoSuchTicket):
        desk.add_note(numbers.new_number(), "没有这个", by="citizen")


def test_the_newest_tickets_come_first(desk: TicketDesk, drafts: Drafts, conversation: str) -> None:
    first = desk.file(told(drafts, conversation), "test").number
    second = desk.file(told(drafts, conversation), "test").number
    assert [ticket.number for ticket in desk.search(limit=2)] == [second, first]
    latest = desk.latest_of(conversation)
    assert latest is not None
    assert latest.number == second
    desk.move(first, Status.CANCELLED, by="operator")
    assert first in {ticket.number for ticket in desk.search(status="cancelled")}
    assert second not in {ticket.number for ticket in desk.search(status="cancelled")}
