"""Behind a pooler that hands out another session for each transaction: no statement is another's, and nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from itertools import product

import pytest

from core.store import postgres_database
from core.store.database import Db
from core.store.postgres import open_postgres
from core.store.postgres_database import PREPARE, PostgresDatabase
from core.store.rows import Batch, NewEffect, NewEvent
from tests.pooler import pooled
from tests.postgres import Server


async def test_no_statement_is_ever_another_clients_of_the_same_name(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_database, "CONNECTIONS", 1)
    async with pooled(postgres.fresh(), sessions=2) as (url, pooler):
        one, two = PostgresDatabase(url), PostgresDatabase(url)
        held, over = threading.Event(), threading.Event()

        def hold(_: Db) -> None:
            held.set()
            over.wait(60)

        async def says(database: PostgresDatabase, word: str) -> str:
            return str(await database.read(lambda db: db.execute(f"SELECT '{word}'").fetchone()[0]))

        assert {await says(one, "one") for _ in range(PREPARE + 2)} == {"one"}
        holding = asyncio.create_task(one.read(hold))
        await asyncio.to_thread(held.wait, 60)
        assert {await says(two, "two") for _ in range(PREPARE + 2)} == {"two"}, "in the second session"
        over.set()
        await holding
        before = pooler.moved
        assert {await says(two, "two") for _ in range(3)} == {"two"}, "in the first, where one was"
        assert pooler.moved > before
        await one.close()
        await two.close()


async def test_many_processes_lose_and_double_nothing(postgres: Server) -> None:
    async with pooled(postgres.ready(), sessions=3) as (url, pooler):
        stores = await asyncio.gather(*(open_postgres(url) for _ in range(3)))
        for number, store in enumerate(stores):
            await store.workers.join(f"w{number}", store.clock() + 600.0 if store.clock else 0.0)

        async def work(number: int, task: int) -> None:
            store, name = stores[number], f"{number}{task}"
            for n in range(8):
                await store.rates.count("bot", "x", lambda text: (f"{int(text or 0) + 1}", 9e9))
                [row] = await store.inbox.add([NewEvent("c", f"{name}-{n}", f"lane {n}", "{}")], 1.0)
                effect = NewEffect(f"{name}.{n}", f"{n}|r", 0, "send", '["c","1","u",""]', "{}", 0.0)
                await store.turns.commit(Batch(turned=[row.id], effects=[effect]))

        await asyncio.gather(*(work(*who) for who in product(range(3), range(3))))
        assert pooler.moved
        assert await stores[0].rates.counted("bot", "x") == "72"
        assert await stores[1].outbox.counts() == {"queued": 72}
        assert await stores[2].inbox.waiting(0, 99) == []
        for store in stores:
            await store.close()


@pytest.mark.parametrize("pooler", [False, True])
async def test_statements_are_prepared_where_sessions_are_our_own(postgres: Server, *, pooler: bool) -> None:
    url = postgres.fresh()

    async def prepared(url: str) -> int:
        database = PostgresDatabase(url)

        def work(db: Db) -> int:
            for _ in range(PREPARE + 1):
                db.execute("SELECT 1")
            return int(db.execute("SELECT COUNT(*) FROM pg_prepared_statements").fetchone()[0])

        found = await database.read(work)
        await database.close()
        return found

    if pooler:
        async with pooled(url, sessions=1) as (through, _):
            assert await prepared(through) == 0
    else:
        assert await prepared(url) > 0
