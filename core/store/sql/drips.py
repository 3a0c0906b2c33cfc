"""Series in the store: a day's cursor moves with the rows that it made, and with what people were given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.store.broadcasts import Group, Reached, Slice
from core.store.database import Database, Db
from core.store.drips import Give, Member
from core.store.lessons import Run
from core.store.queries import SQL
from core.store.rows import NewEffect
from core.store.sql.audience import page
from core.store.sql.turns import queue


class SqlDrips:
    """Progress in series."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def slice(
        self,
        run: Run,
        series: str,
        lessons: Sequence[tuple[str, int]],
        group: Group,
        day: str,
        limit: int,
        give: Give,
        at: float,
    ) -> Slice:
        """The rows of the next people of a day, their progress, and the cursor behind them."""

        def work(db: Db) -> Slice:
            cursor = db.execute(SQL["run_cursor"], (run.schedule, run.slot)).fetchone()
            if cursor is None:  # somebody else came to its end
                return Slice(False)
            stand = [one[0] for one in lessons if db.execute(SQL["series_stands"], one).fetchone()]
            found = page(db, group, tuple(cursor), limit, run.zone)
            made = _Made(series, day, at)
            for member in _members(db, series, found.people):
                if got := give(member, stand):
                    made.add(member, *got)
            made.write(db)
            end = found.end or cursor
            status = "running" if found.end else "finished"
            db.execute(SQL["run_move"], (*end, len(made.rows), status, run.schedule, run.slot))
            return Slice(found.end is not None, made.rows)

        return await self._database.write(work)

    async def progress(self, series: str) -> dict[int, int]:
        """How many people were given how many lessons."""
        rows = await self._database.read(lambda db: db.execute(SQL["series_progress"], (series,)).fetchall())
        counted: Counter[int] = Counter()
        for given, people in rows:
            counted[len(given.split())] += people
        return dict(sorted(counted.items()))


class _Made:
    """What one slice comes to, in the making."""

    def __init__(self, series: str, day: str, at: float) -> None:
        self.rows: list[NewEffect] = []
        self._series = series
        self._day = day
        self._at = at
        self._deliveries: list[tuple[str | int | float, ...]] = []
        self._given: list[tuple[str, ...]] = []

    def add(self, member: Member, name: str, version: int, row: NewEffect) -> None:
        """This lesson for this person."""
        to = member.to
        self.rows.append(row)
        self._deliveries.append((row.key, name, version, to.channel, to.user, to.chat, to.language, self._at))
        self._given.append((self._series, to.channel, to.user, " ".join((*member.given, name)), self._day))

    def write(self, db: Db) -> None:
        """All of it, within the transaction."""
        if self.rows:
            queue(db, self.rows)
            db.executemany(SQL["delivery_add"], self._deliveries)
            db.executemany(SQL["series_given"], self._given)


def _members(db: Db, series: str, people: Sequence[Reached]) -> list[Member]:
    """These people, who are in order, with how far they are."""
    if not people:
        return []
    ends = [(one.channel, one.user) for one in (people[0], people[-1])]
    rows = db.execute(SQL["series_members"], (series, *ends[0], *ends[1])).fetchall()
    known = {(channel, user): (given, last) for channel, user, given, last in rows}
    return [
        Member(to, tuple(given.split()), last)
        for to in people
        for given, last in [known.get((to.channel, to.user), ("", ""))]
    ]
