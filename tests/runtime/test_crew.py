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
