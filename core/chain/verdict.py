"""From what a node saw to one verdict, by one table that every chain shares.

A chain's client fills in `Seen`; nothing here knows how it asked. The first row of `TABLE` that fits decides.
The node's own health is its first row, so a node that is behind never says "not found" (law 10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Name = Literal["pending", "confirming", "confirmed", "reverted", "not_found", "source_down"]

STALE: Final = 300.0
"""Seconds: a node whose newest block is older than this is behind."""


@dataclass(frozen=True, slots=True)
class Source:
    """The node that was asked, and the chain it follows.

    `need`: confirmations until the exchange credits. `block_seconds`: mean time between two blocks.
    """

    node: str
    network: str
    need: int = 12
    block_seconds: float = 12.0
    stale_after: float = STALE


@dataclass(frozen=True, slots=True)
class Seen:
    """What one node answered about one transaction, at one moment.

    `latest` is its newest block, `latest_at` that block's own time in epoch seconds. `mined_in` is the block
    of the transaction, None when it waits. `succeeded` is None while nobody can say.
    """

    reachable: bool = True
    syncing: bool = False
    latest: int = 0
    latest_at: float = 0.0
    known: bool = False
    mined_in: int | None = None
    succeeded: bool | None = None


UNREACHABLE: Final = Seen(reachable=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can honestly be said about a transaction, by whom and when.

    `k` confirmations of `need`. `block` is the transaction's block; while it has none, the newest block that the
    source knew. `checked_at` is epoch seconds; `left` is the seconds until credit, as far as blocks tell.
    `sources` counts the nodes that say so; for not_found and source_down all that were asked.
    """

    name: Name
    k: int
    need: int
    block: int
    node: str
    network: str
    checked_at: float
    left: float = 0.0
    sources: int = 1

    def values(self) -> Mapping[str, str]:
        """The holes of a text. Always the same keys, so that every outcome's text may use any of them."""
        return {
            "confirmations": str(self.k),
            "need": str(self.need),
            "block": str(self.block),
            "node": self.node,
            "network": self.network,
            "checked_at": str(int(self.checked_at)),
            "left": str(int(self.left)),
            "sources": str(self.sources),
        }


def confirmations(seen: Seen) -> int:
    """How many blocks confirm it, its own among them. At least 1 once mined: a node may count its tip late."""
    return 0 if seen.mined_in is None else max(1, seen.latest - seen.mined_in + 1)


def is_healthy(seen: Seen, source: Source, now: float) -> bool:
    """Whether a node's "I do not know it" means anything."""
    return seen.reachable and not seen.syncing and now - seen.latest_at <= source.stale_after


Fits = Callable[[Seen, Source, float], bool]

TABLE: Final[tuple[tuple[Name, Fits], ...]] = (
    ("source_down", lambda seen, source, now: not is_healthy(seen, source, now)),
    ("not_found", lambda seen, source, now: not seen.known),
    ("pending", lambda seen, source, now: seen.mined_in is None),
    ("reverted", lambda seen, source, now: seen.succeeded is False),
    ("source_down", lambda seen, source, now: seen.succeeded is None),
    ("confirming", lambda seen, source, now: confirmations(seen) < source.need),
    ("confirmed", lambda seen, source, now: True),
)
"""(verdict, when), read from the top. The last row always fits."""


def judge(seen: Seen, source: Source, now: float) -> Verdict:
    """The verdict of one source. `now` is epoch seconds."""
    name = next(name for name, fits in TABLE if fits(seen, source, now))
    k = confirmations(seen)
    waits = name in ("pending", "confirming")
    return Verdict(
        name=name,
        k=k,
        need=source.need,
        block=seen.latest if seen.mined_in is None else seen.mined_in,
        node=source.node,
        network=source.network,
        checked_at=now,
        left=max(0, source.need - k) * source.block_seconds if waits else 0.0,
    )
