"""How much waits in the store, and for how long: what the watchdogs look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Queues:
    """Events not yet turned and effects that are due: how many (counted up to a limit), and the oldest one's age in
    seconds, 0 when none waits. The outbox's age is of what people wait for; a broadcast may take hours.
    """

    inbox: int
    inbox_age: float
    outbox: int
    outbox_age: float


class Waiting(Protocol):
    """What waits."""

    async def look(self, now: float, limit: int) -> Queues:
        """Both queues at this moment, counted up to `limit`."""
