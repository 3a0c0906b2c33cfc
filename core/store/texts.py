"""The room of all texts: whatever a person's words could stand in, to be looked through, never to be shown."""

from __future__ import annotations

from typing import Final, Protocol

TABLES: Final = ("event", "effect", "conversation", "ticket", "ticket_note", "audit")
"""The tables that hold words of people or about them."""


class TextRoom(Protocol):
    """Every stored text."""

    async def page(self, table: str, offset: int, limit: int) -> list[tuple[str, str]]:
        """(key, text) of so many rows of one of `TABLES`; an empty page is behind the last."""
