"""One verdict from several nodes: whoever knows the transaction speaks; silence counts only if all are well.

A hash that no node knows is "not found" when every node is healthy and answered. While one of them is down or
behind, it might be the one that knows: then the verdict is "source down", never a negative one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from core.chain.verdict import Name, Seen, Source, Verdict, judge


class Node(Protocol):
    """A client of one node of any chain."""

    @property
    def source(self) -> Source:
        """What it is and which chain it follows."""

    async def see(self, transaction_id: str) -> Seen:
        """What the node knows. Its own faults are told in the answer, never raised."""


_FINAL: Final[tuple[Name, ...]] = ("confirmed", "reverted")
_NEGATIVE: Final[tuple[Name, ...]] = ("source_down", "not_found")
_ORDER: Final[tuple[Name, ...]] = (
    "confirmed",
    "reverted",
    "confirming",
    "pending",
    "source_down",
    "not_found",
)
"""Who speaks when several nodes answer: the one that saw most; the unsure before the negative."""


async def look_up(
    nodes: Sequence[Node], transaction_id: str, need: int | Mapping[str, int] | None, now: Callable[[], float]
) -> Verdict:
    """Ask all nodes at once. Returns as soon as one has seen the transaction reach its end.

    `need`: confirmations until credit, for all chains or by chain; where it says nothing the node's own holds.
    `now`: epoch seconds.

    Raises:
        ValueError: there is no node, or the id is not one.
    """
    if not nodes:
        raise ValueError("no node is configured")
    tasks = [asyncio.ensure_future(_verdict(node, transaction_id, need, now)) for node in nodes]
    verdicts: list[Verdict] = []
    try:
        for task in asyncio.as_completed(tasks):
            verdicts.append(await task)
            if verdicts[-1].name in _FINAL:
                return verdicts[-1]
    finally:
        for unfinished in tasks:
            unfinished.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return _best(verdicts)


async def _verdict(
    node: Node, transaction_id: str, need: int | Mapping[str, int] | None, now: Callable[[], float]
) -> Verdict:
    source = node.source
    wanted = need.get(source.network, source.need) if isinstance(need, Mapping) else need
    seen = await node.see(transaction_id)
    return judge(seen, source if wanted is None else replace(source, need=wanted), now())


def _best(verdicts: Sequence[Verdict]) -> Verdict:
    """The one that counts. Of equals, the one with the newer block. Negative ones speak for all that were asked."""
    best = min(verdicts, key=lambda verdict: (_ORDER.index(verdict.name), -verdict.k, -verdict.block))
    agree = sum(verdict.name == best.name for verdict in verdicts)
    return replace(best, sources=len(verdicts) if best.name in _NEGATIVE else agree)
