"""What is official, in SQL."""

from __future__ import annotations

from core.store.database import Database, Db
from core.store.official import AgentCode
from core.store.queries import SQL

KEEP = 86_400.0
"""Seconds for which a code is kept after its end, so that a late repetition still finds it used."""


class SqlOfficial:
    """How far the list has come, and the codes of agents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def highest(self) -> tuple[int, str] | None:
        """(version, fingerprint) of the highest list that was ever believed here."""
        found: tuple[int, str] | None = await self._database.read(
            lambda db: db.execute(SQL["official_highest"]).fetchone()
        )
        return found

    async def reached(self, version: int, digest: str, now: float) -> bool:
        """A list was believed; True when it is higher than any before."""
        values = (version, digest, now)
        return await self._database.write(lambda db: db.execute(SQL["official_raise"], values).rowcount > 0)

    async def vouch(self, code: AgentCode, until: float, now: float) -> None:
        """Keep a code until then; the same `made` again replaces one that nobody used."""

        def work(db: Db) -> None:
            db.execute(SQL["agent_code_forget"], (now - KEEP,))
            db.execute(SQL["agent_code_put"], (*code, until))

        await self._database.write(work)

    async def codes(self, now: float) -> list[AgentCode]:
        """The codes that are good now, the newest first."""
        rows = await self._database.read(lambda db: db.execute(SQL["agent_code_live"], (now,)).fetchall())
        return [AgentCode(*row) for row in rows]

    async def use(self, made: str, now: float) -> bool:
        """Use a code up; True for the first one who does, while it is good."""
        values = (now, made, now)
        return await self._database.write(lambda db: db.execute(SQL["agent_code_use"], values).rowcount > 0)
