"""The room of series: how far each person is, and the days on which lessons are sent. See `rooms.py` for the rules.

The days themselves are runs of the room of lessons: claimed in slot, with a cursor, whoever comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.store.broadcasts import Group, Reached, Slice
from core.store.lessons import Run
from core.store.rows import NewEffect


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a series' audience: the lessons that they were given, and on which day ("2026-12-01") the newest;
    "" before the first."""

    to: Reached
    given: tuple[str, ...] = ()
    last: str = ""


Give = Callable[[Member, Collection[str]], tuple[str, int, NewEffect] | None]
"""What one person gets, out of the lessons that stand at this moment: (its name, its version, its row). Called inside the
transaction: it must be pure and quick."""


class DripRoom(Protocol):
    """Progress in series."""

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
        """The rows of the next people of a day, their progress, and the cursor behind them, in one transaction.
        `lessons`: (name, version) of those that were approved when we looked; only those that still are count."""

    async def progress(self, series: str) -> dict[int, int]:
        """How many people were given how many lessons."""
