"""The room of security education: who wants lessons, and the runs that bring them. See `rooms.py` for the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.store.rows import AuditLine, NewEffect


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody asked for in their own words: language, time zone (IANA), topics; and since when."""

    channel: str
    user: str
    language: str
    zone: str
    topics: tuple[str, ...]
    since: float


@dataclass(frozen=True, slots=True)
class Recipient:
    """A subscriber who can be reached, and the names of the lessons that they were given."""

    channel: str
    user: str
    chat: str
    language: str
    topics: tuple[str, ...]
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One due moment of a schedule in one zone. `made`: how many people have their rows in the outbox."""

    schedule: str
    slot: str
    zone: str
    due: float
    status: Literal["running", "finished", "missed"] = "running"
    made: int = 0


Make = Callable[[Recipient], tuple[str, Sequence[NewEffect]] | None]
"""What one recipient gets: the lesson's name and its rows, None for nothing. Called inside the transaction: it
must be pure and quick."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many subscribers (who can be reached) with the same language, zone and topics, and as many lessons."""

    language: str
    zone: str
    topics: tuple[str, ...]
    given: int
    people: int


class Lessons(Protocol):
    """Subscriptions, and the runs over them."""

    async def subscribe(self, wanted: Subscription) -> None:
        """Begin, or change what is wanted; lessons that were given are not given again."""

    async def unsubscribe(self, channel: str, user: str, at: float) -> bool:
        """End what began before `at`, and take back every queued row that nobody waits for. False when there
        was no subscription."""

    async def zones(self) -> dict[str, float]:
        """Zones in which somebody can be reached -> since when the first of them is there."""

    async def begin(self, runs: Sequence[Run], line: AuditLine, now: float) -> list[Run]:
        """Claim the slots; only those that nobody had claimed are begun, told in the audit, and returned.
        A run that begins as `missed` is told and never sent."""

    async def running(self, schedule: str) -> list[Run]:
        """Runs that were begun and are not at their end, in the order of their moments."""

    async def slice(self, run: Run, limit: int, make: Make) -> tuple[bool, list[NewEffect]]:
        """Make the rows of the next recipients and move the cursor behind them, in one transaction. Returns
        whether there may be more, and the rows. People who came later than the run's moment are left out."""

    async def expire(self, run: Run, line: AuditLine) -> None:
        """Give up the rest of a run."""

    async def backlog(self) -> int:
        """Queued rows that nobody waits for."""

    async def census(self) -> list[Count]:
        """Who is subscribed, in groups."""
