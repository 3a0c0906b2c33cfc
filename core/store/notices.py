"""The room of occasions and of what was drafted for them. See `rooms.py` for the rules.

One transaction holds what an occasion came to, the draft, and the card that shows it, so a crash leaves all or nothing,
and of two schedulers that see the same only the first one writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.store.broadcasts import Draft
from core.store.rows import AuditLine, NewEffect

HOUSE = "(house)"
"""The author of what drafted itself. No name of the roster can be like that, and the tables let it approve nothing."""
Deed = Literal["begin", "again", "move", "end"]
Wrote = Literal["written", "quiet", "known", "cooldown", "day"]
"""quiet: the occasion went on, and there was nothing to draft. known: somebody else was first. cooldown, day: it was
only counted, because there were too many."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One that is open."""

    rule: str
    key: str
    begun_at: float
    moves: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done for a step of an occasion. `name`: the broadcast, "" for none; `held`: why there is none."""

    rule: str
    key: str
    step: str
    deed: Deed
    name: str
    held: str
    at: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed as it is written. `was`: the key before a move. `draft` None: there is nothing to say. `also`: steps that
    this draft makes needless. `retire`: broadcasts of this occasion that are past, with `reason` for people.
    `cooldown` (seconds) and `a_day`: the limits; None for what is never held."""

    deed: Deed
    rule: str
    key: str
    step: str
    was: str = ""
    draft: Draft | None = None
    also: Sequence[str] = ()
    retire: Sequence[str] = ()
    reason: str = ""
    cooldown: float | None = None
    a_day: int | None = None


class NoticeRoom(Protocol):
    """Occasions, and what was drafted."""

    async def open(self) -> list[Occasion]:
        """Those that have begun and are not over."""

    async def of(self, rule: str, since: float) -> list[Notice]:
        """What was done for a rule since then, in order."""

    async def lately(self, since: float, limit: int) -> list[Notice]:
        """What was done for all of them, the newest first."""

    async def write(
        self, entry: Entry, line: AuditLine, cards: Sequence[NewEffect], held: Sequence[NewEffect]
    ) -> Wrote:
        """Do it, once, with `cards` for the staff; with `held` in their place where it is only counted."""

    async def purge(self, before: float) -> int:
        """Forget the prices of before then, also those of rules that are no more; how many."""

    async def price(self, rule: str, at: float, value: float, since: float) -> list[tuple[float, float]]:
        """Keep a price and forget those before `since`; all (moment, price) that are left, in order."""
