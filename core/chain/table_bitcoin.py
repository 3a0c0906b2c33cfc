"""Bitcoin and its kin: from what a healthy source says to one row.

After a transaction has left the queue, its inputs tell what became of it: spent by another transaction, or still
unspent. So the rows for what is gone need the snapshot.
"""

from __future__ import annotations

from typing import Final

from core.chain.seen import BitcoinBody, SeenBitcoin
from core.chain.table import PAYEE, Case, Row

BitcoinCase = Case[SeenBitcoin]
_MATURE: Final = 100
"""Confirmations before newly mined coins may be spent: a rule of the chain."""
_FAR: Final = 6
"""A place in the queue behind so many blocks is far."""


def still_pays(case: BitcoinCase) -> bool | None:
    """Whether the replacement pays whom the first one paid; None when that cannot be told.

    Change and payee look alike. When every script of the first one is still paid, the payee is among them; when no
    output stayed as it was and one is gone, the payee is gone.
    """
    before, new = case.firstly(BitcoinBody), case.seen.replacement
    if before is None or new is None or not isinstance(new.body, BitcoinBody):
        return None
    if case.expected.addresses:
        return any(output.address in case.expected.addresses for output in new.body.outputs)
    paid = {output.script for output in new.body.outputs}
    if all(output.script in paid for output in before.outputs):
        return True
    return None if set(before.outputs) & set(new.body.outputs) else False


def _is_stuck(case: BitcoinCase) -> bool:
    waiting = case.seen.waiting
    assert waiting is not None
    if waiting.rate < waiting.floor:
        return True
    return bool(waiting.since) and (
        case.now - waiting.since > case.network.stuck_after and waiting.position > _FAR
    )


def _is_mined(case: BitcoinCase) -> bool:
    return case.seen.replacement is not None and case.seen.replacement.block is not None


def _all_unspent(case: BitcoinCase) -> bool:
    before = case.firstly(BitcoinBody)
    return before is not None and bool(before.inputs) and case.seen.unspent == len(before.inputs)


MINED: Final[tuple[Row[SeenBitcoin], ...]] = (
    Row("B12", "reorganised", lambda c: c.seen.moved),
    Row(
        "B13",
        "immature",
        lambda c: c.seen.body is not None and c.seen.body.coinbase and c.k < _MATURE,
    ),
    *PAYEE,
    Row("B10", "confirming", lambda c: c.k < c.network.credit),
    Row("B11", "confirmed", lambda c: c.k < c.network.unlock),
    Row("B11", "withdrawable", lambda c: True),
)
WAITING: Final[tuple[Row[SeenBitcoin], ...]] = (
    Row("B12", "reorganised", lambda c: c.seen.moved),
    *PAYEE,
    Row("B5", "waits_for_parent", lambda c: bool(c.seen.waiting and c.seen.waiting.parents)),
    Row("B4", "stuck_low_fee", _is_stuck),
    Row("B3", "pending", lambda c: bool(c.seen.waiting and c.seen.waiting.position)),
    Row("B2", "pending", lambda c: True),
)
GONE: Final[tuple[Row[SeenBitcoin], ...]] = (
    Row("B8", "double_spent", lambda c: _is_mined(c) and still_pays(c) is False),
    Row("B7", "replaced_final", _is_mined),
    Row("B6", "cancelled", lambda c: c.seen.replacement is not None and still_pays(c) is False),
    Row("B6", "replaced", lambda c: c.seen.replacement is not None),
    Row("B9", "dropped", _all_unspent),
    Row("B1", "vanished", lambda c: c.before is not None),
    Row("B1", "not_seen_yet", lambda c: True),
)


def table(seen: SeenBitcoin) -> tuple[Row[SeenBitcoin], ...]:
    """The rows that can fit."""
    if seen.block is not None:
        return MINED
    return WAITING if seen.waiting is not None else GONE
