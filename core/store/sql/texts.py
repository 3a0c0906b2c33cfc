"""Every stored text, page by page."""

from __future__ import annotations

from core.store.database import Database
from core.store.queries import SQL

_PAGES = {
    "event": "texts_event",
    "effect": "texts_effect",
    "conversation": "texts_conversation",
    "ticket": "texts_ticket",
    "ticket_note": "texts_ticket_note",
    "audit": "texts_audit",
}
"""Table -> the statement that reads it."""


class SqlTexts:
    """Every stored text."""

    tables = tuple(_PAGES)

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, table: str, offset: int, limit: int) -> list[tuple[str, str]]:
        """(key, text) of so many rows of a table."""
        sql = SQL[_PAGES[table]]
        rows = await self._database.read(lambda db: db.execute(sql, (limit, offset)).fetchall())
        return [(str(key), str(text)) for key, text in rows]
