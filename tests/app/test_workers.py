"""Many processes on one PostgreSQL: who is killed is replaced, nothing is lost, and each person is answered in order."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.channel import Abilities
from core.config import Role, Runtime
from core.config import Store as StoreSettings
from core.conversation.library import Library
from core.runtime.shared import SharedPace
from core.store.open import open_store
from core.store.rooms import Store
from core.store.sql.store import SqlStore
from tests.app.harness import History, converse, expected, in_process
from tests.app.processes import PATIENT, Nursery, Process, environment, settled_process
from tests.postgres import Server

PEOPLE = 12
IN_FLIGHT = 4
LEASE = 2.5


async def holder(history: History) -> int:
    """The process that leads now, 0 for none."""
    rows = history.rows("SELECT owner FROM lease WHERE name = 'helpline' AND owner <> ''")
    return int(rows[0][0].split(":")[1]) if rows else 0


async def leads(history: History, one: Process) -> None:
    async with asyncio.timeout(PATIENT):
        while await holder(history) != one.pid:
            await asyncio.sleep(0.02)


async def said(stand_in: TelegramStandIn, more: int, talks: list[asyncio.Task[None]]) -> None:
    """Wait until so many more messages have left."""
    before = len(stand_in.ledger)
    while len(stand_in.ledger) < before + more and not all(talk.done() for talk in talks):
        await asyncio.sleep(0.005)


Start = Callable[..., Awaitable[Process]]


async def troubles(
    start: Start, history: History, server: Server, dice: random.Random
) -> tuple[list[Process], int]:
    """A worker, the leader and the server die while people talk: who must still be there at the end, and how often
    something may have been in flight."""
    first = await start("lead", "work")
    await leads(history, first)
    standby = await start("lead", "work")
    workers = [await start("work"), await start("work")]
    talks = [
        asyncio.create_task(converse(history, person, lambda: dice.uniform(0, 0.3)))
        for person in history.people
    ]
    await said(history.stand_in, 4, talks)
    await workers[0].kill()
    workers.append(await start("work"))
    await said(history.stand_in, 4, talks)
    await first.kill()
    await leads(history, standby)
    await said(history.stand_in, 4, talks)
    server.kill()
    await asyncio.sleep(1.5 * LEASE)  # nobody can renew, and nobody is taken for dead
    await asyncio.to_thread(server.start)
    async with asyncio.timeout(2 * PATIENT):
        await asyncio.gather(*talks)
    left = [standby, *workers[1:]]
    return left, 2 + len(left)  # at the two kills, and in each of those when the server died


async def test_workers_leader_and_server_die_and_nothing_is_lost(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings
) -> None:
    server = await asyncio.to_thread(Server)
    try:
        async with TelegramStandIn(limits=UNLIMITED, seed=4) as stand_in:
            stand_in.world.updates.conflict_delay = 0.0
            people = [stand_in.world.add_person(f"p{n}") for n in range(PEOPLE)]
            url = server.ready()
            history = History(stand_in, url, await expected(library, settings), people)
            env = environment(
                stand_in,
                tmp_path,
                HELPLINE_STORE__URL=url,
                HELPLINE_RUNTIME__IN_FLIGHT=str(IN_FLIGHT),
                HELPLINE_RUNTIME__LEASE_SECONDS=str(LEASE),
            )

            async def start(*roles: str) -> Process:
                chosen = [part for role in roles for part in ("--role", role)]
                one = await nursery.start(env, tmp_path, "run", *chosen, beside=True)
                await one.says("is running")
                return one

            left, flights = await troubles(start, history, server, random.Random(4))
            await settled_process(stand_in, history.database)
            assert all(one.running for one in left), [one.said for one in left if not one.running]
            await nursery.end()
        history.check(stand_in.faults.ambiguous("sendMessage") + flights * IN_FLIGHT)
    finally:
        await nursery.end()
        await asyncio.to_thread(server.stop)


class Deaf:
    """A bell behind a pooler that drops LISTEN: it rings, and nobody hears it."""

    async def ring(self) -> None: ...

    async def hear(self, heard: Callable[[], None]) -> None:
        await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("deaf", [False, True], ids=["bell", "no bell"])
async def test_one_receives_and_another_works_with_and_without_the_bell(
    tmp_path: Path, postgres: Server, library: Library, settings: Settings, deaf: bool
) -> None:
    def wrap(store: Store) -> Store:
        if deaf:
            assert isinstance(store, SqlStore)
            store.bell = Deaf()
        return store

    url = postgres.ready()

    def roles(*names: Role) -> Settings:
        own = {"store": StoreSettings(url=url), "runtime": Runtime(roles=names)}
        return settings.model_copy(update=own)

    async with TelegramStandIn(limits=UNLIMITED, seed=5) as stand_in:
        person = stand_in.world.add_person("小明")
        history = History(stand_in, url, await expected(library, settings), [person])
        async with (
            in_process(stand_in, tmp_path, settings=roles("receive", "lead"), wrap=wrap),
            in_process(stand_in, tmp_path, settings=roles("work"), wrap=wrap),
        ):
            await converse(history, person)
            await settled_process(stand_in, url)
        history.check(0)


async def test_four_senders_together_keep_within_the_platforms_window(postgres: Server) -> None:
    """Each of them could use the whole rate; what counts is when the platform hears it."""
    url, rate, each = postgres.ready(), 40, 25
    stores = [await open_store(url) for _ in range(4)]
    can, places = Abilities(per_second=rate), list[float]()

    class Noting(SharedPace):
        """Notes the place that it was given; nothing leaves before it."""

        async def _comes(self, at: float) -> bool:
            comes = await super()._comes(at)
            if comes:
                places.append(at)
                assert self._now() >= at
            return comes

    paces = [Noting("bot", can, store.rates, store.clock or time.time) for store in stores]

    async def send(pace: SharedPace, number: int) -> None:
        for n in range(each):
            await pace.admit(f"{number}.{n}", group=False, rank=9 * (number % 2))

    await asyncio.gather(*(send(pace, number) for number, pace in enumerate(paces)))
    for store in stores:
        await store.close()
    places.sort()
    assert len(places) == 4 * each
    assert places[-1] - places[0] >= (4 * each - 1) / rate, "never more than the platform's rate"
    assert min(later - earlier for earlier, later in pairwise(places)) >= 1 / rate, "no place is taken twice"
