"""How much waits, in four statements that read no more than `limit` rows each."""

from __future__ import annotations

from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.waiting import Queues


class SqlWaiting:
    """What the watchdogs look at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def look(self, now: float, limit: int) -> Queues:
        """Both queues at this moment, counted up to `limit`."""

        def look(db: Db) -> Queues:
            inbox = db.execute(SQL["waiting_events"], (limit,)).fetchone()[0]
            event = db.execute(SQL["waiting_event"]).fetchone()
            outbox = db.execute(SQL["waiting_effects"], (now, limit)).fetchone()[0]
            effect = db.execute(SQL["waiting_effect"], (now,)).fetchone()
            return Queues(inbox, _age(event, now), outbox, _age(effect, now))

        return await self._database.read(look)


def _age(row: tuple[float] | None, now: float) -> float:
    return max(0.0, now - row[0]) if row else 0.0
