"""The room of snapshots: what was first seen of the transactions that somebody waits for. See `rooms.py` for the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was first seen of a transaction on one network, as text."""

    id: str
    network: str
    body: str


class Snapshots(Protocol):
    """They go by themselves when nothing needs them any more."""

    async def recall(self, transaction_id: str, now: float) -> list[str]:
        """The bodies of an id, one for each network that knew it."""

    async def keep(self, snapshots: Sequence[Snapshot], until: float, now: float) -> None:
        """Keep each at least until then, with this body; what is past its time goes."""

    async def forget(self, transaction_id: str) -> None:
        """Nothing needs this one any more."""

    async def purge(self, now: float) -> int:
        """Delete what is past its time; returns how many went."""
