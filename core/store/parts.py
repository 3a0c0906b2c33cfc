"""What several processes need that hold one channel's connection together: who shares its numbered parts, and who
holds which. See `rooms.py` for the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Sharing(NamedTuple):
    """`sharers` are workers' numbers; `holders` part -> the worker that holds it, 0 for nobody."""

    sharers: tuple[int, ...]
    holders: Mapping[int, int]


class Parts(Protocol):
    """A part is held under a worker's number, and so by its lease: who is taken for dead loses both at once."""

    async def join(self, channel: str, worker: int, count: int, *, adopt: bool) -> int:
        """Share the parts; how many there are: as many as those say who share them already, else `count`. Without
        `adopt` nothing is joined where that is another number: those who share so many have to end first."""

    async def look(self, channel: str) -> Sharing:
        """Who shares, and who holds what."""

    async def claim(self, channel: str, worker: int, limit: int) -> Mapping[int, str]:
        """Take so many parts that nobody holds: part -> the session that was left."""

    async def keep(self, channel: str, worker: int, number: int, session: str) -> bool:
        """Leave a session for whoever comes next; False when somebody else holds the part."""

    async def release(self, channel: str, worker: int, number: int) -> None:
        """Let go of a part at once."""

    async def owners(self, channel: str) -> Mapping[int, str]:
        """Part -> the process that holds it, "" for nobody; as in `Workers.owners`."""
