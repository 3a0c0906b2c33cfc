"""`python -m benchmarks.store_tasks TASK URL [--size N]`: one measured task of `benchmarks.store` in a process of its own.

Ours is the store's own rooms. Beside each stands the same work as bare SQL: the same rows in the same groups and
transactions through the same driver, with no protocol, no check, no fence and no thread trip. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator
from contextlib import closing

from benchmarks.store_common import (
    RUN,
    STATE,
    Bare,
    Meter,
    batch,
    effect,
    effect_values,
    incoming,
    key,
    lesson,
    rss_mb,
)
from core.store.lessons import Recipient
from core.store.open import open_store
from core.store.queries import SQL, listed
from core.store.rooms import Store
from core.store.rows import Batch, Settled

GROUP = 64
"""Turns in one transaction, as the runtime groups them."""
SLICE = 1000
"""Recipients in one transaction of a campaign."""
ANY = 99


# --- turns -----------------------------------------------------------------------------------


def groups(size: int) -> Iterator[tuple[list[int], int]]:
    """(people, turn): everybody takes four turns, in groups; they are spread among all who are stored."""
    people = [61 * n for n in range(max(GROUP, size // 4))]
    for turn in range(1, 5):
        for at in range(0, len(people), GROUP):
            yield people[at : at + GROUP], turn


async def turns(store: Store, size: int) -> dict[str, float]:
    """A message in, its turn: two transactions a group."""
    done = 0
    async with Meter() as meter:
        for people, turn in groups(size):
            rows = await store.inbox.add(incoming(people, turn), 1.0)
            await store.turns.load([key(p) for p in people])
            await store.turns.commit(batch(people, turn, [row.id for row in rows]))
            done += len(people)
    return meter.per(done)


async def bare_turns(bare: Bare, size: int) -> dict[str, float]:
    """The rows of those turns: two transactions a group."""
    done = 0
    async with Meter() as meter:
        for people, turn in groups(size):
            events = [(e.channel, e.event_id, e.lane, e.payload, 1.0) for e in incoming(people, turn)]
            with bare:
                bare.many("event_add", events)
            one = batch(people, turn, ())
            with bare:
                name = "conversation_save" if turn > 1 else "conversation_new"
                saved = [
                    (s.state, s.revision, s.key, s.before) if turn > 1 else (s.key, s.state, s.revision)
                    for s in one.conversations
                ]
                bare.many(name, saved)
                bare.run(listed("event_turned", len(people)), range(done + 1, done + 1 + len(people)))
                bare.many("effect_add", [effect_values(e) for e in one.effects])
                bare.many(
                    "subscriber_save",
                    [(s.channel, s.user, s.chat, s.language, s.seen_at, s.blocked_at) for s in one.people],
                )
                bare.many("audit_append", [(a.at, a.actor, a.action, a.subject, a.detail) for a in one.audit])
            done += len(people)
    return meter.per(done)


async def upserts(bare: Bare, size: int) -> dict[str, float]:
    """The barest floor: one upsert of a state for each turn, committed in groups."""
    done = 0
    bare.run("CREATE TABLE IF NOT EXISTS floor (key TEXT PRIMARY KEY, state TEXT NOT NULL)")
    sql = (
        "INSERT INTO floor (key, state) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET state = excluded.state"
    )
    async with Meter() as meter:
        for people, turn in groups(size):
            with bare:
                bare.each(sql, [(key(p), STATE % (p, p, turn, turn)) for p in people])
            done += len(people)
    return meter.per(done)


# --- claims ----------------------------------------------------------------------------------

MANY = """
WITH RECURSIVE people (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM people WHERE n < ?)
INSERT INTO conversation (key, state, revision)
SELECT 'c|' || n || '|s' || n, '[["c","1","1",""],"zh",[["password_reset","c066823b870385dc",{},0,[],[]]],"bot",0,[],1]', 1
FROM people
"""
SETTLE = "UPDATE effect SET status = 'done', receipt = ?, attempts = 1, settled_at = ? WHERE key = ? AND status <> 'done'"
WORKERS = 4
BATCH = 100
DEEP = 5


async def fill(store: Store, size: int) -> None:
    """So many rows, five for each person, none of them done."""
    for at in range(0, size // DEEP, 1000):
        people = range(at, min(at + 1000, size // DEEP))
        await store.turns.commit(Batch(effects=[effect(p, t) for t in range(DEEP) for p in people]))


async def claims(store: Store, size: int, url: str) -> dict[str, float]:
    """Four workers claim, do nothing and settle, each person in order, until nothing is left."""
    await fill(store, size)
    stores = [await open_store(url) for _ in range(WORKERS)]
    numbers = [await one.workers.join("bench", 1e12) for one in stores]
    done = [0]

    async def work(one: Store, number: int) -> None:
        while done[0] < size:
            rows = await one.workers.claim_effects(number, ["c"], 2.0, BATCH, ANY)
            await one.outbox.settle([Settled(row.key, "done", "1") for row in rows], [], [], 3.0)
            done[0] += len(rows)

    async with Meter() as meter:
        await asyncio.gather(*(work(*pair) for pair in zip(stores, numbers, strict=True)))
    for one in stores:
        await one.close()
    return meter.per(done[0])


async def bare_claims(store: Store, size: int, url: str) -> dict[str, float]:
    """The same statements by hand, from four threads."""
    await fill(store, size)
    done = [0]

    def work(number: int) -> None:
        with closing(Bare(url)) as bare:
            while done[0] < size:
                with bare:
                    bare.run(SQL["claim_plan"])
                    rows = bare.run(listed("effect_claim", 1), (2.0, ANY, "c", BATCH, number)).fetchall()
                rows.sort()
                with bare:
                    bare.each(SETTLE, [("1", 3.0, row[1]) for row in rows])
                done[0] += len(rows)

    async with Meter() as meter:
        await asyncio.gather(*(asyncio.to_thread(work, n + 1) for n in range(WORKERS)))
    return meter.per(done[0])


# --- fan-out ---------------------------------------------------------------------------------


def subscribe(bare: Bare, size: int) -> None:
    """So many people who want lessons, and one run over them."""
    for at in range(0, size, 10_000):
        people = range(at, min(at + 10_000, size))
        with bare:
            bare.many("subscriber_save", [("c", f"{p:08}", f"{p:08}", "zh", 1.0, 0.0) for p in people])
            bare.many("subscription_save", [("c", f"{p:08}", "zh", "UTC", "all", 1.0) for p in people])
    with bare:
        bare.run(SQL["slot_claim"], (RUN.schedule, RUN.slot, 1.0))
        bare.run(SQL["run_begin"], (RUN.schedule, RUN.slot, RUN.zone, RUN.due, "running"))


async def fanout(store: Store, size: int) -> dict[str, float]:
    """Slices of a thousand: read, make, queue, move the cursor; memory is watched."""
    before, done, more = rss_mb(), 0, True
    async with Meter() as meter:
        while more:
            more, rows = await store.lessons.slice(RUN, SLICE, lesson)
            done += len(rows)
    assert done == size
    return meter.per(done) | {"rss_mb": rss_mb() - before}


async def bare_fanout(bare: Bare, size: int) -> dict[str, float]:
    at, done = ("", ""), 0
    async with Meter() as meter:
        while True:
            with bare:
                found = bare.run(SQL["subscription_next"], (RUN.zone, RUN.due, *at, SLICE)).fetchall()
                made = [lesson(Recipient(c, p, chat, lang, (t,), ())) for c, p, chat, lang, t, _ in found]
                bare.many("effect_add", [effect_values(row) for _, rows in made for row in rows])
                bare.many("subscription_given", [("phishing", row[0], row[1]) for row in found])
                at = found[-1][:2] if found else at
                bare.run(SQL["run_move"], (*at, len(found), "running", RUN.schedule, RUN.slot))
            done += len(found)
            if len(found) < SLICE:
                break
    assert done == size
    return meter.per(done)


# --- one task --------------------------------------------------------------------------------


async def task(name: str, url: str, size: int) -> dict[str, float]:
    """One of them, on a new store at `url`."""
    store = await open_store(url)
    try:
        with closing(Bare(url)) as bare:
            match name:
                case "turns":
                    return await turns(store, size)
                case "bare_turns":
                    return await bare_turns(bare, size)
                case "upserts":
                    return await upserts(bare, size)
                case "claims":
                    return await claims(store, size, url)
                case "bare_claims":
                    return await bare_claims(store, size, url)
                case "fanout":
                    subscribe(bare, size)
                    return await fanout(store, size)
                case "bare_fanout":
                    subscribe(bare, size)
                    return await bare_fanout(bare, size)
                case "full" | "small":
                    with bare:
                        bare.run(MANY, (1_000_000 if name == "full" else 1_000,))
                    if name == "full":
                        bare.run("ANALYZE")
                    return await turns(store, size)
    finally:
        await store.close()
    raise ValueError(name)


def main() -> None:
    """Measure one task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task")
    parser.add_argument("url")
    parser.add_argument("--size", type=int, default=20_000)
    args = parser.parse_args()
    print(json.dumps(asyncio.run(task(args.task, args.url, args.size))))


if __name__ == "__main__":
    main()
