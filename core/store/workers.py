"""What many workers on one store need: who they are, what they hold, one rate for all, and a bell. See `rooms.py` for
the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from core.store.rows import EffectRow, EventRow

FARTHEST = 900.0
"""Seconds beyond which no lease is given."""


class Clock(Protocol):
    """The database's own clock, for what several machines must agree on. `era` rises when it was found to be set."""

    era: int

    def __call__(self) -> float:
        """Now, in epoch seconds."""

    async def look(self) -> None:
        """Look at the database again: its clock may have been set."""


class Workers(Protocol):
    """Many workers on one store: who they are, and which rows each of them holds."""

    async def join(self, owner: str, until: float) -> int:
        """A number of our own, with a lease that lasts until then; every write of this store is fenced by it."""

    async def renew(self, number: int, until: float) -> bool:
        """Keep working; False when somebody took over."""

    async def leave(self, number: int) -> None:
        """Free everything at once."""

    async def late(self, now: float) -> list[str]:
        """The leases of workers that have run out, or reach further than any is given: that was by a clock that is not
        the one of now."""

    async def sweep(self, names: Sequence[str], now: float) -> int:
        """Take over from those of these workers that are (still) late. How many there were."""

    async def owners(self) -> list[str]:
        """Who works here, and who died and was not taken over from yet."""

    async def living(self, now: float) -> list[str]:
        """Who works here, by a lease that has not run out."""

    async def claim_events(self, number: int, limit: int) -> list[EventRow]:
        """The first waiting event of each lane that nobody holds, in order of id. Whoever asks holds no other."""

    async def claim_effects(
        self, number: int, channels: Sequence[str], now: float, limit: int, rank: int
    ) -> list[EffectRow]:
        """The next effect of each lane of these channels, where it is due, not above that rank, and nobody holds
        it; by rank and id."""

    async def claimed(self, number: int) -> list[EffectRow]:
        """All effects that this worker holds, by rank and id: for one whose claim was never answered."""

    async def let_go(self, number: int, keys: Sequence[str]) -> None:
        """Effects that this worker does not perform now: anybody may claim them."""


class Place(NamedTuple):
    """An answer to whoever wants to send. `given`: the message may leave at that moment; otherwise ask again then."""

    given: bool
    at: float


class Counted(Protocol):
    """A chat whose messages all processes count together. What was counted is a text; "" at first."""

    @property
    def key(self) -> str:
        """Which chat."""

    def wait(self, state: str, now: float) -> float:
        """Seconds until it may get one more; not above 0 when that is now."""

    def spent(self, state: str, at: float) -> tuple[str, float]:
        """The text after one more message, which leaves at that time; and until when it has to be kept."""


class Rates(Protocol):
    """What all workers together may send, and what else they count together or tell each other."""

    async def reserve(
        self, name: str, every: float, now: float, within: float | None = None, chat: Counted | None = None
    ) -> Place:
        """A place for one message of a bot, to this chat. No two callers get moments less than `every` seconds
        apart. When the chat has to wait, or the moment would be more than `within` seconds from now, nothing is
        given and nothing is counted."""

    async def free_at(self, name: str) -> float:
        """When the next message of this bot may leave: later than any place that was given and still counts."""

    async def hold(self, name: str, until: float) -> None:
        """Nothing of this bot leaves before this moment."""

    async def count(self, name: str, key: str, change: Callable[[str], tuple[str, float]]) -> None:
        """Replace a text by what `change` makes of it ("" at first): (text, until when it has to be kept)."""

    async def counted(self, name: str, key: str, now: float = 0.0) -> str:
        """The text as it stands; "" when at `now` it need not be kept any more."""

    async def forget(self, before: float) -> None:
        """Delete what had to be kept no longer than until then."""

    async def begin_anew(self, now: float) -> None:
        """Forget everything that was counted, and every pause: the clock was set, and their times mean nothing now."""


class Bell(Protocol):
    """A hint between the processes of one store that there is something to do. Nothing may depend on it."""

    async def ring(self) -> None:
        """Tell every process that hears."""

    async def hear(self, heard: Callable[[], None]) -> None:
        """Call `heard` at each ring, for ever."""
