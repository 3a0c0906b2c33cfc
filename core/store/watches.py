"""The room of watches: who wants to be told about which transaction, and what was told. See `rooms.py` for the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.store.rows import EventRow, NewEvent

Goal = Literal["credited", "withdrawable", "trouble"]


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One watch. `block` is -1 while the transaction is in none; `due` is the height at which there is something to say.

    `lane` and `address` say who is told, in the words of `flow`. `until` and `look_at` are epoch seconds. `said`: the last
    event that was told. `message`: the key of the row that became the progress bar.
    """

    id: str
    lane: str
    address: str
    flow: str
    network: str
    transaction_id: str
    goal: Goal
    until: float
    block: int = -1
    block_hash: str = ""
    due: int = -1
    look_at: float = 0.0
    said: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What is new of one watch: `keeps` its new state, None when it ends; `says` the event for its person, told once for
    each (`event`, `block`)."""

    watch: WatchRow
    keeps: WatchRow | None
    event: str = ""
    block: str = ""
    says: NewEvent | None = None
    begins_bar: bool = False
    """Whether the message that this event becomes is the bar from then on."""


class Watches(Protocol):
    """Everything costs what there is news of, never what is merely watched."""

    async def begin(self, watch: WatchRow, most: int) -> Literal["watching", "already", "full"]:
        """Add a watch, once for each id; `most` a conversation may have."""

    async def networks(self) -> list[str]:
        """The networks of which something is watched."""

    async def found(self, network: str, ids: Sequence[str]) -> list[WatchRow]:
        """The watches on any of these transactions."""

    async def of_blocks(self, network: str, hashes: Sequence[str]) -> list[WatchRow]:
        """The watches whose transaction was in one of these blocks."""

    async def due(self, network: str, height: int, limit: int) -> list[WatchRow]:
        """The watches of which there is something to say at this height."""

    async def to_look(self, network: str, now: float, limit: int) -> list[WatchRow]:
        """The watches without a block whose transaction is to be looked up again, the longest waiting first."""

    async def over(self, now: float, limit: int) -> list[WatchRow]:
        """The watches whose time is over."""

    async def tips(self, network: str) -> Mapping[int, str]:
        """The newest blocks that were looked through: number -> hash."""

    async def commit(
        self, told: Sequence[Told], tips: Sequence[tuple[str, int, str]], depth: int, now: float
    ) -> tuple[list[EventRow], list[str]]:
        """All of it in one transaction: what is told, once; the new states; the blocks that are looked through now.

        `tips`: (network, number, hash); what is above the newest or more than `depth` below it goes. Returns the new events,
        and the transactions that nobody watches any more.
        """
