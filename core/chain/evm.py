"""One EVM node, asked over JSON-RPC in at most three requests: its health beside the facts, then what follows from them.

What the first answer holds decides the second: for a waiting transaction the sender's numbers, for one that was undone the
reason, for one that is gone what took its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from core.chain import evm_read
from core.chain.asking import Odd
from core.chain.client import SourceClient, digits
from core.chain.jsonrpc import Call, batch, good, maybe
from core.chain.mined import Mined
from core.chain.seen import EvmBody, FirstSeen, Replacement, SeenEvm, Transfer
from core.chain.shapes import record

_SYMBOL: Final = "0x95d89b41"
"""Selector of symbol(): what a token calls itself."""
_MOST_SYMBOLS: Final = 3
_POINTS: Final = 15
"""Heights that are asked at once when a block is searched: four rounds for fifty thousand blocks."""
_ROUNDS: Final = 4


class EvmNode(SourceClient):
    """A node of one EVM chain."""

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> SeenEvm:
        """What the node knows of a transaction.

        Raises:
            ValueError: the id is not one.
            Unavailable: the node cannot tell; a node of another chain counts as that.
        """
        transaction_id = f"0x{digits(transaction_id)}"
        seen, transaction = await self._first(transaction_id, before)
        if seen.block is not None:
            return await self._mined(seen, transaction)
        if seen.body is not None:
            return await self._waiting(seen, seen.body)
        if before is not None and isinstance(before.body, EvmBody):
            return await self._gone(seen, before.body, before.height)
        return seen

    async def mined(self, number: int | None) -> Mined:
        """The block of this number, the newest for None. Raises Unavailable."""
        which = "latest" if number is None else hex(number)
        (told,) = await self._call(("eth_getBlockByNumber", [which, False]))
        found = record(good(told))
        ids = tuple(map(str, found.get("transactions") or ()))
        height, at = (evm_read.quantity(found.get(name)) for name in ("number", "timestamp"))
        return Mined(height, str(found.get("hash")), str(found.get("parentHash")), ids, float(at))

    async def _call(self, *calls: Call) -> list[Any]:
        return await batch(self._asking, self._url, calls)

    async def _first(
        self, transaction_id: str, before: FirstSeen | None
    ) -> tuple[SeenEvm, Mapping[str, Any] | None]:
        # The receipt before the newest block: a block that arrives between them must not make the count zero.
        then = before.block if before is not None else None
        told = await self._call(
            ("eth_getTransactionByHash", [transaction_id]),
            ("eth_getTransactionReceipt", [transaction_id]),
            ("eth_getBlockByNumber", ["latest", False]),
            ("eth_syncing", []),
            ("eth_chainId", []),
            ("eth_getBlockByNumber", ["safe", False]),
            ("eth_getBlockByNumber", ["finalized", False]),
            ("eth_feeHistory", ["0xa", "latest", [10]]),
            *([("eth_getBlockByNumber", [hex(then.number), False])] if then else []),
        )
        if self.source.network.chain_id not in (0, evm_read.quantity(good(told[4]))):
            raise Odd
        return evm_read.seen(told, then), good(told[0])

    async def _mined(self, seen: SeenEvm, transaction: Mapping[str, Any] | None) -> SeenEvm:
        """Why it was undone; or what the tokens that it moved call themselves, where the exchange lists none of that name."""
        if seen.succeeded is False:
            if transaction is None or seen.block is None:
                return seen
            fields = {"from": "from", "to": "to", "value": "value", "input": "data", "gas": "gas"}
            call = {ours: transaction[name] for name, ours in fields.items() if transaction.get(name)}
            (replayed,) = await self._call(("eth_call", [call, hex(seen.block.number - 1)]))
            return replace(seen, reason=evm_read.reason(replayed))
        listed = self.source.network.tokens
        unknown = sorted({move.token for move in seen.transfers} - {"", *listed})[:_MOST_SYMBOLS]
        if not unknown:
            return seen
        calls: list[Call] = [("eth_call", [{"to": token, "data": _SYMBOL}, "latest"]) for token in unknown]
        symbols = dict(zip(unknown, map(_symbol, await self._call(*calls)), strict=True))
        return replace(seen, transfers=tuple(_named(move, symbols) for move in seen.transfers))

    async def _waiting(self, seen: SeenEvm, body: EvmBody) -> SeenEvm:
        """The sender's numbers: those in blocks, and the first that is missing."""
        told = await self._call(
            ("eth_getTransactionCount", [body.sender, "latest"]),
            ("eth_getTransactionCount", [body.sender, "pending"]),
        )
        mined, following = (None if maybe(count) is None else evm_read.quantity(count) for count in told)
        gap = mined is not None and following is not None and mined <= following < body.nonce
        return replace(seen, mined_nonce=mined, missing=following if gap else None)

    async def _gone(self, seen: SeenEvm, body: EvmBody, height: int) -> SeenEvm:
        """What took the number of a transaction that is not known any more."""
        count, taker = await self._call(
            ("eth_getTransactionCount", [body.sender, "latest"]),
            ("eth_getTransactionBySenderAndNonce", [body.sender, hex(body.nonce)]),
        )
        mined = None if maybe(count) is None else evm_read.quantity(count)
        seen = replace(seen, mined_nonce=mined)
        found = maybe(taker)
        if found is None and mined is not None and mined > body.nonce:
            found = await self._search(body, height, seen.health.latest)
        if found is None:
            return seen
        entry = record(found)
        other = Replacement(evm_read.hash_(entry.get("hash")), evm_read.body(entry), evm_read.block_of(entry))
        return replace(seen, replacement=other)

    async def _search(self, body: EvmBody, low: int, high: int) -> object | None:
        """The transaction in whose block the sender's count passed the number, for nodes without an index of senders.

        `low` is a height at which the number was still free. None when the node does not keep counts of old blocks.
        """
        for _ in range(_ROUNDS):
            if high - low <= 1:
                break
            step = max(1, (high - low) // (_POINTS + 1))
            points = list(range(low + step, high, step))[: _POINTS + 1]
            counts = await self._call(
                *[("eth_getTransactionCount", [body.sender, hex(point)]) for point in points]
            )
            for point, count in zip(points, counts, strict=True):
                if maybe(count) is None:
                    return None
                if evm_read.quantity(count) > body.nonce:
                    high = point
                    break
                low = point
        return None if high - low > 1 else await self._in_block(body, high)

    async def _in_block(self, body: EvmBody, number: int) -> object | None:
        (block,) = await self._call(("eth_getBlockByNumber", [hex(number), True]))
        for entry in record(good(block)).get("transactions") or ():
            transaction = record(entry)
            if evm_read.address(transaction.get("from")) == body.sender and (
                evm_read.quantity(transaction.get("nonce")) == body.nonce
            ):
                return transaction
        return None


def _symbol(result: object) -> str:
    data = maybe(result)
    if not isinstance(data, str) or len(data) % 2 or len(data) > 2000:
        return ""
    try:
        return evm_read.words(bytes.fromhex(data[2:]))
    except ValueError:
        return ""


def _named(move: Transfer, symbols: Mapping[str, str]) -> Transfer:
    return replace(move, symbol=symbols.get(move.token, ""))
