"""What an EVM node answers, read into our facts. Pure; what is not as the protocol says is `Odd`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from core.chain.asking import Odd
from core.chain.jsonrpc import Failed, good, maybe
from core.chain.seen import Block, EvmBody, Health, Market, SeenEvm, Transfer
from core.chain.shapes import record

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_ADDRESS: Final = re.compile(r"0x[0-9a-f]{40}")
_HASH: Final = re.compile(r"0x[0-9a-f]{64}")
_TRANSFER: Final = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""Topic of a token's Transfer event: keccak-256 of "Transfer(address,address,uint256)"."""
_ERROR: Final = "08c379a0"
"""Selector of Error(string), the reason that a contract gives."""
_PLAIN_TRANSFER: Final = 21_000
"""Gas of a transfer without code: it cannot have failed, even where old receipts carry no status."""
_LONGEST_WORD: Final = 80


def quantity(value: object) -> int:
    """A number as the protocol writes it."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise Odd
    return int(value, 16)


def _or_zero(value: object) -> int:
    return 0 if value is None else quantity(value)


def _data(value: object) -> bytes:
    if not isinstance(value, str) or not _DATA.fullmatch(value):
        raise Odd
    return bytes.fromhex(value[2:])


def address(value: object) -> str:
    """An address in small letters, "" for none."""
    text = "" if value is None else str(value).lower()
    if text and not _ADDRESS.fullmatch(text):
        raise Odd
    return text


def seen(told: Sequence[Any], then: Block | None) -> SeenEvm:
    """What the first answer of a node holds: the transaction, its receipt, the newest block, whether it syncs, its chain,
    the safe and the final block, the fees, and the block that stands now where the transaction was (`then`)."""
    transaction, receipt, newest, syncing, _ = map(good, told[:5])
    safe, final, fees = map(maybe, told[5:8])
    now, mined = record(newest), {} if receipt is None else record(receipt)
    details = None if transaction is None else body(record(transaction))
    block = block_of(mined)
    ok = succeeded(mined) if block else None
    return SeenEvm(
        Health(
            syncing=syncing is not False,
            latest=quantity(now.get("number")),
            latest_at=float(quantity(now.get("timestamp"))),
        ),
        body=details,
        block=block,
        succeeded=ok,
        used=quantity(mined.get("gasUsed", "0x0")),
        transfers=transfers(details, mined) if block and details and ok is not False else (),
        market=market(fees),
        safe=_height(safe),
        final=_height(final),
        moved=then is not None and _is_other(maybe(told[8]), then.hash),
    )


def _height(block: object) -> int | None:
    return None if block is None else quantity(record(block).get("number"))


def _is_other(block: object, expected: str) -> bool:
    """Whether another block stands there now. A node that has none there yet is behind, and tells nothing."""
    return block is not None and record(block).get("hash") != expected


def body(transaction: Mapping[str, Any]) -> EvmBody:
    """What a transaction says of itself."""
    data = _data(transaction.get("input") or "0x")
    price = transaction.get("gasPrice")
    return EvmBody(
        chain_id=_or_zero(transaction.get("chainId")),
        sender=address(transaction.get("from")),
        nonce=quantity(transaction.get("nonce")),
        to=address(transaction.get("to")),
        value=_or_zero(transaction.get("value")),
        max_fee=_or_zero(transaction.get("maxFeePerGas") or price),
        tip=_or_zero(transaction.get("maxPriorityFeePerGas") or price),
        gas=_or_zero(transaction.get("gas")),
        call=sha256(data).hexdigest() if data else "",
    )


def hash_(value: object) -> str:
    """A hash as the protocol writes it."""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise Odd
    return value


def block_of(entry: Mapping[str, Any]) -> Block | None:
    """The block that a transaction or receipt names."""
    if entry.get("blockNumber") is None:
        return None
    return Block(quantity(entry["blockNumber"]), hash_(entry.get("blockHash")))


def succeeded(receipt: Mapping[str, Any]) -> bool | None:
    """The receipt's status. Receipts before 2017 have none: then logs or a plain transfer prove success."""
    if receipt.get("status") is not None:
        return quantity(receipt["status"]) == 1
    if receipt.get("logs") or quantity(receipt.get("gasUsed")) == _PLAIN_TRANSFER:
        return True
    return None


def transfers(details: EvmBody, receipt: Mapping[str, Any]) -> tuple[Transfer, ...]:
    """What moved: the chain's own coin, and tokens by their logs. Each token names whom it likes; `token` is the truth."""
    moved = (
        [Transfer(details.to, details.value, sender=details.sender)] if details.value and details.to else []
    )
    for entry in receipt.get("logs") or ():
        log = record(entry)
        topics = log.get("topics") or []
        if len(topics) != 3 or topics[0] != _TRANSFER:
            continue
        amount = int.from_bytes(_data(log.get("data"))[:32], "big")
        sender, to = (address("0x" + str(topic)[26:]) for topic in topics[1:])
        moved.append(Transfer(to, amount, address(log.get("address")), sender=sender))
    return tuple(moved)


def market(history: object) -> Market | None:
    """What the chain asks for, from eth_feeHistory with one percentile; None where a node does not tell."""
    if not isinstance(history, dict) or not history.get("baseFeePerGas"):
        return None
    bases = [quantity(base) for base in history["baseFeePerGas"]]
    tips = [quantity(record_[0]) for record_ in history.get("reward") or () if record_]
    full = [tip for tip, used in zip(tips, history.get("gasUsedRatio") or (), strict=False) if used]
    return Market(min(bases[:-1] or bases), bases[-1], min(full, default=0))


def reason(replayed: object) -> str:
    """Why a contract undid it, in its own words: they are a stranger's, so only short and plain ones are shown."""
    if not isinstance(replayed, Failed) or not isinstance(replayed.data, str):
        return ""
    try:
        data = _data(replayed.data)
    except Odd:
        return ""
    if data[:4].hex() != _ERROR:
        return ""
    return words(data[4:])


def words(data: bytes) -> str:
    """A text as contracts encode it (a dynamic string, or 32 bytes); "" when it is none that may be shown."""
    raw = data[:32].rstrip(b"\0")
    if len(data) >= 64:
        length = int.from_bytes(data[32:64], "big")
        raw = data[64 : 64 + min(length, 4 * _LONGEST_WORD)]
    try:
        text = raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() and len(text) <= _LONGEST_WORD else ""
