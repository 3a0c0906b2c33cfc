"""Tells every open page which of its parts are new: a name rings at each listener once, however often it changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class Bell:
    """`ring` from anywhere in the loop; `names` for each listener."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Event, set[str]] = {}
        self.closed = False

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def ring(self, name: str) -> None:
        """This part is new."""
        for event, names in self._listeners.items():
            names.add(name)
            event.set()

    def close(self) -> None:
        """Let every listener go."""
        self.closed = True
        for event in self._listeners:
            event.set()

    async def names(self, seconds: float) -> AsyncIterator[tuple[str, ...]]:
        """The parts that are new since the last time; nothing of them after so many seconds of silence."""
        event: asyncio.Event = asyncio.Event()
        mine = self._listeners[event] = set()
        try:
            while not self.closed:
                try:
                    async with asyncio.timeout(seconds):
                        await event.wait()
                except TimeoutError:
                    pass
                event.clear()
                new = tuple(sorted(mine))
                mine.clear()
                yield new
        finally:
            del self._listeners[event]
