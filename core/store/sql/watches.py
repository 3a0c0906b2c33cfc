"""Watches on transactions, on any engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any, Literal

from core.store.database import Database, Db
from core.store.queries import SQL, listed, padded
from core.store.rows import EventRow
from core.store.sql.turns import remember
from core.store.watches import Told, WatchRow

CHUNK = 512
"""Ids in one statement."""


class SqlWatches:
    """Everything costs what there is news of, never what is merely watched."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, watch: WatchRow, most: int) -> Literal["watching", "already", "full"]:
        """Add a watch, once for each id; `most` a conversation may have."""
        return await self._database.write(lambda db: _begin(db, watch, most))

    async def networks(self) -> list[str]:
        """The networks of which something is watched."""
        rows = await self._database.read(lambda db: db.execute(SQL["watch_networks"]).fetchall())
        return [network for (network,) in rows]

    async def found(self, network: str, ids: Sequence[str]) -> list[WatchRow]:
        """The watches on any of these transactions."""
        return await self._among("watch_found", network, ids)

    async def of_blocks(self, network: str, hashes: Sequence[str]) -> list[WatchRow]:
        """The watches whose transaction was in one of these blocks."""
        return await self._among("watch_of_block", network, hashes)

    async def due(self, network: str, height: int, limit: int) -> list[WatchRow]:
        """The watches of which there is something to say at this height."""
        return await self._rows("watch_is_due", (network, height, limit))

    async def to_look(self, network: str, now: float, limit: int) -> list[WatchRow]:
        """The watches without a block whose transaction is to be looked up again, the longest waiting first."""
        return await self._rows("watch_to_look", (network, now, limit))

    async def over(self, now: float, limit: int) -> list[WatchRow]:
        """The watches whose time is over."""
        return await self._rows("watch_over", (now, limit))

    async def tips(self, network: str) -> Mapping[int, str]:
        """The newest blocks that were looked through: number -> hash."""
        rows = await self._database.read(lambda db: db.execute(SQL["watch_tips"], (network,)).fetchall())
        return dict(rows)

    async def commit(
        self, told: Sequence[Told], tips: Sequence[tuple[str, int, str]], depth: int, now: float
    ) -> tuple[list[EventRow], list[str]]:
        """All of it in one transaction, see `Watches`."""
        return await self._database.write(lambda db: _commit(db, told, tips, depth, now))

    async def _rows(self, name: str, values: tuple[Any, ...]) -> list[WatchRow]:
        rows = await self._database.read(lambda db: db.execute(SQL[name], values).fetchall())
        return [WatchRow(*row) for row in rows]

    async def _among(self, name: str, network: str, values: Sequence[str]) -> list[WatchRow]:
        def work(db: Db) -> list[WatchRow]:
            found: list[WatchRow] = []
            for start in range(0, len(values), CHUNK):
                some = padded(tuple(values[start : start + CHUNK]))
                rows = db.execute(listed(name, len(some)), (network, *some))
                found += [WatchRow(*row) for row in rows]
            return found

        return await self._database.read(work) if values else []


def _begin(db: Db, watch: WatchRow, most: int) -> Literal["watching", "already", "full"]:
    same = db.execute(SQL["watch_same"], (watch.lane, watch.network, watch.transaction_id)).fetchone()
    if same is not None:
        return "watching" if same == (watch.id,) else "already"
    if db.execute(SQL["watch_count"], (watch.lane, watch.id)).fetchone()[0] >= most:
        return "full"
    db.execute(SQL["watch_add"], astuple(watch))
    return "watching"


def _commit(
    db: Db, told: Sequence[Told], tips: Sequence[tuple[str, int, str]], depth: int, now: float
) -> tuple[list[EventRow], list[str]]:
    events: list[EventRow] = []
    gone: dict[str, None] = {}
    for one in told:
        fresh = _tell(db, one, now)
        events += fresh
        if one.keeps is None:
            db.execute(SQL["watch_forget_said"], (one.watch.id,))
            db.execute(SQL["watch_end"], (one.watch.id,))
        else:
            keeps = one.keeps
            if one.begins_bar and fresh:
                keeps = replace(keeps, message=f"i{fresh[0].id}.0")
            db.execute(SQL["watch_keep"], _state(keeps))
        if one.keeps is None or one.keeps.transaction_id != one.watch.transaction_id:
            gone[one.watch.transaction_id] = None
    if tips:
        db.executemany(SQL["watch_tip_set"], tips)
        network, newest, _ = tips[-1]
        db.execute(SQL["watch_tip_drop"], (network, newest, newest - depth))
    return events, [id_ for id_ in gone if db.execute(SQL["watch_still"], (id_,)).fetchone() is None]


def _tell(db: Db, one: Told, now: float) -> list[EventRow]:
    """The event of a notice that was not given before."""
    if one.says is None or not db.execute(SQL["watch_tell"], (one.watch.id, one.event, one.block)).rowcount:
        return []
    return remember(db, [one.says], now)


def _state(watch: WatchRow) -> tuple[Any, ...]:
    return (
        watch.transaction_id,
        watch.block,
        watch.block_hash,
        watch.due,
        watch.look_at,
        watch.said,
        watch.message,
        watch.id,
    )
