"""What was seen in the groups, in SQL."""

from __future__ import annotations

from typing import Literal

from core.store.community import Sighting
from core.store.database import Database
from core.store.queries import SQL


class SqlCommunity:
    """What was seen, and what staff said about it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(self, one: Sighting, now: float) -> int | None:
        """Its number, when staff have to hear of it."""
        found = await self._database.write(lambda db: db.execute(SQL["sighting_add"], (*one, now)).fetchone())
        return int(found[0]) if found else None

    async def settle(self, number: int, state: Literal["erased", "fine"]) -> Sighting | None:
        """The sighting that staff settled; None when there is none."""
        found = await self._database.write(
            lambda db: db.execute(SQL["sighting_settle"], (state, number)).fetchone()
        )
        return Sighting(*found) if found else None
