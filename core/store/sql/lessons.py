"""Security education: a slot is claimed once, and a run's cursor moves with the rows that it made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.store.database import Database, Db
from core.store.lessons import Count, Make, Recipient, Run, Subscription
from core.store.queries import SQL
from core.store.rows import AuditLine, NewEffect
from core.store.sql.turns import queue, write_audit


class SqlLessons:
    """Subscriptions, and the runs over them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscribe(self, wanted: Subscription) -> None:
        """Begin, or change what is wanted; lessons that were given are not given again."""
        w = wanted
        values = (w.channel, w.user, w.language, w.zone, " ".join(w.topics), w.since)

        def work(db: Db) -> None:
            db.execute(SQL["subscription_save"], values)
            db.execute(SQL["preference_zone"], (w.channel, w.user, w.zone, w.since))

        await self._database.write(work)

    async def unsubscribe(self, channel: str, user: str, at: float) -> bool:
        """End what began before `at`, and take back every queued row that nobody waits for."""
        return await self._database.write(lambda db: _leave(db, channel, user, at))

    async def zones(self) -> dict[str, float]:
        """Zones in which somebody can be reached -> since when the first of them is there."""
        return dict(await self._database.read(lambda db: db.execute(SQL["subscription_zones"]).fetchall()))

    async def begin(self, runs: Sequence[Run], line: AuditLine, now: float) -> list[Run]:
        """Claim the slots; only those that nobody had claimed are begun, told in the audit, and returned."""
        return await self._database.write(lambda db: [run for run in runs if _begin(db, run, line, now)])

    async def running(self, schedule: str) -> list[Run]:
        """Runs that were begun and are not at their end, in the order of their moments."""
        rows = await self._database.read(lambda db: db.execute(SQL["run_running"], (schedule,)).fetchall())
        return [Run(*row) for row in rows]

    async def slice(self, run: Run, limit: int, make: Make) -> tuple[bool, list[NewEffect]]:
        """Make the rows of the next recipients and move the cursor behind them, in one transaction."""
        return await self._database.write(lambda db: _slice(db, run, limit, make))

    async def expire(self, run: Run, line: AuditLine) -> None:
        """Give up the rest of a run."""
        await self._database.write(lambda db: _expire(db, run, line))

    async def backlog(self) -> int:
        """Queued rows that nobody waits for."""
        found: tuple[int] = await self._database.read(lambda db: db.execute(SQL["effect_low"]).fetchone())
        return found[0]

    async def census(self) -> list[Count]:
        """Who is subscribed, in groups."""
        rows = await self._database.read(lambda db: db.execute(SQL["subscription_census"]).fetchall())
        groups: Counter[tuple[str, str, str, int]] = Counter()
        for language, zone, topics, given, people in rows:
            groups[language, zone, topics, len(given.split())] += people
        return [
            Count(language, zone, tuple(topics.split()), given, people)
            for (language, zone, topics, given), people in sorted(groups.items())
        ]


def _leave(db: Db, channel: str, user: str, at: float) -> bool:
    ended = db.execute(SQL["subscription_leave"], (at, channel, user, at)).rowcount
    if ended:
        db.execute(SQL["effect_take_back"], (channel, user))
    return ended > 0


def _begin(db: Db, run: Run, line: AuditLine, now: float) -> bool:
    if not db.execute(SQL["slot_claim"], (run.schedule, run.slot, now)).rowcount:
        return False
    db.execute(SQL["run_begin"], (run.schedule, run.slot, run.zone, run.due, run.status))
    write_audit(db, (line._replace(action=run.status, detail=run.slot),))
    return True


def _slice(db: Db, run: Run, limit: int, make: Make) -> tuple[bool, list[NewEffect]]:
    which = (run.schedule, run.slot)
    cursor = db.execute(SQL["run_cursor"], which).fetchone()
    if cursor is None:  # somebody else came to its end
        return False, []
    found = db.execute(SQL["subscription_next"], (run.zone, run.due, *cursor, limit)).fetchall()
    given_now: list[tuple[str, str, str]] = []
    rows: list[NewEffect] = []
    for channel, person, chat, language, topics, given in found:
        to = Recipient(channel, person, chat, language, tuple(topics.split()), tuple(given.split()))
        got = make(to)
        if got is not None:
            given_now.append((" ".join((*to.given, got[0])), channel, person))
            rows += got[1]
    if given_now:
        db.executemany(SQL["subscription_given"], given_now)
    queue(db, rows)
    more = len(found) == limit
    last = found[-1][:2] if found else cursor
    db.execute(SQL["run_move"], (*last, len(given_now), "running" if more else "finished", *which))
    return more, rows


def _expire(db: Db, run: Run, line: AuditLine) -> None:
    if db.execute(SQL["run_expire"], (run.schedule, run.slot)).rowcount:
        write_audit(db, (line._replace(action="missed", detail=run.slot),))
