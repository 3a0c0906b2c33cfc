"""Occasions and drafts in the store: every method one transaction, on whichever engine stands behind `Database`."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.database import Database, Db
from core.store.notices import Entry, Notice, Occasion, Wrote
from core.store.queries import SQL
from core.store.rows import AuditLine, NewEffect
from core.store.sql.broadcasts import change_state, write_version
from core.store.sql.turns import queue, write_audit

DAY = 86_400.0


class SqlNotices:
    """Occasions, and what was drafted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> list[Occasion]:
        """Those that have begun and are not over."""
        rows = await self._database.read(lambda db: db.execute(SQL["occasion_all_open"]).fetchall())
        return [Occasion(*row) for row in rows]

    async def of(self, rule: str, since: float) -> list[Notice]:
        """What was done for a rule since then, in order."""
        return await self._notices("notice_of", (rule, since))

    async def lately(self, since: float, limit: int) -> list[Notice]:
        """What was done for all of them, the newest first."""
        return await self._notices("notice_lately", (since, limit))

    async def _notices(self, name: str, values: tuple[str | float, ...]) -> list[Notice]:
        rows = await self._database.read(lambda db: db.execute(SQL[name], values).fetchall())
        return [Notice(*row) for row in rows]

    async def write(
        self, entry: Entry, line: AuditLine, cards: Sequence[NewEffect], held: Sequence[NewEffect]
    ) -> Wrote:
        """Do it, once."""
        return await self._database.write(lambda db: _write(db, entry, line, cards, held))

    async def price(self, rule: str, at: float, value: float, since: float) -> list[tuple[float, float]]:
        """Keep a price and forget the old ones; all that are left, in order."""

        def work(db: Db) -> list[tuple[float, float]]:
            db.execute(SQL["price_forget"], (rule, since))
            db.execute(SQL["price_add"], (rule, at, value))
            return [(row[0], row[1]) for row in db.execute(SQL["price_range"], (rule,))]

        return await self._database.write(work)

    async def purge(self, before: float) -> int:
        """Forget the prices of before then, of whatever rule; how many."""
        return await self._database.write(lambda db: db.execute(SQL["price_forget_all"], (before,)).rowcount)


def _write(
    db: Db, entry: Entry, line: AuditLine, cards: Sequence[NewEffect], held: Sequence[NewEffect]
) -> Wrote:
    if not _goes_on(db, entry, line.at):
        return "known"
    for name in entry.retire:
        _retire(db, name, entry.reason, line)
    write_audit(db, [line])
    if entry.draft is None:
        queue(db, cards, "effect_add_once")
        return "quiet"
    limit = _limit(db, entry, line.at)
    name = "" if limit else entry.draft.name
    values = (entry.rule, entry.key, entry.step, entry.deed, name, limit or "", line.at)
    db.execute(SQL["notice_add"], values)
    for step in entry.also:
        db.execute(SQL["notice_add"], (entry.rule, entry.key, step, entry.deed, "", "", line.at))
    if not limit:
        write_version(db, entry.draft, line, line.at)
    queue(db, held if limit else cards, "effect_add_once")
    return limit or "written"


def _goes_on(db: Db, entry: Entry, at: float) -> bool:
    """Take the occasion one step further; False when it is not where we believe it is, or the draft is there."""
    which = (entry.rule, entry.key)
    if entry.draft and db.execute(SQL["broadcast_state"], (entry.draft.name,)).fetchone():
        return False
    match entry.deed:
        case "begin":
            return db.execute(SQL["occasion_begin"], (*which, at)).rowcount > 0
        case "move":
            values = (entry.key, entry.rule, entry.was)
            return db.execute(SQL["occasion_move"], values).rowcount > 0
        case "end":
            return db.execute(SQL["occasion_end"], (at, *which)).rowcount > 0
        case "again":
            return db.execute(SQL["occasion_lacks"], (*which, entry.step)).fetchone() is not None


def _limit(db: Db, entry: Entry, at: float) -> Wrote | None:
    """Why it is only counted, if so."""
    latest = db.execute(SQL["notice_latest"], (entry.rule,)).fetchone()[0]
    if entry.cooldown is not None and latest and at - latest < entry.cooldown:
        return "cooldown"
    written = db.execute(SQL["notice_count"], (at - DAY,)).fetchone()[0]
    return "day" if entry.a_day is not None and written >= entry.a_day else None


def _retire(db: Db, name: str, reason: str, line: AuditLine) -> None:
    """End a broadcast wherever it is, unless it is at its end."""
    found = db.execute(SQL["broadcast_state"], (name,)).fetchone()
    if found and db.execute(SQL["broadcast_may"], (found[0], "expired")).fetchone():
        change_state(db, (name, found[1]), [found[0]], "expired", reason, line)
