"""How a waiting transaction can be made faster, in figures, and only by whoever can do it. Pure.

A sender can pay more for the same transaction. Whoever receives on Bitcoin into a wallet of their own can pay for it from there;
a deposit to an exchange goes to an address of the exchange, so its owner cannot.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from core.chain.seen import SeenBitcoin, SeenEvm, Waiting
from core.chain.table import Case
from core.chain.verdict import Advice, Name

_CAN_BE_FASTER: Final[tuple[Name, ...]] = ("pending", "stuck_low_fee", "waits_for_parent")
_STEP: Final = 1.0
"""Satoshis for each virtual byte that a replacement must pay beyond what it replaces: the usual rule of relaying nodes."""
_CHILD: Final = 110
"""Virtual bytes of a transaction that spends one output into one of today's addresses."""
_TENTH: Final = 10
"""A replacement must offer a tenth more on EVM chains: the usual rule of nodes."""


def advice(name: Name, case: Case[Any]) -> tuple[Advice, ...]:
    """What could be done about a waiting transaction; nothing where its fee is good, or what is paid now is not known."""
    if name not in _CAN_BE_FASTER:
        return ()
    match case.seen:
        case SeenBitcoin(waiting=Waiting() as waiting):
            return _bitcoin(waiting, deposit=bool(case.expected.addresses))
        case SeenEvm():
            return _evm(case)
    return ()


def _bitcoin(waiting: Waiting, *, deposit: bool) -> tuple[Advice, ...]:
    target = max(waiting.next_rate, waiting.floor)
    if waiting.rate >= target:
        return ()
    fee = math.ceil(max(target * waiting.size, waiting.fee + _STEP * waiting.size))
    sender = Advice("replace_fee", "sender", {"rate": _rate(fee / waiting.size), "fee": str(fee)})
    if deposit or waiting.parents:
        return (sender,)
    child = math.ceil(target * (waiting.size + _CHILD)) - waiting.fee
    return sender, Advice("child_pays", "receiver", {"fee": str(child), "size": str(_CHILD)})


def _evm(case: Case[SeenEvm]) -> tuple[Advice, ...]:
    body, market = case.seen.body, case.seen.market
    if body is None or market is None:
        return ()
    if body.tip >= market.low_tip and body.max_fee >= market.next_base + market.low_tip:
        return ()
    tip = max(_dearer(body.tip), market.low_tip)
    # The base fee can double within six blocks: room for that, so that one replacement is enough.
    most = max(_dearer(body.max_fee), 2 * market.next_base + tip)
    values: Mapping[str, str] = {"max_fee": _gwei(most), "tip": _gwei(tip), "nonce": str(body.nonce)}
    return (Advice("speed_up", "sender", values),)


def _dearer(price: int) -> int:
    return price + -(-price // _TENTH)


def _rate(rate: float) -> str:
    return f"{math.ceil(rate * 10) / 10:g}"


def _gwei(wei: int) -> str:
    return f"{-(-wei // 10**7) / 100:g}"
