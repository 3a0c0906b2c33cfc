"""Who sends what, where many processes share the work."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from bots.discord.channel import ABILITIES as TIED
from bots.telegram.channel import ABILITIES as FREE
from core.config import Runtime
from core.errors import ConfigError, StoreError
from core.runtime.clock import OurOwn
from core.runtime.crew import crew_of, sends
from core.runtime.lead import Lead
from core.store.rooms import Leases
from core.store.sqlite import open_sqlite

CHANNELS = {"tied": TIED, "free": FREE}


@pytest.mark.parametrize(
    ("works", "leads", "expected"),
    [
        (True, True, ["tied", "free"]),
        (True, False, ["free"]),
        (False, True, ["tied"]),  # or nobody would send what only the leader's connection can
        (False, False, []),
    ],
)
def test_what_is_tied_is_sent_by_the_leader_and_the_rest_by_whoever_works(
    works: bool, leads: bool, expected: list[str]
) -> None:
    assert sends(CHANNELS, works=works, leads=leads) == expected


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
