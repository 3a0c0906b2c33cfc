"""The outbox: effects in the order in which they may be performed, and how each one ended."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.rows import EffectRow, EventRow, NewEvent, Postponed, Settled
from core.store.sql import delivery
from core.store.sql.turns import many, remember


class SqlOutbox:
    """Effects to perform."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: float, limit: int) -> list[EffectRow]:
        """The next effect of each lane, where it may be performed now, by rank and id."""
        return await self._rows("effect_due", (now, limit))

    async def lane(self, lane: str, limit: int) -> list[EffectRow]:
        """The queued effects of one lane, in order of id, whenever they are due."""
        return await self._rows("effect_lane", (lane, limit))

    async def waits(self, key: str) -> bool:
        """Whether this effect is still queued; what nobody waits for may have been taken back."""
        found = await self._database.read(lambda db: db.execute(SQL["effect_waits"], (key,)).fetchone())
        return found is not None

    async def next_due(self) -> float | None:
        """When the earliest queued effect is due."""
        found: tuple[float | None] = await self._database.read(
            lambda db: db.execute(SQL["effect_next_due"]).fetchone()
        )
        return found[0]

    async def hasten(self, now: float, latest: float) -> int:
        """What was queued for a later time than it can have been meant for is due now. How many there were."""
        values = (now, latest, now)
        return await self._database.write(lambda db: db.execute(SQL["effect_hasten"], values).rowcount)

    async def settle(
        self,
        settled: Sequence[Settled],
        postponed: Sequence[Postponed],
        events: Sequence[NewEvent],
        now: float,
    ) -> list[EventRow]:
        """Write how effects went; remember the events that they caused. Returns the new events.

        What is done stays done, and only what is still queued is postponed.
        """
        if not (settled or postponed or events):
            return []
        return await self._database.write(lambda db: _settle(db, settled, postponed, events, now))

    async def listing(self, status: str, limit: int) -> list[EffectRow]:
        """Effects of one status, newest first (by when they were settled)."""
        if status == "queued":
            return await self._rows("effect_queued", (limit,))
        return await self._rows("effect_settled", (status, limit))

    async def retry(self, key: str, now: float) -> bool:
        """Queue a dead or uncertain effect again, with its attempts at zero; False when there is none."""
        return await self._database.write(lambda db: db.execute(SQL["effect_retry"], (now, key)).rowcount > 0)

    async def counts(self) -> dict[str, int]:
        """Status -> number of effects; a status that no effect has is absent."""
        return dict(await self._database.read(lambda db: db.execute(SQL["effect_counts"]).fetchall()))

    async def _rows(self, name: str, values: tuple[str | float, ...]) -> list[EffectRow]:
        rows = await self._database.read(lambda db: db.execute(SQL[name], values).fetchall())
        return [EffectRow(*row) for row in rows]


def _settle(
    db: Db,
    settled: Sequence[Settled],
    postponed: Sequence[Postponed],
    events: Sequence[NewEvent],
    now: float,
) -> list[EventRow]:
    ended = [(s.status, s.receipt, s.error, s.attempts, s.maybe_sent, now, s.key) for s in settled]
    later = [(p.due, p.attempts, p.maybe_sent, p.error, p.key) for p in postponed]
    many(db, "effect_settle", ended)
    db.executemany(SQL["effect_postpone"], later)
    delivery.settle(db, settled, now)
    if kept := [(s.receipt, s.key) for s in settled if s.kept and s.receipt]:
        db.executemany(SQL["desk_sent"], kept)
    return remember(db, events, now)
