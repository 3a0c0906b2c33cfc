"""The clock of a process that works alone."""

from __future__ import annotations

from collections.abc import Callable


class OurOwn:
    """The clock of this machine: there is nothing to look at, and nobody who would have to agree."""

    era = 0

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def __call__(self) -> float:
        """Now, in epoch seconds."""
        return self._now()

    async def look(self) -> None:
        """It is looked at each time."""
