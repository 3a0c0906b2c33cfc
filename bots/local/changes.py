"""What can be waited for: a place that counts its changes and wakes whoever waits for the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

DEFAULT_WAIT = 60.0
"""Seconds after which what was waited for does not come any more: a busy machine must not look like a fault."""


@dataclass(eq=False, slots=True, kw_only=True)
class Changes:
    """`version` counts the changes. The name of the place and what it shows are for the message of a wait in vain."""

    version: int = 0
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)

    def describe(self) -> str:
        """What the place is and shows now, in a few words."""
        return type(self).__name__

    def touch(self) -> int:
        """Count one change, wake whoever waits, and return the new version."""
        self.version += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()
        return self.version

    async def changed(self, since: int, seconds: float = DEFAULT_WAIT) -> bool:
        """Wait until the version is above `since`: True, or False after `seconds`."""
        if self.version > since:
            return True
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            async with asyncio.timeout(seconds):
                await waiting
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(waiting)
        return True

    async def until(self, wanted: Callable[[Self], Any], seconds: float = DEFAULT_WAIT) -> Any:
        """Wait until `wanted(place)` gives something true, and return it.

        Raises:
            TimeoutError: it did not within `seconds`; the message says what the place shows.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not (result := wanted(self)):
            if not await self.changed(self.version, max(0.0, end - loop.time())):
                raise TimeoutError(f"{self.describe()} did not come to what was wanted")
        return result
