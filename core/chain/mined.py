"""A block as a watch needs it: which transactions are in it, what it stands on, and when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.chain.network import Source


@dataclass(frozen=True, slots=True)
class Mined:
    """A block of the best chain. `ids`: its transactions, each "0x" and 64 small hex digits. `at`: what it says
    itself of its time, in epoch seconds."""

    number: int
    hash: str
    parent: str
    ids: tuple[str, ...]
    at: float = 0.0


class Miner(Protocol):
    """A source that shows whole blocks."""

    @property
    def source(self) -> Source:
        """What it is and which network it follows."""

    async def mined(self, number: int | None) -> Mined:
        """The block of this number, the newest for None.

        Raises:
            Unavailable: the source cannot tell, or has no such block.
        """
