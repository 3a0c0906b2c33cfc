"""What a Bitcoin node answers, read into our facts. Pure; what is not as the interface says is `Odd`.

Amounts come as decimal coins; a double holds every amount there can be, so rounding gives the exact satoshis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.chain.asking import Odd
from core.chain.seen import BitcoinBody, Block, Outpoint, Output, Transfer, Waiting
from core.chain.shapes import bare_hash, items, record, whole

COIN: Final = 100_000_000
BLOCK_SIZE: Final = 1_000_000
"""Virtual bytes that fit into a block."""
_PLACES: Final = ((2, 1), (6, 3), (12, 6))
"""(estimate for so many blocks, place in the queue of a rate that reaches it)."""


def satoshis(value: object) -> int:
    """An amount of coins in satoshis."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e10:
        raise Odd
    return round(value * COIN)


def body(transaction: Mapping[str, Any], scripts: Mapping[tuple[str, int], str] | None = None) -> BitcoinBody:
    """What a transaction spends and pays. `scripts`: those of the outputs that it spends, where it does not show them."""
    inputs = [record(entry) for entry in items(transaction.get("vin"))]
    coinbase = any("coinbase" in entry for entry in inputs)
    return BitcoinBody(
        () if coinbase else tuple(_input(entry, scripts or {}) for entry in inputs),
        tuple(_output(record(entry)) for entry in items(transaction.get("vout"))),
        coinbase,
    )


def _input(entry: Mapping[str, Any], scripts: Mapping[tuple[str, int], str]) -> Outpoint:
    point = bare_hash(entry.get("txid")), whole(entry.get("vout"))
    shown = entry.get("prevout")
    script = _output(record(shown)).script if shown is not None else scripts.get(point, "")
    return Outpoint(*point, script)


def scripts(transaction: object) -> Mapping[int, str]:
    """The script of each output of a transaction, by its index; nothing for one that is not known."""
    if not isinstance(transaction, dict):
        return {}
    return dict(enumerate(_output(record(entry)).script for entry in items(transaction.get("vout"))))


def _output(entry: Mapping[str, Any]) -> Output:
    script = record(entry.get("scriptPubKey"))
    return Output(str(script.get("hex", "")), satoshis(entry.get("value")), str(script.get("address", "")))


def transfers(paid: BitcoinBody) -> tuple[Transfer, ...]:
    """Whom a transaction pays; an output that nobody can spend pays nobody."""
    return tuple(Transfer(output.address, output.value) for output in paid.outputs if output.address)


def block(header: Mapping[str, Any]) -> Block | None:
    """A block of the best chain; None for one that was left behind."""
    confirmations = header.get("confirmations")
    if type(confirmations) is not int or confirmations < 1:
        return None
    return Block(whole(header.get("height")), bare_hash(header.get("hash")), float(whole(header.get("time"))))


def waiting(
    entry: Mapping[str, Any], pool: Mapping[str, Any], estimates: Sequence[Any], replaceable: bool
) -> Waiting:
    """A transaction's place in the queue, with what its family pays.

    Its ancestors must go first, so they can make it slower; its descendants can pay for it.
    """
    size = max(1, whole(entry.get("vsize")))
    fee = satoshis(record(entry.get("fees")).get("base"))
    rate = _effective(entry, fee, size)
    rates = [_rate(estimate) for estimate in estimates]
    return Waiting(
        rate=rate,
        fee=fee,
        size=size,
        since=float(whole(entry.get("time"))),
        parents=tuple(bare_hash(parent) for parent in items(entry.get("depends"))),
        replaceable=replaceable,
        position=_position(rate, pool, rates),
        floor=satoshis(pool.get("mempoolminfee")) / 1000,
        next_rate=rates[0] if rates else 0.0,
    )


def _effective(entry: Mapping[str, Any], fee: int, size: int) -> float:
    """What a miner gets for it: with its ancestors, which must go first, and with its descendants where they pay."""
    fees = record(entry.get("fees"))
    above, above_size = satoshis(fees.get("ancestor")), max(size, whole(entry.get("ancestorsize")))
    below, below_size = satoshis(fees.get("descendant")), max(size, whole(entry.get("descendantsize")))
    alone = min(fee / size, above / above_size)
    family = (above + below - fee) / (above_size + below_size - size)
    return max(alone, min(below / below_size, family))


def _rate(estimate: object) -> float:
    """Satoshis for each virtual byte; 0 where the node has seen too little."""
    value = estimate.get("feerate") if isinstance(estimate, dict) else None
    return satoshis(value) / 1000 if value is not None else 0.0


def _position(rate: float, pool: Mapping[str, Any], rates: Sequence[float]) -> int:
    """The block in which its place in the queue would be: by the queue itself where the node shows it, else by its
    estimates; never further back than the queue is long."""
    last = whole(pool.get("bytes")) // BLOCK_SIZE + 1
    histogram = pool.get("fee_histogram")
    if isinstance(histogram, dict):
        groups = [group for group in histogram.values() if isinstance(group, dict)]
        ahead = sum(whole(group.get("sizes")) for group in groups if whole(group.get("from_feerate")) > rate)
        return min(last, ahead // BLOCK_SIZE + 1)
    for estimate, (_, place) in zip(rates, _PLACES, strict=False):
        if estimate and rate >= estimate:
            return min(last, place)
    return last


TARGETS: Final = tuple(target for target, _ in _PLACES)
"""Blocks for which a node is asked what to pay."""
