"""Many workers on one store: each has a number, claims rows under it, and loses them when its lease runs out.

A claimed row belongs to its holder until it is done or let go. A holder that was killed does not renew its lease;
whoever notices takes the lease away and frees the rows in one transaction, and if the holder was only asleep, its
next write is fenced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.store.database import Database, Db, Values
from core.store.queries import SQL, listed, padded
from core.store.rows import EffectRow, EventRow
from core.store.workers import FARTHEST


class SqlWorkers:
    """Who works, and what they hold."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def join(self, owner: str, until: float) -> int:
        """A number of our own, with a lease that lasts until then."""

        def work(db: Db) -> int:
            number: int = db.execute(SQL["worker_number"]).fetchone()[0]
            db.execute(SQL["worker_join"], (lease_of(number), owner, until))
            return number

        number = await self._database.write_unfenced(work)
        self._database.fence[lease_of(number)] = 1
        return number

    async def renew(self, number: int, until: float) -> bool:
        """Keep working; False when somebody took over."""
        values = (until, lease_of(number))
        return await self._database.write_unfenced(
            lambda db: db.execute(SQL["worker_renew"], values).rowcount > 0
        )

    async def leave(self, number: int) -> None:
        """Free everything at once."""
        await self._database.write_unfenced(lambda db: _free(db, lease_of(number)))
        self._database.fence.pop(lease_of(number), None)

    async def late(self, now: float) -> list[str]:
        """The leases of workers that have run out, or reach further than any is given: that was by a clock that is not
        the one of now."""
        return await self._database.write_unfenced(lambda db: _late(db, now))

    async def sweep(self, names: Sequence[str], now: float) -> int:
        """Take over from those of these workers that are (still) late. How many there were."""

        def work(db: Db) -> int:
            late = [name for name in _late(db, now) if name in names]
            for name in late:
                _free(db, name)
            return len(late)

        return await self._database.write_unfenced(work)

    async def owners(self) -> list[str]:
        """Who works here, as in `Lead`, and who died and was not taken over from yet."""
        rows = await self._database.read(lambda db: db.execute(SQL["worker_owners"]).fetchall())
        return [row[0] for row in rows]

    async def living(self, now: float) -> list[str]:
        """Who works here, by a lease that has not run out."""
        rows = await self._database.read(lambda db: db.execute(SQL["worker_living"], (now,)).fetchall())
        return [row[0] for row in rows]

    async def claim_events(self, number: int, limit: int) -> list[EventRow]:
        """The first waiting event of each lane that nobody holds, in order of id. Whoever asks holds no other."""
        rows = await self._claim(SQL["event_claim"], (number, limit, number))
        return sorted((EventRow(*row) for row in rows), key=lambda row: row.id)

    async def claim_effects(
        self, number: int, channels: Sequence[str], now: float, limit: int, rank: int
    ) -> list[EffectRow]:
        """The next effect of each lane of these channels, where it is due, not above that rank, and nobody holds
        it; by rank and id."""
        if not channels:
            return []
        names = padded(tuple(channels))
        values = (now, rank, *names, limit, number)
        rows = await self._claim(listed("effect_claim", len(names)), values)
        return sorted((EffectRow(*row) for row in rows), key=lambda row: (row.rank, row.id))

    async def claimed(self, number: int) -> list[EffectRow]:
        """All effects that this worker holds, by rank and id: for one whose claim was never answered."""
        rows = await self._database.read(lambda db: db.execute(SQL["effect_claimed"], (number,)).fetchall())
        return [EffectRow(*row) for row in rows]

    async def _claim(self, sql: str, values: Values) -> list[tuple[Any, ...]]:
        def work(db: Db) -> list[tuple[Any, ...]]:
            db.execute(SQL["claim_plan"])
            return db.execute(sql, values).fetchall()

        return await self._database.write(work)

    async def let_go(self, number: int, keys: Sequence[str]) -> None:
        """Effects that this worker does not perform now: anybody may claim them."""
        rows = [(key, number) for key in keys]
        await self._database.write(lambda db: db.executemany(SQL["effect_let_go"], rows).rowcount)


def lease_of(number: int) -> str:
    """The name of a worker's lease."""
    return f"worker {number}"


def _late(db: Db, now: float) -> list[str]:
    return [name for (name,) in db.execute(SQL["worker_late"], (now, now + FARTHEST)).fetchall()]


def _free(db: Db, name: str) -> None:
    """End a lease, and free what was held under it: in this order, so that no later write of its owner passes."""
    number = int(name.removeprefix("worker "))
    db.execute(SQL["worker_gone"], (name,))
    db.execute(SQL["event_free"], (number,))
    db.execute(SQL["effect_free"], (number,))
    db.execute(SQL["part_free"], (number,))
    db.execute(SQL["sharer_gone"], (number,))
