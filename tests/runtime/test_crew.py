"""Who may do what, where many processes share the work, or one has it all."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from core.config import Runtime
from core.errors import ConfigError, StoreError
from core.runtime.clock import OurOwn
from core.runtime.crew import crew_of
from core.runtime.lead import Lead
from core.runtime.member import Member
from core.store.rooms import Leases
from core.store.sqlite import open_sqlite


async def test_a_file_has_one_process_that_does_everything() -> None:
    store = await open_sqlite(":memory:")
    crew_of(store, Runtime(), lambda: 0.0)
    with pytest.raises(ConfigError, match="only with PostgreSQL"):
        crew_of(store, Runtime(roles=("work",)), lambda: 0.0)
    await store.close()


class Unheard:
    """Leases of which the first that is granted is never answered."""

    def __init__(self, leases: Leases) -> None:
        self.holder = leases.holder
        self._leases = leases
        self.asked = 0

    async def take(self, name: str, owner: str, now: float, seconds: float, *, force: bool) -> int | None:
        self.asked += 1
        epoch = await self._leases.take(name, owner, now, seconds, force=force)
        if self.asked == 1:
            raise StoreError("The database server cannot be reached.")
        return epoch


async def test_a_leader_that_was_never_told_so_does_not_wait_for_its_own_lease() -> None:
    store = await open_sqlite(":memory:")
    leases = Unheard(store.leases)
    async with asyncio.timeout(30):
        await Lead(cast(Leases, leases), 0.05, OurOwn(lambda: 0.0)).stand_by()
    assert leases.asked == 2
    await store.close()


async def test_who_stood_still_takes_nobody_for_dead_before_another_lease() -> None:
    """Where a whole machine stands still, all of its processes do: the first that wakes must not end the others."""
    store = await open_sqlite(":memory:")
    now, lease, freed = [1_000.0], 600.0, list[bool]()

    async def anew() -> None: ...

    one = Member(store.workers, lease, OurOwn(lambda: now[0]), lambda: freed.append(True), anew)
    await one.join()
    now[0] += lease + 1
    await store.workers.join("host:1:0", now[0] - 1)
    one._looked -= 0.6 * lease
    await one._sweep()
    assert not freed
    now[0] += lease - 1
    await one._sweep()
    assert not freed
    now[0] += 2
    await one._sweep()
    assert freed == [True]
    await store.close()
