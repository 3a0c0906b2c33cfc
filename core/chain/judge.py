"""From what one source says to one verdict. Its own health comes first: a source that is behind says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from core.chain import table_bitcoin, table_evm, table_tron
from core.chain.advice import advice
from core.chain.facts import facts, sick
from core.chain.network import Network, Source
from core.chain.seen import DOWN, Expected, FirstSeen, Health, Seen, SeenBitcoin, SeenEvm, is_healthy
from core.chain.table import Case, Row, decide
from core.chain.verdict import Name, Progress, Verdict

NOTHING_EXPECTED: Final = Expected()
_COUNTS: Final[tuple[Name, ...]] = ("pending", "confirming", "confirmed", "reorganised")
"""Verdicts on a transaction whose time until the next step can be told."""


def judge(
    seen: Seen,
    source: Source,
    now: float,
    before: FirstSeen | None = None,
    expected: Expected = NOTHING_EXPECTED,
) -> Verdict:
    """The verdict of one source. `before`: what was first seen of it; `now` is epoch seconds."""
    network = source.network
    if not is_healthy(seen.health, network.stale_after, now):
        return unavailable(source, now, seen.health)
    case: Case[Any] = Case(seen, network, before, expected, now)
    if not seen.known and not seen.health.complete:
        return Verdict("source_down", network.name, facts(case, source), now)
    name = row(case).name
    low, high = eta(name, case)
    progress = Progress(case.k, network.credit, network.unlock) if seen.known else None
    return Verdict(
        name,
        network.name,
        facts(case, source),
        now,
        progress=progress,
        low=low,
        high=high,
        advice=advice(name, case),
        next_id=_next_id(seen),
    )


def unavailable(source: Source, now: float, health: Health = DOWN) -> Verdict:
    """The verdict of a source that did not answer, or that is not well."""
    return Verdict("source_down", source.network.name, (sick(health, source, now),), now)


def row(case: Case[Any]) -> Row[Any]:
    """The row of the tables that decides about what a healthy source says."""
    if isinstance(case.seen, SeenBitcoin):
        return decide(table_bitcoin.table(case.seen), case)
    table: Sequence[Row[Any]] = (
        table_evm.table(case.seen) if isinstance(case.seen, SeenEvm) else table_tron.table(case.seen)
    )
    return decide(table, case)


def _next_id(seen: Seen) -> str:
    replacement = getattr(seen, "replacement", None)
    return replacement.id if replacement is not None else ""


def eta(name: Name, case: Case[Any]) -> tuple[float, float]:
    """Seconds until the next step of the progress (in a block, credited, withdrawable) as a range."""
    if name not in _COUNTS:
        return 0.0, 0.0
    waiting = getattr(case.seen, "waiting", None)
    if not case.k:
        position = 1 if waiting is None else waiting.position
        return _range(position, case.network) if position else (0.0, 0.0)
    left = case.network.credit - case.k
    return _range(left if left > 0 else max(1, case.network.unlock - case.k), case.network)


def _range(blocks: int, network: Network) -> tuple[float, float]:
    """When `blocks` more blocks will be there, four times in five.

    Mined blocks come at random: their spread is the square root of their number. Elsewhere they come by the clock, and
    a few are missed.
    """
    if network.family == "bitcoin":
        spread = 1.28 * blocks**0.5
        return max(0.1 * blocks, blocks - spread) * network.block_seconds, (
            blocks + spread
        ) * network.block_seconds
    return blocks * network.block_seconds, (1.25 * blocks + 1) * network.block_seconds
