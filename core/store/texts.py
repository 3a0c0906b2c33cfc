"""The room of all texts: whatever a person's words could stand in, to be looked through, never to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class TextRoom(Protocol):
    """Every stored text."""

    @property
    def tables(self) -> Sequence[str]:
        """Those that hold words of people or about them."""

    async def page(self, table: str, offset: int, limit: int) -> list[tuple[str, str]]:
        """(key, text) of so many rows of one of the tables; an empty page is behind the last."""
