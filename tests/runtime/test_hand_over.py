"""Who leads is replaced within its lease and a second, whenever it dies: real SQL, and time that is leapt over."""

from __future__ import annotations

import asyncio
import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from core.runtime.clock import OurOwn
from core.runtime.lead import Lead
from core.store.database import T, Work
from core.store.migrations import migrations, statements
from core.store.sql.small import SqlLeases
from tests.runtime.leaping import leap

SLOW = 0.2
"""Seconds that each answer of the database takes: a look at the lease needs more than one."""


class Here:
    """A database in this very thread, so that nothing waits for another one."""

    def __init__(self) -> None:
        self.fence: dict[str, int] = {}
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        for statement in statements(migrations()[0].text):
            self._db.execute(statement)

    async def read(self, work: Work[T]) -> T:
        """Look."""
        await asyncio.sleep(SLOW)
        return work(self._db)

    write = write_unfenced = read

    async def close(self) -> None:
        """Let go."""
        self._db.close()


@given(st.floats(1.0, 60.0), st.floats(0.0, 20.0), st.floats(0.0, 20.0))
def test_a_leader_is_replaced_within_its_lease_and_a_second(lease: float, begun: float, lived: float) -> None:
    async def play() -> float:
        clock, database = OurOwn(asyncio.get_running_loop().time), Here()
        first, second = (Lead(SqlLeases(database), lease, clock) for _ in range(2))
        await first.stand_by()
        keeping = asyncio.create_task(first.keep())
        await asyncio.sleep(begun)
        waiting = asyncio.create_task(second.stand_by())
        await asyncio.sleep(lease + lived)
        assert not waiting.done(), "while it lives, nobody else leads"
        keeping.cancel()  # kill -9: nothing is said to anybody
        died = clock()
        await waiting
        await database.close()
        return clock() - died

    assert leap(play()) <= lease + 1.0
