"""The small rooms: leases, flows, slots, the audit and the upkeep."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.rows import AuditLine, StoredFlow
from core.store.sql.turns import write_audit
from core.store.workers import FARTHEST


class SqlLeases:
    """Who leads. What is taken here fences every write of this store from then on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self, name: str, owner: str, now: float, seconds: float, *, force: bool = False
    ) -> int | None:
        """The epoch when it is ours now, else None. Each change of owner, and each `force`, raises it. A lease that
        reaches further than any is given was given by a clock that was ahead: it holds nobody off."""
        sql = SQL["lease_force" if force else "lease_take"]
        values = (name, owner, now + seconds) if force else (name, owner, now + seconds, now, now + FARTHEST)
        row = await self._database.write_unfenced(lambda db: db.execute(sql, values).fetchone())
        if row is None:
            return None
        epoch: int = row[0]
        self._database.fence[name] = epoch
        return epoch

    async def holder(self, name: str) -> tuple[str, float] | None:
        """(owner, until) of a lease; None when nobody has it."""
        found: tuple[str, float] | None = await self._database.read(
            lambda db: db.execute(SQL["lease_holder"], (name,)).fetchone()
        )
        return found

    async def renew(self, name: str, owner: str, now: float, seconds: float) -> bool:
        """Keep it; False when somebody else has it, or took it by force under the same name."""
        values = (now + seconds, name, owner, self._database.fence.get(name))
        return await self._database.write_unfenced(
            lambda db: db.execute(SQL["lease_renew"], values).rowcount > 0
        )

    async def release(self, name: str, owner: str) -> None:
        """Let go at once. Our last writes still pass until somebody else takes it."""
        await self._database.write_unfenced(
            lambda db: db.execute(SQL["lease_release"], (name, owner)).rowcount
        )


class SqlFlows:
    """The sources of every version that was ever on offer, by content hash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, flows: Sequence[StoredFlow]) -> None:
        """Store; a known hash is left as it is."""
        rows = [(flow.hash, flow.name, flow.version, flow.sources, flow.stored_at) for flow in flows]
        await self._database.write(lambda db: db.executemany(SQL["flow_put"], rows).rowcount)

    async def all(self) -> list[StoredFlow]:
        """All of them, by name and version."""
        rows = await self._database.read(lambda db: db.execute(SQL["flow_all"]).fetchall())
        return [StoredFlow(*row) for row in rows]


class SqlSlots:
    """Due moments that may be used once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, schedule: str, slot: str, now: float) -> bool:
        """True for the first caller of (schedule, slot), False for ever after."""
        return await self._database.write(
            lambda db: db.execute(SQL["slot_claim"], (schedule, slot, now)).rowcount > 0
        )


class SqlAudit:
    """The record of what was done."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, line: AuditLine) -> None:
        """One line."""
        await self._database.write(lambda db: write_audit(db, (line,)))

    async def tail(self, limit: int) -> list[AuditLine]:
        """The newest lines, newest first."""
        rows = await self._database.read(lambda db: db.execute(SQL["audit_tail"], (limit,)).fetchall())
        return [AuditLine(*row) for row in rows]


class SqlUpkeep:
    """What keeps the store small."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def purge(self, *, events_before: float, effects_before: float, limit: int) -> int:
        """Delete at most `limit` rows: events that came in before one time and are turned, and effects
        that were settled before the other. Returns how many went; fewer than `limit` means all."""
        return await self._database.write(lambda db: _purge(db, events_before, effects_before, limit))


def _purge(db: Db, events_before: float, effects_before: float, limit: int) -> int:
    gone = db.execute(SQL["event_purge"], (events_before, limit)).rowcount
    return gone + db.execute(SQL["effect_purge"], (effects_before, limit - gone)).rowcount
