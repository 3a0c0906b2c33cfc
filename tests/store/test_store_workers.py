"""Claims, the leases of workers and the shared rate: on both engines, and against a model of the order."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import pytest

from core.store.rooms import Fenced, Store
from core.store.rows import Batch, EffectRow, NewEffect, NewEvent, Postponed, Settled
from tests.store.conftest import Reopen

ANY = 99


def event(number: int, lane: str) -> NewEvent:
    return NewEvent("c", f"update-{number}", lane, "{}")


def effect(key: str, lane: str, rank: int = 0, due: float = 0.0, channel: str = "c") -> NewEffect:
    return NewEffect(key, lane, rank, "send", f'["{channel}","1","u",""]', "{}", due)


async def keys(store: Store, number: int, limit: int = 9, rank: int = ANY, now: float = 0.0) -> list[str]:
    rows = await store.workers.claim_effects(number, ["c"], now, limit, rank)
    return [row.key for row in rows]


async def swept(store: Store, now: float) -> int:
    return await store.workers.sweep(await store.workers.late(now), now)


async def test_two_workers_never_hold_the_same_lane(reopen: Reopen) -> None:
    one, two = await reopen(), await reopen()
    first, second = await one.workers.join("one", 9.0), await two.workers.join("two", 9.0)
    assert first != second
    rows = await one.inbox.add([event(n, f"lane {n % 3}") for n in range(6)], 0.0)
    taken = await one.workers.claim_events(first, 2)
    assert taken == rows[:2]
    assert await two.workers.claim_events(second, 9) == rows[2:3], "the rest of a lane waits behind its first"
    assert await one.workers.claim_events(first, 9) == rows[:2], "what a failed group had comes again"
    await one.turns.commit(Batch(turned=[rows[0].id]))
    assert await two.workers.claim_events(second, 9) == [rows[2], rows[3]]


async def test_effects_are_claimed_by_lane_rank_time_and_channel(store: Store) -> None:
    number = await store.workers.join("me", 9.0)
    await store.turns.commit(
        Batch(
            effects=[
                effect("low.0", "x|e", 9),
                effect("a.0", "a|r"),
                effect("a.1", "a|r"),
                effect("late.0", "l|t", due=5.0),
                effect("other.0", "o|r", channel="d"),
                effect("b.0", "b|r"),
            ]
        )
    )
    assert await keys(store, number, 1) == ["a.0"]
    assert await keys(store, number, rank=0) == ["b.0"]
    assert await keys(store, number) == ["low.0"]
    assert await keys(store, number) == []
    assert await keys(store, number, now=5.0) == ["late.0"]
    await store.outbox.settle([Settled("a.0", "done")], [], [], 1.0)
    assert await keys(store, number) == ["a.1"]
    assert await store.workers.claim_effects(number, [], 9.0, 9, ANY) == []


async def test_what_is_let_go_or_revived_can_be_claimed_again(store: Store) -> None:
    number = await store.workers.join("me", 9.0)
    await store.turns.commit(Batch(effects=[effect("a.0", "a|r"), effect("b.0", "b|r")]))
    assert await keys(store, number) == ["a.0", "b.0"]
    await store.outbox.settle([Settled("b.0", "dead")], [Postponed("a.0", 5.0, 1, 0, "slow")], [], 1.0)
    assert await keys(store, number, now=9.0) == [], "postponed for a while, but still held"
    await store.workers.let_go(number + 1, ["a.0"])
    assert await keys(store, number, now=9.0) == [], "it is not theirs"
    await store.workers.let_go(number, ["a.0"])
    assert await keys(store, number) == []
    assert await keys(store, number, now=5.0) == ["a.0"]
    assert await store.outbox.retry("b.0", 6.0)
    assert await keys(store, number, now=6.0) == ["b.0"]


async def test_a_worker_finds_what_a_claim_gave_it_whose_answer_got_lost(store: Store) -> None:
    number = await store.workers.join("me", 9.0)
    await store.turns.commit(
        Batch(effects=[effect("low.0", "x|e", 9), effect("a.0", "a|r"), effect("b.0", "b|r")])
    )
    assert await store.workers.claimed(number) == []
    await keys(store, number)
    await store.outbox.settle([Settled("b.0", "done")], [], [], 1.0)
    assert [row.key for row in await store.workers.claimed(number)] == ["a.0", "low.0"]
    assert await store.workers.claimed(number + 1) == []


async def test_the_rows_of_a_dead_worker_are_free_after_its_lease_and_its_writes_are_fenced(
    reopen: Reopen,
) -> None:
    dead, alive = await reopen(), await reopen()
    first, second = await dead.workers.join("dead", 5.0), await alive.workers.join("alive", 9.0)
    rows = await dead.inbox.add([event(1, "a"), event(2, "b")], 0.0)
    await dead.turns.commit(Batch(effects=[effect("e.0", "e|r")]))
    assert await dead.workers.claim_events(first, 9) == rows
    assert await keys(dead, first) == ["e.0"]
    assert await alive.workers.renew(second, 15.0)
    assert await swept(alive, 5.0) == 0, "it might still be there"
    assert await alive.workers.claim_events(second, 9) == []
    assert sorted(await alive.workers.owners()) == ["alive", "dead"]
    assert await swept(alive, 6.0) == 1
    assert await alive.workers.owners() == ["alive"]
    assert await alive.workers.claim_events(second, 9) == rows
    assert await keys(alive, second) == ["e.0"]
    with pytest.raises(Fenced):
        await dead.turns.commit(Batch(turned=[rows[0].id]))
    with pytest.raises(Fenced):
        await dead.workers.claim_events(first, 9)
    assert not await dead.workers.renew(first, 99.0)
    await alive.workers.leave(second)
    third = await alive.workers.join("again", 20.0)
    assert await alive.workers.claim_events(third, 9) == rows


async def test_a_lease_by_a_clock_that_was_ahead_holds_nobody_off(reopen: Reopen) -> None:
    one, two = await reopen(), await reopen()
    await one.workers.join("ahead", 3600.0)
    number = await two.workers.join("now", 5.0)
    assert await one.leases.take("lead", "ahead", 3600.0, 5.0)
    assert await swept(two, 0.0) == 1
    assert await two.workers.owners() == ["now"]
    assert await two.workers.renew(number, 6.0)
    assert await two.leases.take("lead", "now", 0.0, 5.0) == 2


async def test_what_a_clock_that_was_ahead_queued_is_due_now(store: Store) -> None:
    kinds = {"send": "send", "tried": "send", "long": "send", "remind": "remind", "deliver": "deliver"}
    rows = [effect(key, key, due=5000.0)._replace(kind=kind) for key, kind in kinds.items()]
    await store.turns.commit(Batch(effects=rows))
    tries = [Postponed("tried", 500.0, 1, 0, "429"), Postponed("long", 5000.0, 1, 0, "429")]
    await store.outbox.settle([], tries, [], 5000.0)
    assert await store.outbox.hasten(100.0, 1000.0) == 2
    found = {row.key: row.due for row in await store.outbox.listing("queued", 9)}
    assert found == {"send": 100.0, "tried": 500.0, "long": 100.0, "remind": 5000.0, "deliver": 5000.0}


async def test_what_was_counted_by_another_clock_is_forgotten(store: Store) -> None:
    rates = store.rates
    await rates.hold("bot", 3600.0)
    await rates.count("bot", "x", lambda _: ("3600", 3600.0))
    await rates.begin_anew(10.0)
    assert await rates.reserve("bot", 1.0, 10.0) == (True, 10.0)
    assert await rates.counted("bot", "x") == ""
    assert (await rates.free_at("bot"), await rates.free_at("other")) == (11.0, 0.0)


async def test_four_workers_perform_every_row_once_and_each_lane_in_order(reopen: Reopen) -> None:
    """Claims, performs and settles side by side, while more rows come in."""
    stores = [await reopen() for _ in range(4)]
    lanes, depth = 12, 6
    done: dict[str, list[int]] = defaultdict(list)

    async def work(store: Store) -> None:
        number = await store.workers.join("x", 9.0)
        while sum(map(len, done.values())) < lanes * depth:
            rows: list[EffectRow] = await store.workers.claim_effects(number, ["c"], 0.0, 5, ANY)
            for row in rows:
                await asyncio.sleep(0)
                done[row.lane].append(int(row.key.rpartition(".")[2]))
            await store.outbox.settle([Settled(row.key, "done") for row in rows], [], [], 0.0)

    async def make() -> None:
        for n in range(depth):
            rows = [effect(f"{lane}.{n}", f"lane {lane}|r", 9 * (lane % 2)) for lane in range(lanes)]
            await stores[0].turns.commit(Batch(effects=rows))

    await asyncio.gather(make(), *(work(store) for store in stores))
    assert dict(done) == {f"lane {lane}|r": list(range(depth)) for lane in range(lanes)}


async def test_places_in_the_rate_are_apart_whoever_asks(reopen: Reopen) -> None:
    stores = [await reopen() for _ in range(4)]
    asked = await asyncio.gather(*(store.rates.reserve("bot", 0.5, 10.0) for store in stores * 2))
    assert sorted(asked) == [(True, 10.0 + n / 2) for n in range(8)]
    assert await stores[0].rates.reserve("other", 0.5, 10.0) == (True, 10.0)
    assert await stores[0].rates.reserve("bot", 0.5, 10.0, 1.0) == (False, 10.5), "a broadcast does not queue"
    assert await stores[0].rates.reserve("bot", 0.5, 13.0, 1.0) == (True, 14.0)
    assert await stores[0].rates.reserve("bot", 0.5, 20.0) == (True, 20.0), (
        "what was not used is not made up for"
    )
    await stores[1].rates.hold("bot", 60.0)
    await stores[1].rates.hold("bot", 40.0)
    assert await stores[2].rates.reserve("bot", 0.5, 21.0) == (True, 60.0)
    await stores[3].rates.hold("new", 7.0)
    assert await stores[3].rates.reserve("new", 1.0, 0.0) == (True, 7.0)


class Few:
    """A chat that may get two messages, each of which is forgotten after ten seconds."""

    key = "chat"

    def wait(self, state: str, now: float) -> float:
        times = [float(part) for part in state.split()]
        return times[-2] + 10.0 - now if len(times) > 1 else 0.0

    def spent(self, state: str, at: float) -> tuple[str, float]:
        return f"{state} {at}", at + 10.0


async def test_a_chat_is_counted_with_the_place_whoever_asks(reopen: Reopen) -> None:
    stores = [await reopen() for _ in range(4)]
    asked = await asyncio.gather(*(store.rates.reserve("bot", 0.5, 10.0, None, Few()) for store in stores))
    assert sorted(asked) == [(False, 20.0), (False, 20.0), (True, 10.0), (True, 10.5)]
    rates = stores[0].rates
    assert await rates.reserve("bot", 0.5, 20.0, None, Few()) == (True, 20.0)
    assert await rates.reserve("bot", 0.5, 20.0, 0.4, Few()) == (False, 20.5), "the bot has no place"
    assert await rates.counted("bot", "chat") == " 10.0 10.5 20.0", "what got no place is not counted"
    assert await rates.reserve("bot", 0.5, 21.0) == (True, 21.0), "other chats do not wait for it"


async def test_a_counter_loses_nothing_and_is_forgotten_after_its_time(reopen: Reopen) -> None:
    stores = [await reopen() for _ in range(4)]
    await asyncio.gather(
        *(store.rates.count("bot", "x", lambda text: (text + "i", 50.0)) for store in stores * 5)
    )
    await stores[0].rates.count("bot", "y", lambda text: (text + "j", 60.0))
    assert await stores[1].rates.counted("bot", "x") == "i" * 20
    assert await stores[1].rates.counted("x", "bot") == ""
    await stores[2].rates.forget(55.0)
    assert [await stores[3].rates.counted("bot", key) for key in "xy"] == ["", "j"]


async def test_parts_are_claimed_once_and_go_with_the_lease_of_whoever_holds_them(reopen: Reopen) -> None:
    one, two = await reopen(), await reopen()
    first, second = await one.workers.join("one", 5.0), await two.workers.join("two", 9.0)
    assert await one.parts.join("c", first, 3, adopt=False) == 3
    assert await two.parts.join("c", second, 5, adopt=False) == 3, "not joined: the others share three"
    assert await one.parts.look("c") == ((first,), {0: 0, 1: 0, 2: 0})
    assert await two.parts.join("c", second, 5, adopt=True) == 3
    claimed = await asyncio.gather(one.parts.claim("c", first, 2), two.parts.claim("c", second, 2))
    assert sorted(number for each in claimed for number in each) == [0, 1, 2]
    mine, other = next(iter(claimed[0])), next(iter(claimed[1]))
    assert await one.parts.keep("c", first, mine, "s1")
    assert not await one.parts.keep("c", first, other, "not mine")
    await one.parts.release("c", first, other)
    assert other in {
        number for number, holder in (await one.parts.look("c")).holders.items() if holder == second
    }
    assert set((await two.parts.owners("c")).values()) == {"one", "two"}
    assert await swept(two, 6.0) == 1
    assert (await two.parts.look("c")).sharers == (second,)
    with pytest.raises(Fenced):
        await one.parts.keep("c", first, mine, "too late")
    assert (await two.parts.claim("c", second, 9))[mine] == "s1"
    await two.parts.release("c", second, mine)
    assert (await two.parts.owners("c"))[mine] == ""
    await two.workers.leave(second)
    third = await two.workers.join("three", 9.0)
    assert await two.parts.join("c", third, 2, adopt=False) == 2, "nobody shares: another number begins anew"
    assert await two.parts.claim("c", third, 9) == {0: "", 1: ""}


async def test_a_note_is_read_until_it_is_out_of_date(reopen: Reopen) -> None:
    one, two = await reopen(), await reopen()
    await one.rates.count("a", "", lambda _: ("1", 5.0))
    await two.rates.count("a", "", lambda _: ("2", 6.0))
    assert [await one.rates.counted("a", "", now) for now in (5.5, 6.0)] == ["2", ""]
    assert await one.rates.counted("b", "") == ""
