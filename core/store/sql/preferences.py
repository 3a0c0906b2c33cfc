"""Preferences in the store: one transaction each, on whichever engine stands behind `Database`."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.database import Database, Db, Values
from core.store.preferences import Preference
from core.store.queries import SQL


class SqlPreferences:
    """What people told about themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, channel: str, user: str) -> Preference:
        """All that is stored of them."""

        def work(db: Db) -> Preference:
            zone, quiet, week, topics, told, language = db.execute(
                SQL["preference_find"], (channel, user)
            ).fetchone()
            assets = tuple(row[0] for row in db.execute(SQL["asset_all"], (channel, user)).fetchall())
            known = bool(told or topics or assets)
            return Preference(zone, quiet, week, tuple(topics.split()), assets, known, language)

        return await self._database.read(work)

    async def zone(self, channel: str, user: str, zone: str, at: float) -> None:
        """Where they live, "" for unknown again; their lessons move along."""
        await self._database.write(lambda db: set_zone(db, channel, user, zone, at))

    async def quiet(self, channel: str, user: str, hours: str, at: float) -> None:
        """When they are not to be written to."""
        await self._put("preference_quiet", (channel, user, hours, at))

    async def week(self, channel: str, user: str, most: int, at: float) -> None:
        """How many broadcasts a week they want."""
        await self._put("preference_week", (channel, user, most, at))

    async def language(self, channel: str, user: str, language: str) -> None:
        """The language of their lessons and broadcasts."""

        def work(db: Db) -> None:
            for name in ("preference_language", "preference_language_of_lessons"):
                db.execute(SQL[name], (language, channel, user))

        await self._database.write(work)

    async def assets(self, channel: str, user: str, names: Sequence[str]) -> None:
        """These, and no others."""

        def work(db: Db) -> None:
            db.execute(SQL["asset_forget"], (channel, user))
            if names:
                db.executemany(SQL["asset_add"], [(channel, user, name) for name in dict.fromkeys(names)])

        await self._database.write(work)

    async def forget(self, channel: str, user: str) -> None:
        """Delete all of it, and take back what waits to be sent."""

        def work(db: Db) -> None:
            for name in (
                "preference_forget",
                "asset_forget",
                "preference_forget_lessons",
                "effect_take_back",
            ):
                db.execute(SQL[name], (channel, user))

        await self._database.write(work)

    async def _put(self, name: str, values: Values) -> None:
        await self._database.write(lambda db: db.execute(SQL[name], values).rowcount)


def set_zone(db: Db, channel: str, user: str, zone: str, at: float) -> None:
    """Within a transaction: a zone that is told counts for the lessons, too; unknown leaves those as they are."""
    db.execute(SQL["preference_zone"], (channel, user, zone, at))
    if zone:
        db.execute(SQL["preference_zone_of_lessons"], (zone, at, channel, user, zone))
