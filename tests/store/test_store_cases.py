"""The cases of an incident on both engines: who belongs to it, and one answer for each, whoever sends it and however often."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.store.incidents import AnswerRow, CaseRow
from core.store.rooms import Store
from core.store.rows import AuditLine, NewEffect, NewEvent, NewNote, NewTicket, Posted, Ticket
from tests.store.conftest import Reopen
from tests.store.test_store_incidents import approved, begin, line

DESK = '["face","-5","",""]'


def ticket(key: str, incident: int, user: str = "") -> NewTicket:
    return NewTicket(
        key, f"face|{user or key}|{user or key}", "trading", "normal", "zh", "tx", "{}", 5.0, incident
    )


def draw(ticket: Ticket, note: NewNote | None, message: Posted | None) -> NewEffect:
    key = f"{ticket.number}.{note.key if note else 'card'}"
    return NewEffect(key, "staff|d", 0, "send", DESK, "[]", 5.0)


async def cased(store: Store, *users: str, incident: int = 1) -> list[int]:
    return [(await store.desk.open(ticket(user, incident), DESK, draw)).number for user in users]


def events(answer: AnswerRow, cases: Sequence[CaseRow]) -> list[NewEvent]:
    return [
        NewEvent("face", f"incident:{answer.incident}:{answer.number}:{case.ticket}", case.conversation, "[]")
        for case in cases
    ]


async def test_a_case_has_no_card_until_its_person_needs_one(store: Store) -> None:
    await approved(store)
    assert await begin(store) == 1
    one, two = await cased(store, "ann", "ben")
    again = await store.desk.open(ticket("ann", 1), DESK, draw)
    assert (again.number, again.fresh) == (one, False), "the same effect once more"
    other = await store.desk.open(ticket("cat", 0), DESK, draw)
    assert [row.key for row in other.posts] == [f"{other.number}.card"]
    alone = await store.tickets.open(ticket("dan", 1))
    cases = await store.incidents.cases(1, 2)
    assert (cases.count, cases.waiting, list(cases.newest)) == (3, 3, [alone, two])
    assert await store.incidents.affected(1) == 3, "they hear of the end like everybody"

    note = NewNote("n1", "face|ann|ann", 6.0, "said", "hello?")
    assert await store.desk.note(note, draw) == [], "one among many"
    assert [row.key for row in await store.desk.show(two, draw)] == [f"{two}.card"]
    assert await store.desk.show(two, draw) == []
    assert await store.desk.show(alone, draw) == [], "no staff chat was configured for it"
    assert await store.desk.show(999, draw) == []

    await store.incidents.close(1, "ada", line(), [])
    (late,) = await cased(store, "eve")
    assert (await store.incidents.cases(1, 9)).count == 3, "it is over: a ticket like any other"
    assert await store.desk.show(late, draw) == [], "which has its card"
    shown = await store.desk.note(NewNote("n2", "face|ann|ann", 7.0, "said", "still nothing"), draw)
    assert len(shown) == 1
    assert len(await store.desk.note(NewNote("n3", "face|ann|ann", 8.0, "said", "hm"), draw)) == 1
    held = await store.desk.ticket(one)
    assert held
    assert [text for _, text, _ in held.notes] == ["hello?", "still nothing", "hm"]


async def test_each_case_gets_an_answer_once(reopen: Reopen) -> None:
    store, other = await reopen(), await reopen()
    await approved(store)
    await begin(store)
    assert not await store.incidents.answer(1, "ada", "A", "{}", line()), "nobody asked"
    numbers = await cased(store, *(f"p{n}" for n in range(5)))
    assert await store.incidents.answer(1, "ada", "A", '{"zh":"x"}', line())
    (later,) = await cased(store, "late")
    (answer,) = await other.incidents.answers()
    assert (answer.upto, answer.after, answer.alias) == (numbers[-1], 0, "A")
    first = await store.incidents.slice(answer, 3)
    assert [case.ticket for case in first] == numbers[:3]
    came = await asyncio.gather(
        *(one.incidents.reach(answer, first, events(answer, first), False, 9.0) for one in (store, other))
    )
    assert sorted(len(rows) for rows in came) == [0, 3], "of two leaders one"
    (answer,) = await store.incidents.answers()
    rest = await store.incidents.slice(answer, 3)
    assert [case.ticket for case in rest] == numbers[3:]
    assert len(await store.incidents.reach(answer, rest, events(answer, rest), True, 9.0)) == 2
    assert await other.incidents.answers() == []
    assert (await store.incidents.cases(1, 1)).waiting == 1, "whoever came later waits"
    assert later not in [case.ticket for case in (*first, *rest)]
    assert len(await store.inbox.waiting(0, 99)) == 5
    shown = await store.desk.note(NewNote("n1", "face|p0|p0", 10.0, "said", "no"), draw)
    assert len(shown) == 1, "the answer did not help"
    assert await store.incidents.answer(1, "bob", "B", "{}", AuditLine(11.0, "bob", "a", "slow"))
    (second,) = await store.incidents.answers()
    assert (second.number, second.upto) == (2, later)
