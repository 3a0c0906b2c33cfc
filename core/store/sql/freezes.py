"""Bounds on freeze requests: one transaction counts and decides."""

from __future__ import annotations

from core.store.database import Database, Db
from core.store.freezes import Request
from core.store.queries import SQL


class SqlFreezes:
    """Bounds on freeze requests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def admit(self, request: Request, window: float, per_person: int, per_target: int) -> bool:
        """Count a request, unless there were too many."""

        def work(db: Db) -> bool:
            db.execute(SQL["freeze_expire"], (request.at - window,))
            if db.execute(SQL["freeze_known"], (request.key,)).fetchone():
                return True
            (mine,) = db.execute(SQL["freeze_of_person"], (request.person,)).fetchone()
            (named,) = db.execute(SQL["freeze_of_target"], (request.target,)).fetchone()
            if mine >= per_person or (request.target and named >= per_target):
                return False
            values = (request.key, request.person, request.target, request.at)
            db.execute(SQL["freeze_add"], values)
            return True

        return await self._database.write(work)
