"""The contract of people, tickets, leases, flows, slots, audit and upkeep, for every engine."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

import pytest

from core.store.lessons import Run, Subscription
from core.store.rooms import Fenced, Store
from core.store.rows import (
    AuditLine,
    Batch,
    NewEffect,
    NewEvent,
    NewNote,
    NewTicket,
    Saved,
    Settled,
    StoredFlow,
    Subscriber,
)

Reopen = Callable[[], Awaitable[Store]]
RUN = Run("s", "UTC late", "UTC", 1.0)


def effect(key: str, chat: str = "1", user: str = "u", channel: str = "c") -> NewEffect:
    address = json.dumps([channel, chat, user, "t"])
    return NewEffect(key, f"{channel}|{chat}|{user}|reply", 0, "send", address, "{}", 0.0)


def saved(chat: str, mark: str, user: str = "u", channel: str = "c") -> Saved:
    state = json.dumps([[channel, chat, user, "t"], {"mark": mark}, 1])
    return Saved(f"{channel}|{chat}|{user}", state, 0, 1)


def ticket(key: str, conversation: str = "c|1|u") -> NewTicket:
    return NewTicket(key, conversation, "trading", "normal", "zh", "tx", '{"id":"x"}', 5.0)


# --- people ----------------------------------------------------------------------------------


async def test_a_blocked_person_gets_nothing_more_until_they_come_back(store: Store) -> None:
    person = Subscriber("c", "u", "1", "zh", 1.0)
    effects = [effect("a.0"), effect("b.0", user="v"), effect("c.0", channel="d"), effect("d.0", chat="2")]
    await store.turns.commit(Batch(effects=effects, people=[person]))
    await store.people.blocked("c", "u", 9.0)
    assert await store.people.find("c", "u") == Subscriber("c", "u", "1", "zh", 1.0, 9.0)
    assert [row.key for row in await store.outbox.due(9.0, 9)] == ["b.0", "c.0"]
    assert {(row.key, row.error) for row in await store.outbox.listing("dead", 9)} == {
        ("a.0", "blocked"),
        ("d.0", "blocked"),
    }
    await store.turns.commit(Batch(people=[Subscriber("c", "u", "3", "en", 10.0)]))
    assert await store.people.find("c", "u") == Subscriber("c", "u", "3", "en", 10.0)
    await store.people.blocked("c", "nobody", 9.0)
    assert await store.people.find("c", "nobody") is None


async def test_an_effect_that_was_sent_while_its_person_was_blocked_counts_as_done(store: Store) -> None:
    await store.turns.commit(Batch(effects=[effect("a.0")]))
    await store.people.blocked("c", "u", 9.0)
    await store.outbox.settle([Settled("a.0", "done", receipt="7")], [], [], 9.0)
    assert await store.outbox.counts() == {"done": 1}


async def test_everything_follows_a_chat_that_moved(store: Store) -> None:
    batch = Batch(
        conversations=[
            saved("1", "一"),
            saved("1", "two", "v"),
            saved("12", "other"),
            saved("1", "d", channel="d"),
        ],
        effects=[effect("a.0"), effect("b.0", chat="12"), effect("c.0", channel="d"), effect("old.0")],
        people=[Subscriber("c", "u", "1", "zh", 1.0), Subscriber("c", "w", "12", "zh", 1.0)],
    )
    await store.turns.commit(batch)
    await store.outbox.settle([Settled("old.0", "done")], [], [], 1.0)
    number = await store.tickets.open(ticket("t.0"))
    await store.people.moved("c", "1", "-100")
    states = await store.turns.load(["c|1|u", "c|1|v", "c|-100|u", "c|-100|v", "c|12|u", "d|1|u"])
    assert {key: json.loads(state)[:2] for key, state in states.items()} == {
        "c|-100|u": [["c", "-100", "u", "t"], {"mark": "一"}],
        "c|-100|v": [["c", "-100", "v", "t"], {"mark": "two"}],
        "c|12|u": [["c", "12", "u", "t"], {"mark": "other"}],
        "d|1|u": [["d", "1", "u", "t"], {"mark": "d"}],
    }
    rows = {row.key: (row.lane, json.loads(row.address)) for row in await store.outbox.due(9.0, 9)}
    assert rows == {
        "a.0": ("c|-100|u|reply", ["c", "-100", "u", "t"]),
        "b.0": ("c|12|u|reply", ["c", "12", "u", "t"]),
        "c.0": ("d|1|u|reply", ["d", "1", "u", "t"]),
    }
    assert [person and person.chat for person in [await store.people.find("c", name) for name in "uw"]] == [
        "-100",
        "12",
    ]
    assert await store.tickets.note("n.0", "c|-100|u", "hello", "", 1.0) == number
    await store.people.moved("c", "-100", "-100")
    assert await store.turns.load(["c|-100|u"]) == {"c|-100|u": states["c|-100|u"]}


async def test_a_conversation_that_already_goes_on_in_the_new_chat_stays(store: Store) -> None:
    await store.turns.commit(Batch(conversations=[saved("1", "old"), saved("2", "new")]))
    await store.people.moved("c", "1", "2")
    states = await store.turns.load(["c|1|u", "c|2|u"])
    assert {key: json.loads(state)[1]["mark"] for key, state in states.items()} == {"c|2|u": "new"}


# --- tickets ---------------------------------------------------------------------------------


async def test_a_ticket_is_opened_once_for_each_key(store: Store) -> None:
    first = await store.tickets.open(ticket("a.0"))
    assert first == 1001
    assert await asyncio.gather(*(store.tickets.open(ticket("a.0")) for _ in range(3))) == [1001] * 3
    assert await store.tickets.open(ticket("b.0", "c|2|v")) == 1002
    [newest, oldest] = await store.tickets.listing(9)
    assert (newest.number, newest.conversation) == (1002, "c|2|v")
    what = (oldest.skill, oldest.urgency, oldest.language, oldest.flow, oldest.slots, oldest.opened_at)
    assert what == ("trading", "normal", "zh", "tx", '{"id":"x"}', 5.0)
    assert (oldest.status, list(oldest.notes)) == ("open", [])
    assert [one.number for one in await store.tickets.listing(1)] == [1002]


async def test_a_note_goes_once_to_the_newest_ticket_of_the_conversation(store: Store) -> None:
    assert await store.tickets.note("n.0", "c|1|u", "nobody listens", "", 1.0) is None
    await store.tickets.open(ticket("a.0"))
    assert await store.tickets.note("n.1", "c|1|u", "一", "m1", 2.0) == 1001
    await store.tickets.open(ticket("b.0"))
    assert await store.tickets.note("n.1", "c|1|u", "一", "m1", 3.0) == 1001
    assert await store.tickets.note("n.2", "c|1|u", "二", "m2", 4.0) == 1002
    assert await store.tickets.note("n.3", "c|1|u", "三", "m3", 5.0) == 1002
    assert [list(one.notes) for one in await store.tickets.listing(9)] == [
        [(4.0, "二", "m2"), (5.0, "三", "m3")],
        [(2.0, "一", "m1")],
    ]


# --- leases ----------------------------------------------------------------------------------


async def test_a_lease_has_one_holder_and_its_epoch_rises_with_each_change(reopen: Reopen) -> None:
    a, b = await reopen(), await reopen()
    assert await a.leases.holder("lead") is None
    assert await a.leases.take("lead", "A", 0.0, 10.0) == 1
    assert await b.leases.take("lead", "B", 5.0, 10.0) is None
    assert await a.leases.take("lead", "A", 5.0, 10.0) == 1
    assert await b.leases.holder("lead") == ("A", 15.0)
    assert await b.leases.take("lead", "B", 14.9, 10.0) is None
    assert await b.leases.take("lead", "B", 15.0, 10.0) == 2
    assert not await a.leases.renew("lead", "A", 16.0, 10.0)
    assert await b.leases.renew("lead", "B", 16.0, 10.0)
    assert await a.leases.holder("lead") == ("B", 26.0)
    assert await a.leases.take("lead", "A", 17.0, 10.0, force=True) == 3
    assert not await b.leases.renew("lead", "B", 18.0, 10.0)
    assert await b.leases.take("other", "B", 18.0, 10.0) == 1


async def test_a_released_lease_is_free_at_once(reopen: Reopen) -> None:
    a, b = await reopen(), await reopen()
    await a.leases.take("lead", "A", 0.0, 100.0)
    await b.leases.release("lead", "B")
    assert await b.leases.take("lead", "B", 1.0, 100.0) is None
    await a.leases.release("lead", "A")
    assert await a.leases.holder("lead") is None
    await a.audit.append(AuditLine(1.0, "bot", "stop", ""))  # the last words of a shutdown
    assert await b.leases.take("lead", "B", 1.0, 100.0) == 2
    with pytest.raises(Fenced):
        await a.audit.append(AuditLine(1.0, "bot", "too late", ""))


async def test_force_fences_even_a_process_of_the_same_name(reopen: Reopen) -> None:
    a, b = await reopen(), await reopen()
    assert await a.leases.take("lead", "same", 0.0, 100.0) == 1
    assert await b.leases.take("lead", "same", 1.0, 100.0, force=True) == 2
    assert not await a.leases.renew("lead", "same", 2.0, 100.0)
    with pytest.raises(Fenced):
        await a.slots.claim("s", "1", 2.0)


Write = Callable[[Store], Awaitable[object]]
WRITES: dict[str, Write] = {
    "inbox.add": lambda s: s.inbox.add([NewEvent("c", "late", "l", "{}")], 1.0),
    "inbox.failed": lambda s: s.inbox.failed(1, "x", dead=True),
    "inbox.revive": lambda s: s.inbox.revive(1),
    "turns.commit": lambda s: s.turns.commit(Batch([], [saved("1", "late")], [effect("late.0")])),
    "outbox.settle": lambda s: s.outbox.settle([Settled("a.0", "done")], [], [], 1.0),
    "outbox.retry": lambda s: s.outbox.retry("a.0", 1.0),
    "people.blocked": lambda s: s.people.blocked("c", "u", 1.0),
    "people.moved": lambda s: s.people.moved("c", "1", "2"),
    "tickets.open": lambda s: s.tickets.open(ticket("late.0")),
    "tickets.note": lambda s: s.tickets.note("n.0", "c|1|u", "late", "", 1.0),
    "desk.open": lambda s: s.desk.open(ticket("desk.0"), "", lambda *_: effect("desk.0.post")),
    "desk.note": lambda s: s.desk.note(NewNote("n.1", "c|1|u", 1.0), lambda *_: effect("n.1.post")),
    "desk.alias": lambda s: s.desk.alias("staff", "late"),
    "flows.put": lambda s: s.flows.put([StoredFlow("h", "f", 1, "{}", 1.0)]),
    "slots.claim": lambda s: s.slots.claim("s", "late", 1.0),
    "lessons.subscribe": lambda s: s.lessons.subscribe(Subscription("c", "u", "zh", "UTC", ("all",), 1.0)),
    "lessons.unsubscribe": lambda s: s.lessons.unsubscribe("c", "u", 9.0),
    "lessons.begin": lambda s: s.lessons.begin([RUN], AuditLine(1.0, "bot", "", ""), 1.0),
    "lessons.slice": lambda s: s.lessons.slice(RUN, 5, lambda _: None),
    "lessons.expire": lambda s: s.lessons.expire(RUN, AuditLine(1.0, "bot", "", "")),
    "audit.append": lambda s: s.audit.append(AuditLine(1.0, "bot", "late", "")),
    "upkeep.purge": lambda s: s.upkeep.purge(events_before=9.0, effects_before=9.0, limit=9),
}


async def test_no_write_of_a_replaced_leader_passes(reopen: Reopen) -> None:
    old, new, reader = await reopen(), await reopen(), await reopen()
    await old.leases.take("lead", "old", 0.0, 1.0)
    await old.inbox.add([NewEvent("c", "1", "l", "{}")], 0.0)
    await old.turns.commit(Batch(effects=[effect("a.0")]))
    await new.leases.take("lead", "new", 2.0, 1.0)
    before, fenced = await picture(reader), []
    for name, write in WRITES.items():
        with contextlib.suppress(Fenced):
            await write(old)
            continue
        fenced.append(name)
    assert fenced == list(WRITES)
    assert await picture(reader) == before
    for write in WRITES.values():
        await write(new)


async def picture(store: Store) -> list[object]:
    return [
        await store.inbox.waiting(0, 9),
        await store.inbox.dead(9),
        await store.turns.load(["c|1|u", "c|2|u"]),
        await store.outbox.lane("c|1|u|reply", 9),
        await store.outbox.counts(),
        await store.tickets.listing(9),
        await store.flows.all(),
        await store.audit.tail(9),
    ]


# --- flows, slots, audit, upkeep -------------------------------------------------------------


async def test_flows_are_kept_by_hash(store: Store) -> None:
    one, two = StoredFlow("h1", "tx", 1, '{"a":"甲"}', 1.0), StoredFlow("h2", "tx", 2, "{}", 2.0)
    await store.flows.put([])
    await store.flows.put([two, one])
    await store.flows.put([StoredFlow("h1", "changed", 9, "changed", 9.0)])
    assert await store.flows.all() == [one, two]


async def test_a_slot_is_claimed_once_for_ever(reopen: Reopen) -> None:
    stores = [await reopen() for _ in range(3)]
    won = await asyncio.gather(*(one.slots.claim("daily", "2026-01-01", 1.0) for one in stores))
    assert sorted(won) == [False, False, True]
    assert not await stores[0].slots.claim("daily", "2026-01-01", 1e9)
    assert await stores[0].slots.claim("daily", "2026-01-02", 1.0)


async def test_the_audit_is_read_from_its_end(store: Store) -> None:
    lines = [AuditLine(float(n), "lead", "reload", f"{n}", "detail") for n in range(5)]
    for line in lines:
        await store.audit.append(line)
    assert await store.audit.tail(3) == lines[:1:-1]


async def test_the_purge_takes_only_what_is_over_and_old_in_small_steps(store: Store) -> None:
    old = await store.inbox.add([NewEvent("c", f"{n}", "l", "{}") for n in range(4)], 1.0)
    new = await store.inbox.add([NewEvent("c", "new", "l", "{}")], 5.0)
    await store.inbox.failed(old[3].id, "x", dead=True)
    done = [row.id for row in [*old[:2], *new]]
    await store.turns.commit(Batch(turned=done, effects=[effect(f"e.{n}") for n in range(5)]))
    ends = [Settled("e.0", "done"), Settled("e.1", "dead"), Settled("e.2", "uncertain")]
    await store.outbox.settle(ends, [], [], 1.0)
    await store.outbox.settle([Settled("e.3", "done")], [], [], 5.0)
    steps = [await store.upkeep.purge(events_before=5.0, effects_before=5.0, limit=3) for _ in range(3)]
    assert steps == [3, 2, 0]
    assert await store.outbox.counts() == {"done": 1, "queued": 1}
    assert [row.id for row in await store.inbox.waiting(0, 9)] == [old[2].id]
    assert [row.id for row in await store.inbox.dead(9)] == [old[3].id]
    assert await store.inbox.add([NewEvent("c", "new", "l", "{}")], 9.0) == [], (
        "young: still known as a repeat"
    )


async def test_ids_are_never_used_twice(store: Store) -> None:
    [last] = await store.inbox.add([NewEvent("c", "1", "l", "{}")], 1.0)
    await store.turns.commit(Batch(turned=[last.id]))
    assert await store.upkeep.purge(events_before=9.0, effects_before=9.0, limit=9) == 1
    [fresh] = await store.inbox.add([NewEvent("c", "2", "l", "{}")], 1.0)
    assert fresh.id > last.id
