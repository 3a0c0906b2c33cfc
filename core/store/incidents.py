"""The room of incidents. See `rooms.py` for the rules.

An incident shows the text of an approved version and of nothing else: the tables hold it by a foreign key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from core.store.rows import AuditLine, NewEffect


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident. `name` and `version`: its text; `content` is that as JSON. `people`: how many it has affected."""

    number: int
    name: str
    version: int
    change: int
    opened_at: float
    opened_by: str
    closed_at: float
    closed_by: str
    content: str
    people: int


class Closing(NamedTuple):
    """How a closing ended: whether it was open, and whether those affected will be told."""

    closed: bool
    tells: bool


class IncidentRoom(Protocol):
    """What is wrong at present, and what was."""

    async def open(self) -> list[IncidentRow]:
        """Those that are not closed, oldest first."""

    async def listing(self, limit: int) -> list[IncidentRow]:
        """All of them, the newest first."""

    async def begin(
        self, name: str, person: str, most: int, line: AuditLine, posts: Sequence[NewEffect]
    ) -> int | None:
        """Open one with the text that is approved now; its number. None: no such text is approved, it is open
        already, or `most` are."""

    async def change(self, number: int, name: str, line: AuditLine, posts: Sequence[NewEffect]) -> bool:
        """Show another approved text from now on, and to everybody once more; False when that cannot be."""

    async def close(self, number: int, person: str, line: AuditLine, posts: Sequence[NewEffect]) -> Closing:
        """End it; its text, if it is approved as ever, is due for those affected from now on."""

    async def affected(self, number: int) -> int:
        """How many people it has affected."""
