"""A clock that is set forward and back: this machine's, on both engines, and the one of a server of PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from bots.local.faults import SLOW_DOWN
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Rates, Settings
from core.config import Runtime
from core.config import Store as StoreSettings
from core.conversation.library import Library
from core.runtime import member
from core.store.postgres import open_postgres
from tests.app.harness import History, converse, expected, in_process, settled
from tests.app.processes import settled_process
from tests.postgres import Server

HOUR = 3600.0
JUMPS = (0.0, HOUR, -HOUR)
ENGINES = ["sqlite", "postgres"]
LEASE = 3.0


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock of this machine, for every room of the program."""
    real, by = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + by[0])

    def put(seconds: float) -> None:
        by[0] = seconds

    return put


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> tuple[Path | str, Settings]:
    """A new store of the engine, and the settings that name it."""
    if request.param == "sqlite":
        return tmp_path / "helpline.db", settings
    url = request.getfixturevalue("postgres").ready()
    return url, settings.model_copy(update={"store": StoreSettings(url=url)})


@pytest.mark.parametrize("where", ENGINES, indirect=True)
async def test_row_23_a_clock_that_jumps_loses_nothing(
    tmp_path: Path, library: Library, where: tuple[Path | str, Settings], ahead: Callable[[float], None]
) -> None:
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        people = [stand_in.world.add_person(f"p{n}") for n in range(len(JUMPS))]
        history = History(stand_in, where[0], await expected(library, where[1]), people)
        async with in_process(stand_in, tmp_path, settings=where[1], now=lambda: time.time()) as service:
            for person, jump in zip(people, JUMPS, strict=True):
                ahead(jump)
                await converse(history, person)
                await settled(stand_in, service)
        history.check(0)


@pytest.mark.parametrize("where", ENGINES, indirect=True)
async def test_row_23_what_a_clock_that_was_ahead_put_off_does_not_wait_for_it(
    tmp_path: Path, library: Library, where: tuple[Path | str, Settings], ahead: Callable[[float], None]
) -> None:
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        people = [stand_in.world.add_person(f"p{n}") for n in range(3)]
        history = History(stand_in, where[0], await expected(library, where[1]), people)
        talks = [asyncio.create_task(converse(history, person)) for person in people]
        stand_in.faults.chance("sendMessage", {SLOW_DOWN: 1.0})
        ahead(HOUR)
        async with in_process(stand_in, tmp_path, settings=where[1], now=lambda: time.time()):
            async with asyncio.timeout(60):
                while len(stand_in.faults.applied) < len(people):
                    await asyncio.sleep(0.005)
        assert not len(stand_in.ledger)
        stand_in.faults.clear()
        ahead(0.0)
        async with in_process(stand_in, tmp_path, settings=where[1], now=lambda: time.time()) as service:
            await asyncio.gather(*talks)
            await settled(stand_in, service)
        history.check(0)


def server_with_a_clock(postgres: Server) -> tuple[str, Callable[[float], None]]:
    """A database whose `clock_timestamp` is ours, and what sets it."""
    url = postgres.ready() + "&options=-csearch_path%3Dpublic%2Cpg_catalog"

    def put(seconds: float) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE sql AS "
                f"'SELECT pg_catalog.clock_timestamp() + make_interval(secs => {seconds})'".encode()
            )

    return url, put


async def test_row_23_a_servers_clock_that_is_set_loses_nothing_stops_nobody_and_keeps_no_dead_worker(
    tmp_path: Path, library: Library, settings: Settings, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pauses, places in the rate and leases stand in rows by the old time; whoever works learns the new one."""
    monkeypatch.setattr(member, "RECOVERY", 0.5)
    url, put = server_with_a_clock(postgres)
    store = await open_postgres(url)
    assert store.clock is not None
    update = {"store": StoreSettings(url=url), "runtime": Runtime(lease_seconds=LEASE)}
    own, rates = settings.model_copy(update=update), Rates(per_second=500, chat_burst=0, group_per_minute=0)
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        people = [stand_in.world.add_person(f"p{n}") for n in range(len(JUMPS))]
        history = History(stand_in, url, await expected(library, settings), people)
        async with (
            in_process(stand_in, tmp_path, settings=own, rates=rates),
            in_process(stand_in, tmp_path, settings=own, rates=rates),
        ):
            for person, jump in zip(people, JUMPS, strict=True):
                put(jump)
                await store.clock.look()
                dead = await store.workers.join(f"dead {jump}", store.clock() + LEASE)
                store.database.fence.pop(f"worker {dead}")  # type: ignore[attr-defined]
                await store.rates.hold("telegram-main", store.clock() + 0.1)
                await converse(history, person)
                await settled_process(stand_in, url)
            async with asyncio.timeout(60):
                while any(owner.startswith("dead") for owner in await store.workers.owners()):
                    await asyncio.sleep(0.05)
            assert len(await store.workers.owners()) == 2, "and nobody who lives was taken for dead"
        history.check(0)
    await store.close()
