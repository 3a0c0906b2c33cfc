"""Tickets before the staff: each card, note and answer once, in one transaction with what it belongs to."""

from __future__ import annotations

import json

import pytest

from core.errors import Conflict
from core.store.rooms import Store
from core.store.rows import (
    AuditLine,
    Batch,
    NewEffect,
    NewEvent,
    NewNote,
    NewTicket,
    Posted,
    Settled,
    Ticket,
    TicketTurn,
)

STAFF = '["c","-9","",""]'


def new(key: str = "h.0", conversation: str = "c|1|u", skill: str = "account", flow: str = "tx") -> NewTicket:
    return NewTicket(key, conversation, skill, "normal", "zh", flow, '{"id":"x"}', 5.0)


def said(key: str, text: str, ref: str = "", conversation: str = "c|1|u") -> NewNote:
    return NewNote(key, conversation, 6.0, "said", text, ref)


class Drawn:
    """Draws a row, and remembers what it was asked to draw."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.asked: list[tuple[Ticket, NewNote | None, Posted | None]] = []

    def __call__(self, ticket: Ticket, note: NewNote | None, message: Posted | None) -> NewEffect:
        self.asked.append((ticket, note, message))
        return NewEffect(self.key, f"c|-9||d{ticket.number}", 0, "send", ticket.desk, "[]", 1.0)


async def keys(store: Store) -> list[str]:
    return [row.key for row in await store.outbox.lane("c|-9||d1001", 99)]


async def test_a_ticket_is_opened_with_its_card_once(store: Store) -> None:
    draw = Drawn("h.0.post")
    opened = await store.desk.open(new(), STAFF, draw)
    assert (opened.number, opened.fresh, [row.key for row in opened.posts]) == (1001, True, ["h.0.post"])
    [(ticket, note, message)] = draw.asked
    assert (ticket.number, ticket.desk, ticket.alias, note, message) == (1001, STAFF, 1, None, None)
    again = await store.desk.open(new(), STAFF, draw)
    assert (again.number, again.fresh, list(again.posts)) == (1001, False, [])
    assert await keys(store) == ["h.0.post"]


async def test_a_card_that_cannot_be_drawn_leaves_no_ticket(store: Store) -> None:
    def fails(*_: object) -> NewEffect:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await store.desk.open(new(), STAFF, fails)
    assert await store.tickets.listing(9) == []
    assert (await store.desk.open(new(), STAFF, Drawn("a"))).number == 1001, "no number is lost"


async def test_somebody_who_is_called_already_is_not_called_twice(store: Store) -> None:
    await store.desk.open(new(), STAFF, Drawn("h.0.post"))
    draw = Drawn("h.1.post")
    back = await store.desk.open(new("h.1", flow=""), STAFF, draw)
    assert (back.number, back.fresh, [row.key for row in back.posts]) == (1001, False, ["h.1.post"])
    assert [note.what for _, note, _ in draw.asked if note] == ["again"]
    repeated = await store.desk.open(new("h.1", flow=""), STAFF, draw)
    assert (repeated.number, list(repeated.posts)) == (1001, [])
    other = await store.desk.open(new("h.2", skill="trading"), STAFF, Drawn("h.2.post"))
    assert (other.number, other.fresh) == (1002, True), "another skill is another matter"
    stranger = await store.desk.open(new("h.3", "c|2|v"), STAFF, Drawn("h.3.post"))
    assert (stranger.number, stranger.fresh) == (1003, True)


async def test_what_the_person_writes_comes_under_the_card_and_an_edit_in_its_place(store: Store) -> None:
    await store.desk.open(new(), STAFF, Drawn("h.0.post"))
    first, edit = Drawn("n.0.post"), Drawn("n.1.post")
    await store.desk.note(said("n.0", "一", "m1"), first)
    await store.desk.note(said("n.1", "二", "m1"), edit)
    assert [(message.kind, message.key) for _, _, message in first.asked if message] == [("card", "h.0.post")]
    assert [(message.kind, message.key) for _, _, message in edit.asked if message] == [("relay", "n.0.post")]
    assert await store.desk.note(said("n.1", "二", "m1"), edit) == []
    assert await keys(store) == ["h.0.post", "n.0.post", "n.1.post"]
    ticket = await store.desk.ticket(1001)
    assert ticket is not None
    assert [text for _, text, _ in ticket.notes] == ["一", "二"]


async def test_nothing_is_posted_where_there_is_no_ticket_or_no_card(store: Store) -> None:
    assert await store.desk.note(said("n.0", "?"), Drawn("n.0.post")) == []
    await store.tickets.open(new())
    assert await store.desk.note(said("n.1", "?"), Drawn("n.1.post")) == []
    ticket = await store.desk.ticket(1001)
    assert ticket is not None
    assert [text for _, text, _ in ticket.notes] == ["?"], "it is kept with the ticket all the same"


async def test_a_reply_finds_its_ticket_even_when_the_rows_are_gone(store: Store) -> None:
    await store.desk.open(new(), STAFF, Drawn("h.0.post"))
    assert await store.desk.found("c", "-9", "77") is None
    assert await store.desk.sent("h.0.post") == ""
    await store.outbox.settle([Settled("h.0.post", "done", receipt="77", kept=True)], [], [], 1.0)
    await store.upkeep.purge(events_before=9.0, effects_before=9.0, limit=9)
    found = await store.desk.found("c", "-9", "77")
    assert found == Posted("h.0.post", 1001, "card", "c", "-9", "77")
    assert await store.desk.posted("h.0.post") == found
    assert await store.desk.sent("h.0.post") == "77"
    assert await store.desk.found("c", "-9", "") is None
    assert await store.desk.found("c", "-8", "77") is None


async def test_an_answer_and_a_closing_commit_with_their_event(store: Store) -> None:
    await store.desk.open(new(), STAFF, Drawn("h.0.post"))
    event = NewEvent("c", "desk:1", "c|1|u", "{}")
    posted = Posted("d1.0", 1001, "said", "c", "-9", "80")
    [row] = await store.turns.commit(
        Batch(events=[event], posted=[posted], tickets=[TicketTurn(1001, "answered", 7.0)], at=7.0)
    )
    assert (row.event_id, row.lane) == ("desk:1", "c|1|u")
    assert await store.desk.found("c", "-9", "80") == posted
    assert [ticket.status for ticket in await store.desk.of("c|1|u", 9)] == ["answered"]
    await store.desk.note(said("n.0", "谢谢"), Drawn("n.0.post"))
    assert [ticket.status for ticket in await store.tickets.listing(9)] == ["open"]
    with pytest.raises(Conflict):
        await store.turns.commit(Batch(posted=[posted], tickets=[TicketTurn(1001, "closed", 8.0)]))
    assert [ticket.status for ticket in await store.tickets.listing(9)] == ["open"], "all or nothing"
    await store.turns.commit(
        Batch(
            tickets=[TicketTurn(1001, "closed", 8.0), TicketTurn(1001, "answered", 9.0)],
            audit=[AuditLine(8.0, "staff", "closed", "x")],
        )
    )
    assert [ticket.status for ticket in await store.tickets.listing(9)] == ["closed"]
    assert await store.desk.note(said("n.1", "还在吗"), Drawn("n.1.post")) == []


async def test_a_copy_is_found_by_the_row_that_brought_it(store: Store) -> None:
    await store.desk.open(new(), STAFF, Drawn("h.0.post"))
    address = json.dumps(["c", "1", "u", ""])
    rows = [NewEffect("d9.0", "c|1|u|r", 0, "send", address, "[]", 1.0)]
    first = Posted("d9.0", 1001, "said", "c", "-9", "80")
    edit = Posted("d12.0", 1001, "said", "c", "-9", "80", "d9.0")
    await store.turns.commit(Batch(effects=rows, posted=[first, edit]))
    assert await store.desk.found("c", "-9", "80") == first, "an edit is traced to the first version"
    assert await store.desk.sent("d9.0") == "", "the staff's own message is not what the person got"
    await store.outbox.settle([Settled("d9.0", "done", receipt="5")], [], [], 1.0)
    assert await store.desk.sent("d9.0") == "5"


async def test_aliases_are_numbers_that_stay(store: Store) -> None:
    assert [await store.desk.alias("staff", name) for name in ("a", "b", "a")] == [1, 2, 1]
    assert await store.desk.alias("person", "a") == 1


async def test_a_zone_that_nobody_told_is_unknown(store: Store) -> None:
    assert await store.desk.zone("c", "u") == ""
