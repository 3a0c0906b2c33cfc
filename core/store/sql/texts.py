"""Every stored text, page by page."""

from __future__ import annotations

from core.store.database import Database
from core.store.queries import SQL


class SqlTexts:
    """Every stored text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, table: str, offset: int, limit: int) -> list[tuple[str, str]]:
        """(key, text) of so many rows of a table, which has its statement `texts_<table>`."""
        sql = SQL[f"texts_{table}"]
        rows = await self._database.read(lambda db: db.execute(sql, (limit, offset)).fetchall())
        return [(str(key), str(text)) for key, text in rows]
