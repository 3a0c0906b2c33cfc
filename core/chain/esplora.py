"""A source of Bitcoin or its kin by the Esplora interface, which mempool.space speaks, too.

Two of its answers look like facts and are none: `/tx/:id/status` says "unconfirmed" and `/outspend` says "unspent" of a
transaction that never existed (one backend says "spent", by nobody). So a transaction counts as known only after
`GET /tx/:id` has shown it, and an output as unspent only after its own transaction has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from core.chain.asking import Asking, Odd
from core.chain.client import DEADLINE, WholeClient
from core.chain.mined import Mined
from core.chain.network import Source
from core.chain.seen import (
    DOWN,
    BitcoinBody,
    Block,
    FirstSeen,
    Health,
    Outpoint,
    Output,
    Replacement,
    SeenBitcoin,
    Transfer,
    Waiting,
)
from core.chain.shapes import bare_hash, whole

_BLOCK: Final = 1_000_000
"""Virtual bytes that fit into a block."""
_PARENTS: Final = 5
"""Inputs whose transactions are asked for, when the service cannot name the parents itself."""
_INPUTS: Final = 12
"""Inputs of a vanished transaction that are followed; with more we do not say "unspent"."""


class EsploraSource(WholeClient[SeenBitcoin]):
    """A service of this interface. `mempool_space`: whether it has that project's additions under /v1.

    `deadline`: seconds for the whole of a question.
    """

    def __init__(
        self,
        url: str,
        asking: Asking,
        source: Source,
        deadline: float = DEADLINE,
        *,
        mempool_space: bool = False,
    ) -> None:
        """Raises ConfigError: as every client."""
        super().__init__(url, asking, source, deadline, SeenBitcoin(DOWN))
        self._more = mempool_space

    async def _see(self, wanted: str, before: FirstSeen | None) -> SeenBitcoin:
        # The transaction before the newest block: a block that arrives between them must not make the count zero.
        told, moved = await asyncio.gather(self._get(f"/tx/{wanted}"), self._moved(before))
        health = await self._health()
        if told is None:
            gone = before.body if before and isinstance(before.body, BitcoinBody) else None
            seen = SeenBitcoin(health, moved=moved)
            return await self._what_became(seen, wanted, gone) if gone else seen
        if told["txid"] != wanted:
            raise Odd
        body, block = _body(told), _block(told["status"])
        seen = SeenBitcoin(health, body, block, None, moved, transfers=_transfers(body))
        return seen if block else replace(seen, waiting=await self._waiting(told, wanted))

    async def _block_at(self, number: int | None) -> Mined:
        found = (await self._get("/blocks" if number is None else f"/blocks/{number}"))[0]
        hash_ = bare_hash(found["id"])
        ids = await self._get(f"/block/{hash_}/txids")
        inside = tuple(f"0x{bare_hash(one)}" for one in ids)
        height, at = whole(found["height"]), float(whole(found["timestamp"]))
        return Mined(height, hash_, bare_hash(found["previousblockhash"]), inside, at)

    async def _get(self, path: str) -> Any:
        """The JSON of a good answer, None when the service says 404."""
        answer = await self._asking.get(self._url + path)
        return None if answer.status == 404 else answer.json()

    async def _health(self) -> Health:
        newest = (await self._get("/blocks"))[0]
        return Health(latest=whole(newest["height"]), latest_at=float(whole(newest["timestamp"])))

    async def _moved(self, before: FirstSeen | None) -> bool:
        """Whether the block in which it was seen last is not in the best chain any more."""
        if before is None or before.block is None:
            return False
        status = await self._get(f"/block/{bare_hash(before.block.hash)}/status")
        return (
            status is not None and status["in_best_chain"] is False
        )  # None: it is behind, and tells nothing

    # --- in the queue

    async def _waiting(self, told: Mapping[str, Any], wanted: str) -> Waiting:
        fee, size = whole(told["fee"]), max(1.0, whole(told["weight"]) / 4)
        queue, family, floor, since = await asyncio.gather(
            self._get("/mempool"), self._family(told, wanted), self._floor(), self._since(wanted)
        )
        rate, parents = family
        rate = max(fee / size, rate)
        steps = [(float(at), float(bytes_)) for at, bytes_ in queue["fee_histogram"]]
        ahead = sum(bytes_ for at, bytes_ in steps if at > rate)
        return Waiting(
            rate=rate,
            fee=fee,
            size=round(size),
            since=since,
            parents=parents,
            replaceable=any(whole(spent["sequence"]) < 0xFFFFFFFE for spent in told["vin"]),
            position=int(ahead / _BLOCK) + 1,
            floor=floor,
            next_rate=_next_rate(steps),
        )

    async def _family(self, told: Mapping[str, Any], wanted: str) -> tuple[float, tuple[str, ...]]:
        """The rate with the help of its family (0 when not told), and the parents that wait, too."""
        if self._more:
            family = await self._get(f"/v1/cpfp/{wanted}")
            parents = tuple(bare_hash(one["txid"]) for one in family["ancestors"])
            return float(family.get("effectiveFeePerVsize") or 0), parents
        asked = list(dict.fromkeys(bare_hash(spent["txid"]) for spent in told["vin"]))[:_PARENTS]
        found = await asyncio.gather(*(self._get(f"/tx/{parent}") for parent in asked))
        waiting = [p for p, one in zip(asked, found, strict=True) if one and not one["status"]["confirmed"]]
        return 0.0, tuple(waiting)

    async def _floor(self) -> float:
        """The lowest rate that it keeps; 0 when it does not tell."""
        if not self._more:
            return 0.0
        return float((await self._get("/v1/fees/recommended"))["minimumFee"])

    async def _since(self, wanted: str) -> float:
        """When it first had the transaction; 0 when it does not tell."""
        if not self._more:
            return 0.0
        times = await self._get(f"/v1/transaction-times?txId[]={wanted}")
        return float(whole(times[0]))

    # --- gone

    async def _what_became(self, seen: SeenBitcoin, wanted: str, gone: BitcoinBody) -> SeenBitcoin:
        """Follow the inputs: whoever spends one of them took its place; all unspent, and it was dropped."""
        if not 0 < len(gone.inputs) <= _INPUTS:
            return seen
        spenders = await asyncio.gather(*(self._spender(spent) for spent in gone.inputs))
        by = next((one for one in spenders if one), "")
        if by == wanted or (not by and None in spenders):
            return seen
        if not by:
            return replace(seen, unspent=len(gone.inputs))
        other = await self._get(f"/tx/{by}")
        if other is None or other["txid"] != by:
            return seen
        return replace(seen, replacement=Replacement(f"0x{by}", _body(other), _block(other["status"])))

    async def _spender(self, spent: Outpoint) -> str | None:
        """The transaction that spends an output, "" while nobody does, None when that cannot be told."""
        known, told = await asyncio.gather(
            self._get(f"/tx/{spent.id}"),
            self._get(f"/tx/{spent.id}/outspend/{spent.index}"),
        )
        if known is None or told is None:
            return None
        if told["spent"] is False:
            return ""
        return bare_hash(told["txid"]) if told.get("txid") else None


def _body(told: Mapping[str, Any]) -> BitcoinBody:
    coinbase = any(spent.get("is_coinbase") is True for spent in told["vin"])
    inputs = () if coinbase else tuple(_input(spent) for spent in told["vin"])
    return BitcoinBody(inputs, tuple(_output(paid) for paid in told["vout"]), coinbase)


def _input(spent: Mapping[str, Any]) -> Outpoint:
    return Outpoint(
        bare_hash(spent["txid"]),
        whole(spent["vout"]),
        str((spent.get("prevout") or {}).get("scriptpubkey", "")),
    )


def _output(paid: Mapping[str, Any]) -> Output:
    return Output(
        str(paid["scriptpubkey"]), whole(paid["value"]), str(paid.get("scriptpubkey_address") or "")
    )


def _block(status: Mapping[str, Any]) -> Block | None:
    if status["confirmed"] is not True:
        return None
    return Block(whole(status["block_height"]), bare_hash(status["block_hash"]), float(status["block_time"]))


def _transfers(body: BitcoinBody) -> tuple[Transfer, ...]:
    return tuple(Transfer(output.address, output.value) for output in body.outputs if output.address)


def _next_rate(steps: Sequence[tuple[float, float]]) -> float:
    """The lowest rate that the next block would hold, by the histogram (falling rates); 0 when it is not full."""
    ahead = 0.0
    for rate, bytes_ in steps:
        ahead += bytes_
        if ahead >= _BLOCK:
            return rate
    return 0.0
