"""The parts of a channel's connection."""

from __future__ import annotations

from collections.abc import Mapping

from core.store.database import Database, Db
from core.store.parts import Sharing
from core.store.queries import SQL


class SqlParts:
    """Who shares, and who holds what."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def join(self, channel: str, worker: int, count: int, *, adopt: bool) -> int:
        """Share the parts; how many there are: as many as those say who share them already, else `count`. Without
        `adopt` nothing is joined where that is another number: those who share so many have to end first."""

        def work(db: Db) -> int:
            db.execute(SQL["part_turn"])
            others = [row for row in db.execute(SQL["part_sharers"], (channel,)) if row[0] != worker]
            there = len(db.execute(SQL["part_all"], (channel,)).fetchall())
            if not others and count != there:
                db.execute(SQL["part_clear"], (channel,))
                db.executemany(SQL["part_add"], [(channel, number) for number in range(count)])
                there = count
            if adopt or count == there:
                db.execute(SQL["part_join"], (channel, worker))
            return there

        return await self._database.write(work)

    async def look(self, channel: str) -> Sharing:
        """Who shares, and who holds what."""

        def work(db: Db) -> Sharing:
            sharers = tuple(row[0] for row in db.execute(SQL["part_sharers"], (channel,)))
            return Sharing(sharers, dict(db.execute(SQL["part_all"], (channel,)).fetchall()))

        return await self._database.read(work)

    async def claim(self, channel: str, worker: int, limit: int) -> Mapping[int, str]:
        """Take so many parts that nobody holds: part -> the session that was left."""
        values = (channel, limit, worker)
        return await self._database.write(lambda db: dict(db.execute(SQL["part_claim"], values).fetchall()))

    async def keep(self, channel: str, worker: int, number: int, session: str) -> bool:
        """Leave a session for whoever comes next; False when somebody else holds the part."""
        values = (session, channel, number, worker)
        return await self._database.write(lambda db: db.execute(SQL["part_keep"], values).rowcount > 0)

    async def release(self, channel: str, worker: int, number: int) -> None:
        """Let go of a part at once."""
        values = (channel, number, worker)
        await self._database.write(lambda db: db.execute(SQL["part_release"], values).rowcount)

    async def owners(self, channel: str) -> Mapping[int, str]:
        """Part -> the process that holds it, "" for nobody; as in `Workers.owners`."""
        rows = await self._database.read(lambda db: db.execute(SQL["part_owners"], (channel,)).fetchall())
        return {number: owner or "" for number, owner in rows}
