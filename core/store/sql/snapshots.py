"""What was first seen of transactions, on any engine."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.snapshots import Snapshot


class SqlSnapshots:
    """They go by themselves when nothing needs them any more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, transaction_id: str, now: float) -> list[str]:
        """The bodies of an id, one for each network that knew it."""
        values = (transaction_id, now)
        rows = await self._database.read(lambda db: db.execute(SQL["snapshot_recall"], values).fetchall())
        return [body for (body,) in rows]

    async def keep(self, snapshots: Sequence[Snapshot], until: float, now: float) -> None:
        """Keep each at least until then, with this body; what is past its time goes."""
        rows = [(one.id, one.network, one.body, until) for one in snapshots]

        def work(db: Db) -> None:
            db.execute(SQL["snapshot_purge"], (now,))
            db.executemany(SQL["snapshot_keep"], rows)

        await self._database.write(work)

    async def forget(self, transaction_id: str) -> None:
        """Nothing needs this one any more."""
        await self._database.write(lambda db: db.execute(SQL["snapshot_forget"], (transaction_id,)).rowcount)

    async def purge(self, now: float) -> int:
        """Delete what is past its time; returns how many went."""
        return await self._database.write(lambda db: db.execute(SQL["snapshot_purge"], (now,)).rowcount)
