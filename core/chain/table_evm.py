"""EVM chains: from what a healthy source says to one row.

A sender's transactions are numbered (the nonce). One number goes through once, which proves what became of a
transaction that no node knows any more.
"""

from __future__ import annotations

from typing import Final

from core.chain.seen import EvmBody, SeenEvm
from core.chain.table import PAYEE, Case, Row

EvmCase = Case[SeenEvm]
DROPPED_AFTER: Final = 600.0
"""Seconds since it was first seen, after which a transaction that left the queue with its number free is dropped."""


def _ahead(case: EvmCase) -> int:
    """How many of the sender's transactions must go before this one; below 0: its number is used up."""
    body, mined = case.seen.body, case.seen.mined_nonce
    return 0 if body is None or mined is None else body.nonce - mined


def _is_stuck(case: EvmCase) -> bool:
    body, market = case.seen.body, case.seen.market
    if body is None or market is None:
        return False
    return (
        body.max_fee < market.lowest_base or min(body.tip, body.max_fee - market.next_base) < market.low_tip
    )


def _used(case: EvmCase) -> bool:
    """Whether the number of the snapshot went through with another transaction."""
    before = case.firstly(EvmBody)
    return before is not None and case.seen.mined_nonce is not None and before.nonce < case.seen.mined_nonce


def _free(case: EvmCase) -> bool:
    before = case.firstly(EvmBody)
    return before is not None and before.nonce == case.seen.mined_nonce


def _same(case: EvmCase) -> bool:
    """Whether the replacement does what the first one did: only dearer."""
    before, new = case.firstly(EvmBody), case.seen.replacement
    if before is None or new is None or not isinstance(new.body, EvmBody):
        return False
    return (before.to, before.value, before.call) == (new.body.to, new.body.value, new.body.call)


def _is_empty(case: EvmCase) -> bool:
    """Whether the replacement sends nothing, to the sender itself: how wallets cancel."""
    new = case.seen.replacement
    return (
        new is not None
        and isinstance(new.body, EvmBody)
        and (new.body.to == new.body.sender and new.body.value == 0)
    )


def _is_mined(case: EvmCase) -> bool:
    return case.seen.replacement is not None and case.seen.replacement.block is not None


def _is_dropped(case: EvmCase) -> bool:
    return _free(case) and case.before is not None and case.now - case.before.at > DROPPED_AFTER


def _is_final(case: EvmCase) -> bool:
    block, final = case.seen.block, case.seen.final
    return block is not None and final is not None and block.number <= final


MINED: Final[tuple[Row[SeenEvm], ...]] = (
    Row("E8", "reorganised", lambda c: c.seen.moved),
    Row(
        "E9",
        "out_of_gas",
        lambda c: (
            c.seen.succeeded is False and c.seen.body is not None and 0 < c.seen.body.gas <= c.seen.used
        ),
    ),
    Row("E9", "reverted", lambda c: c.seen.succeeded is False),
    *PAYEE,
    Row("E15", "outcome_unknown", lambda c: c.seen.succeeded is None),
    Row("E13", "confirming", lambda c: c.k < c.network.credit),
    Row("E13", "confirmed", lambda c: c.k < c.network.unlock),
    Row("E14", "final", _is_final),
    Row("E13", "withdrawable", lambda c: True),
)
WAITING: Final[tuple[Row[SeenEvm], ...]] = (
    Row("E8", "reorganised", lambda c: c.seen.moved),
    Row("E4", "nonce_gap", lambda c: _ahead(c) > 0 and c.seen.missing is not None),
    Row("E5", "blocked_by_older", lambda c: _ahead(c) > 0),
    Row("E3", "stuck_low_fee", _is_stuck),
    Row("E2", "pending", lambda c: True),
)
GONE: Final[tuple[Row[SeenEvm], ...]] = (
    Row("E6", "cancelled", _is_empty),
    Row("E6", "replaced_final", lambda c: _is_mined(c) and _same(c)),
    Row("E6", "double_spent", _is_mined),
    Row("E6", "replaced", _same),
    Row("E6", "cancelled", lambda c: c.seen.replacement is not None),
    Row("E6", "nonce_used", _used),
    Row("E8", "reorganised", lambda c: c.seen.moved),
    Row("E7", "dropped", _is_dropped),
    Row("E1", "vanished", lambda c: c.before is not None),
    Row("E1", "not_seen_yet", lambda c: True),
)


def table(seen: SeenEvm) -> tuple[Row[SeenEvm], ...]:
    """The rows that can fit."""
    if seen.block is not None:
        return MINED
    return WAITING if seen.body is not None else GONE
