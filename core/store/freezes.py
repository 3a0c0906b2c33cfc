"""The room of freeze requests: who asked how often in the last day, and for which account (hidden)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `target` is "" where no account was named; it is a keyed hash, never the name."""

    key: str
    person: str
    target: str
    at: float


class FreezeRoom(Protocol):
    """Bounds on freeze requests."""

    async def admit(self, request: Request, window: float, per_person: int, per_target: int) -> bool:
        """Count a request of the last `window` seconds; False, and not counted, when there are too many. The same
        key is counted once and always gets the same answer within the window."""
