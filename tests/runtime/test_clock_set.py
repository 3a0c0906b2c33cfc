"""A database's clock that is set: nobody who lives is taken for dead, whichever of two processes sees it first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import cast

import pytest

from core.runtime.lead import LEASE, Lead
from core.runtime.member import Member
from core.store.rooms import Leases, Store
from core.store.sqlite import open_sqlite

JUMPS = [7200.0, -7200.0]
FIRST = ["the one who lives", "somebody beside the one who looks"]
SECONDS = 0.05


class Server:
    """The time that really passes, and what its clock shows beside it."""

    passed = 1_000_000.0
    shows = 0.0


class Seen:
    """The server's clock as one process saw it last."""

    def __init__(self, server: Server) -> None:
        self._server, self._offset, self.era = server, server.shows, 0

    def __call__(self) -> float:
        return self._server.passed + self._offset

    async def look(self) -> None:
        self.era += self._offset != self._server.shows
        self._offset = self._server.shows


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    one = await open_sqlite(":memory:")
    yield one
    await one.close()


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("jump", JUMPS)
async def test_no_worker_that_lives_is_taken_for_dead(store: Store, jump: float, first: str) -> None:
    server, freed = Server(), list[bool]()

    async def anew() -> None: ...

    clocks = Seen(server), Seen(server)
    looks, lives = (Member(store.workers, SECONDS, one, lambda: freed.append(True), anew) for one in clocks)
    for one in (looks, lives):
        await one.join()
        one._seconds = 600.0  # by our own clock, which goes on
        await one._renew()
    server.passed += 500.0
    for one in (looks, lives):
        one._due = True
        await one._renew()
    server.passed += 200.0  # a whole lease has gone by without trouble
    server.shows = jump
    if first == FIRST[0]:
        await lives._look_at_the_clock()
        await lives._renew()
    else:
        await clocks[0].look()
    await looks._sweep()
    assert not freed
    await lives._look_at_the_clock()
    assert await lives._renew()
    assert len(await store.workers.owners()) == 2


class Jumping:
    """Leases of a leader that renews before each question; the clock is set behind the answer to one of them."""

    def __init__(self, leases: Leases, server: Server, first: str, jump: float) -> None:
        self.take = leases.take
        self._leases, self._server, self._first, self._jump = leases, server, first, jump
        self.leader, self.other = Seen(server), Seen(server)
        self.lead = Lead(leases, SECONDS, self.leader)
        self.asked = 0

    async def _renewed(self) -> None:
        await self._leases.renew(LEASE, self.lead._owner, self.leader(), SECONDS)

    async def holder(self, name: str) -> tuple[str, float] | None:
        self._server.passed += SECONDS / 2
        self.asked += 1
        if self.asked != 11:  # the leader learns of it a look later
            await self.leader.look()
        await self._renewed()
        found = await self._leases.holder(name)
        if self.asked == 10:
            self._server.shows = self._jump
            if self._first == FIRST[0]:
                await self.leader.look()
                await self._renewed()
            else:
                await self.other.look()
        return found


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("jump", JUMPS)
async def test_no_leader_that_lives_is_replaced(store: Store, jump: float, first: str) -> None:
    leases = Jumping(store.leases, Server(), first, jump)
    await leases.lead.stand_by()
    waiting = asyncio.create_task(Lead(cast(Leases, leases), SECONDS, leases.other).stand_by())
    async with asyncio.timeout(60):
        while leases.asked < 14 and not waiting.done():
            await asyncio.sleep(0.005)
    assert not waiting.done()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    holder = await store.leases.holder(LEASE)
    assert holder is not None
    assert holder[0] == leases.lead._owner
