"""TRON: from what a healthy source says to one row.

Every transaction carries its own last moment. When the newest block that cannot be undone is later than that and does
not hold it, no block ever will: the one disappearance that needs no second source.
"""

from __future__ import annotations

from typing import Final

from core.chain.seen import SeenTron, TronBody
from core.chain.table import PAYEE, Case, Row

TronCase = Case[SeenTron]


def _is_expired(case: TronCase) -> bool:
    body = case.seen.body or case.firstly(TronBody)
    return body is not None and case.seen.health.complete and case.seen.solid_at >= body.expiration > 0


EXECUTED: Final[tuple[Row[SeenTron], ...]] = (
    Row("B12", "reorganised", lambda c: c.seen.moved),
    Row("T3", "out_of_energy", lambda c: c.seen.result == "OUT_OF_ENERGY"),
    Row("T4", "reverted", lambda c: c.seen.result not in ("", "SUCCESS")),
    *PAYEE,
    Row("T5", "confirming", lambda c: not c.seen.solid or c.k < c.network.credit),
    Row("T7", "confirmed", lambda c: c.k < c.network.unlock),
    Row("T7", "final", lambda c: True),
)
WAITING: Final[tuple[Row[SeenTron], ...]] = (
    Row("T6", "expired", _is_expired),
    Row("T2", "pending", lambda c: c.seen.body is not None),
    Row("T1", "vanished", lambda c: c.before is not None),
    Row("T1", "not_seen_yet", lambda c: True),
)


def table(seen: SeenTron) -> tuple[Row[SeenTron], ...]:
    """The rows that can fit."""
    return EXECUTED if seen.block is not None else WAITING
