"""The contract of the inbox, the turns and the outbox, for every engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from core.errors import Conflict, StoreError
from core.store.rooms import Store
from core.store.rows import (
    AuditLine,
    Batch,
    EventRow,
    NewEffect,
    NewEvent,
    Postponed,
    Saved,
    Settled,
    Subscriber,
)

Reopen = Callable[[], Awaitable[Store]]


def event(number: int, lane: str = "c|1|u") -> NewEvent:
    return NewEvent("c", f"update-{number}", lane, f'{{"n":{number}}}')


def effect(key: str, lane: str = "c|1|u|reply", rank: int = 0, due: float = 0.0) -> NewEffect:
    return NewEffect(key, lane, rank, "send", '["c","1","u",""]', "{}", due)


async def ids(rows: Awaitable[list[EventRow]]) -> list[int]:
    return [row.id for row in await rows]


async def keys_queued(store: Store) -> list[str]:
    return [row.key for row in reversed(await store.outbox.listing("queued", 99))]


async def keys_due(store: Store, now: float, limit: int = 99) -> list[str]:
    return [row.key for row in await store.outbox.due(now, limit)]


# --- inbox -----------------------------------------------------------------------------------


async def test_events_are_remembered_in_order_with_rising_ids(store: Store) -> None:
    rows = await store.inbox.add([event(1), event(2, "c|2|v")], 5.0)
    assert [(r.channel, r.event_id, r.lane, r.payload, r.attempts) for r in rows] == [
        ("c", "update-1", "c|1|u", '{"n":1}', 0),
        ("c", "update-2", "c|2|v", '{"n":2}', 0),
    ]
    assert rows[0].id < rows[1].id
    assert await store.inbox.waiting(0, 99) == rows
    assert await store.inbox.waiting(rows[0].id, 99) == rows[1:]
    assert await store.inbox.waiting(0, 1) == rows[:1]


async def test_repeats_are_dropped_within_a_group_and_later(store: Store) -> None:
    first = await store.inbox.add([event(1), event(1), event(2)], 0.0)
    assert [row.event_id for row in first] == ["update-1", "update-2"]
    second = await store.inbox.add([event(2), event(3), event(1)], 1.0)
    assert [row.event_id for row in second] == ["update-3"]
    assert await store.inbox.add([], 1.0) == []
    other = await store.inbox.add([event(1)._replace(channel="d")], 1.0)
    assert len(other) == 1, "the same number on another channel is another event"


async def test_concurrent_callers_add_each_event_once(store: Store) -> None:
    added = await asyncio.gather(*(store.inbox.add([event(n), event(n + 1)], 0.0) for n in range(20)))
    assert sorted(row.event_id for rows in added for row in rows) == sorted(f"update-{n}" for n in range(21))


async def test_two_processes_that_hear_the_same_event_have_it_once(reopen: Reopen) -> None:
    stores = [await reopen(), await reopen()]
    heard = [store.inbox.add([event(n), event(n + 1)], 0.0) for n in range(6) for store in stores]
    added = await asyncio.gather(*heard)
    assert sorted(row.event_id for rows in added for row in rows) == [f"update-{n}" for n in range(7)]
    assert len(await stores[0].inbox.waiting(0, 99)) == 7


async def test_events_outlive_the_process(reopen: Reopen) -> None:
    store = await reopen()
    rows = await store.inbox.add([event(1)], 0.0)
    await store.close()
    again = await reopen()
    assert await again.inbox.waiting(0, 9) == rows
    assert await again.inbox.add([event(1)], 0.0) == []


async def test_a_failed_event_waits_and_a_dead_one_is_put_aside_and_revived(store: Store) -> None:
    one, two = await ids(store.inbox.add([event(1), event(2)], 0.0))
    await store.inbox.failed(one, "ValueError", dead=False)
    assert [(r.id, r.attempts) for r in await store.inbox.waiting(0, 9)] == [(one, 1), (two, 0)]
    await store.inbox.failed(one, "ValueError", dead=True)
    await store.inbox.failed(two, "ValueError", dead=True)
    assert await store.inbox.waiting(0, 9) == []
    assert [(r.id, r.attempts) for r in await store.inbox.dead(9)] == [(two, 1), (one, 2)]
    assert await ids(store.inbox.dead(1)) == [two]
    assert await store.inbox.revive(one)
    assert not await store.inbox.revive(one)
    [back] = await store.inbox.waiting(two, 9)
    assert (back.event_id, back.attempts) == ("update-1", 0), "it comes last, where a running process sees it"
    assert await store.inbox.add([event(1)], 0.0) == [], "it is still a repeat"


async def test_the_apology_for_a_dead_event_leaves_it_aside(store: Store) -> None:
    [number] = await ids(store.inbox.add([event(1)], 0.0))
    await store.inbox.failed(number, "ValueError", dead=True)
    await store.turns.commit(Batch(turned=[number], effects=[effect("i1.0")]))
    assert await ids(store.inbox.dead(9)) == [number]
    assert await store.outbox.counts() == {"queued": 1}


async def test_an_event_is_put_aside_with_what_its_person_is_told_or_not_at_all(store: Store) -> None:
    [number] = await ids(store.inbox.add([event(1)], 0.0))
    await store.turns.commit(Batch(effects=[effect("i1.0")]))
    refused = Batch(turned=[number], effects=[effect("i1.0")], aside=[(number, "ValueError")])
    with pytest.raises(Conflict):
        await store.turns.commit(refused)
    assert await ids(store.inbox.waiting(0, 9)) == [number]
    await store.turns.commit(replace(refused, effects=[effect("i1.1")]))
    assert await store.inbox.waiting(0, 9) == []
    assert [(row.id, row.attempts) for row in await store.inbox.dead(9)] == [(number, 1)]


async def test_a_turned_event_cannot_fail(store: Store) -> None:
    [number] = await ids(store.inbox.add([event(1)], 0.0))
    await store.turns.commit(Batch(turned=[number]))
    await store.inbox.failed(number, "late", dead=True)
    assert await store.inbox.dead(9) == []


# --- turns -----------------------------------------------------------------------------------


async def test_one_commit_holds_everything(reopen: Reopen) -> None:
    store = await reopen()
    [number] = await ids(store.inbox.add([event(1)], 0.0))
    person = Subscriber("c", "u", "1", "zh", 7.0)
    line = AuditLine(7.0, "bot", "turn", "c|1|u", "start")
    saved = Saved("c|1|u", '["原文"]', 0, 1)
    await store.turns.commit(Batch([number], [saved], [effect("a.0"), effect("a.1")], [person], [line]))
    await store.close()
    store = await reopen()
    assert await store.inbox.waiting(0, 9) == []
    assert await store.turns.load(["c|1|u", "nobody", "c|1|u"]) == {"c|1|u": '["原文"]'}
    assert await keys_queued(store) == ["a.0", "a.1"]
    assert await store.people.find("c", "u") == person
    assert await store.audit.tail(9) == [line]


async def test_load_takes_any_number_of_keys(store: Store) -> None:
    assert await store.turns.load([]) == {}
    many = [Saved(f"c|{n}|u", str(n), 0, 1) for n in range(300)]
    await store.turns.commit(Batch(conversations=many))
    assert await store.turns.load([one.key for one in many]) == {one.key: one.state for one in many}


@pytest.mark.parametrize(
    "batch",
    [
        Batch(conversations=[Saved("c|1|u", "new", 2, 3)]),
        Batch(conversations=[Saved("c|1|u", "new", 0, 1)]),
        Batch(conversations=[Saved("c|9|u", "new", 1, 2)]),
        Batch(effects=[effect("old.0")]),
        Batch(effects=[effect("new.0"), effect("new.0")]),
        Batch(effects=[effect("bad.0")._replace(payload="\ud800")]),
        Batch(turned=[1]),
        Batch(turned=[404]),
    ],
    ids=["stale", "exists", "absent", "old key", "twice", "not unicode", "turned", "unknown event"],
)
async def test_a_refused_batch_leaves_nothing(store: Store, batch: Batch) -> None:
    await store.inbox.add([event(1), event(2)], 0.0)
    await store.turns.commit(Batch([1], [Saved("c|1|u", "old", 0, 1)], [effect("old.0")]))
    good = Batch(
        [2],
        [Saved("c|2|v", "good", 0, 1)],
        [effect("good.0")],
        [Subscriber("c", "v", "2", "zh", 1.0)],
        [AuditLine(1.0, "bot", "turn", "c|2|v")],
    )
    mixed = Batch(
        [*good.turned, *batch.turned],
        [*good.conversations, *batch.conversations],
        [*good.effects, *batch.effects],
        good.people,
        good.audit,
    )
    with pytest.raises(StoreError):
        await store.turns.commit(mixed)
    assert await ids(store.inbox.waiting(0, 9)) == [2]
    assert await store.turns.load(["c|1|u", "c|2|v", "c|9|u"]) == {"c|1|u": "old"}
    assert await keys_due(store, 9.0) == ["old.0"]
    assert await store.people.find("c", "v") is None
    assert await store.audit.tail(9) == []
    await store.turns.commit(good)
    assert await keys_queued(store) == ["old.0", "good.0"]


async def test_of_two_who_loaded_the_same_revision_one_wins(store: Store) -> None:
    await store.turns.commit(Batch(conversations=[Saved("k", "1", 0, 1)]))
    results = await asyncio.gather(
        *(store.turns.commit(Batch(conversations=[Saved("k", f"by {n}", 1, 2)])) for n in range(8)),
        return_exceptions=True,
    )
    assert results.count([]) == 1
    assert sum(isinstance(result, StoreError) for result in results) == 7


async def test_a_cancelled_caller_leaves_all_or_nothing_and_a_working_store(store: Store) -> None:
    task = asyncio.ensure_future(store.turns.commit(Batch([], [Saved("k", "1", 0, 1)], [effect("k.0")])))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    seen: list[object] = [None]
    while seen[-2:-1] != seen[-1:]:  # its transaction goes on without it: until nothing changes any more
        seen.append((await store.turns.load(["k"]), await keys_due(store, 0.0)))
    assert seen[-1] in [({}, []), ({"k": "1"}, ["k.0"])]
    await store.turns.commit(Batch(effects=[effect("next.0")]))


# --- outbox ----------------------------------------------------------------------------------


async def test_replies_overtake_broadcasts_and_the_limit_holds(store: Store) -> None:
    await store.turns.commit(
        Batch(effects=[effect("b.0", "x|news", 9), effect("b.1", "y|news", 9), effect("r.0", "z|reply", 0)])
    )
    assert await keys_due(store, 0.0) == ["r.0", "b.0", "b.1"]
    assert await keys_due(store, 0.0, 2) == ["r.0", "b.0"]


async def test_an_effect_waits_for_the_earlier_one_of_its_lane(store: Store) -> None:
    await store.turns.commit(Batch(effects=[effect("a.0"), effect("a.1"), effect("o.0", "other")]))
    await store.outbox.settle([], [Postponed("a.0", 10.0, 1, 1, "SlowDown")], [], 1.0)
    assert await keys_due(store, 5.0) == ["o.0"]
    assert [row.key for row in await store.outbox.lane("c|1|u|reply", 9)] == ["a.0", "a.1"]
    assert [row.key for row in await store.outbox.lane("c|1|u|reply", 1)] == ["a.0"]
    assert await keys_due(store, 10.0) == ["a.0", "o.0"], "the next of each lane"
    [first, *_] = await store.outbox.due(10.0, 9)
    assert (first.attempts, first.maybe_sent, first.error, first.due) == (1, 1, "SlowDown", 10.0)


async def test_next_due_is_the_earliest_queued(store: Store) -> None:
    assert await store.outbox.next_due() is None
    await store.turns.commit(Batch(effects=[effect("a.0", due=9.0), effect("b.0", "other", due=4.5)]))
    assert await store.outbox.next_due() == 4.5
    await store.outbox.settle([Settled("b.0", "done")], [], [], 5.0)
    assert await store.outbox.next_due() == 9.0


async def test_settling_writes_the_end_and_remembers_what_it_caused_once(store: Store) -> None:
    await store.turns.commit(Batch(effects=[effect("a.0"), effect("a.1"), effect("a.2")]))
    settled = [
        Settled("a.0", "done", receipt='{"m":1}', attempts=2, maybe_sent=1),
        Settled("a.1", "dead", error="Refused"),
    ]
    caused = [event(7), event(8)]
    fresh = await store.outbox.settle(settled, [], caused, 1.0)
    assert [row.event_id for row in fresh] == ["update-7", "update-8"]
    assert await store.outbox.settle(settled, [], caused, 2.0) == [], "a repeat causes nothing"
    [done] = await store.outbox.listing("done", 9)
    assert (done.key, done.receipt, done.attempts, done.maybe_sent) == ("a.0", '{"m":1}', 2, 1)
    assert [(row.key, row.error) for row in await store.outbox.listing("dead", 9)] == [("a.1", "Refused")]
    assert [row.key for row in await store.outbox.listing("queued", 9)] == ["a.2"]
    assert await store.outbox.counts() == {"done": 1, "dead": 1, "queued": 1}


async def test_what_is_done_stays_done(store: Store) -> None:
    await store.turns.commit(Batch(effects=[effect("a.0")]))
    await store.outbox.settle([Settled("a.0", "done")], [], [], 1.0)
    await store.outbox.settle([Settled("a.0", "dead")], [Postponed("a.0", 2.0, 1, 0, "")], [], 2.0)
    assert await store.outbox.counts() == {"done": 1}
    assert not await store.outbox.retry("a.0", 3.0)


async def test_dead_and_uncertain_effects_can_be_tried_again(store: Store) -> None:
    await store.turns.commit(Batch(effects=[effect("a.0"), effect("b.0", "other")]))
    settled = [Settled("a.0", "dead", error="x", attempts=9), Settled("b.0", "uncertain", maybe_sent=1)]
    await store.outbox.settle(settled, [], [], 1.0)
    assert await store.outbox.retry("a.0", 5.0)
    assert await store.outbox.retry("b.0", 5.0)
    assert not await store.outbox.retry("a.0", 5.0)
    assert not await store.outbox.retry("none", 5.0)
    rows = await store.outbox.due(5.0, 9)
    assert [(r.key, r.attempts, r.maybe_sent, r.error, r.status) for r in rows] == [
        ("a.0", 0, 0, "", "queued"),
        ("b.0", 0, 1, "", "queued"),
    ]


async def test_listing_is_newest_first(store: Store) -> None:
    await store.turns.commit(Batch(effects=[effect(f"a.{n}") for n in range(4)]))
    await store.outbox.settle([Settled(f"a.{n}", "done") for n in range(3)], [], [], 1.0)
    assert [row.key for row in await store.outbox.listing("done", 2)] == ["a.2", "a.1"]


async def test_texts_come_back_as_they_were(store: Store) -> None:
    odd = "原文 \U0001f9ff 'quote\" ; -- ?\r\n"
    sent = effect("a.0")._replace(payload=odd, address=json.dumps(["c", "1", odd, ""]))
    await store.turns.commit(Batch(conversations=[Saved("k", odd, 0, 1)], effects=[sent]))
    [row] = await store.outbox.due(0.0, 9)
    assert (row.payload, row.address) == (sent.payload, sent.address)
    assert await store.turns.load(["k"]) == {"k": odd}


async def test_a_text_with_nul_is_kept_or_shows_a_sign_in_its_place(store: Store) -> None:
    await store.turns.commit(Batch(conversations=[Saved("k", "a\0b", 0, 1)], effects=[effect("a.0")]))
    assert (await store.turns.load(["k"]))["k"] in ("a\0b", "a\ufffdb")
    assert await keys_queued(store) == ["a.0"]
