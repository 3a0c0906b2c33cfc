"""One Bitcoin node (Bitcoin Core, Knots, and nodes of kindred chains), asked over JSON-RPC.

A node needs `txindex=1`, or its silence means nothing; with `blockfilterindex=1` it can also name the transaction that took
the place of another after it was mined: the queue forgets its conflicts then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from core.chain import bitcoin_read as read
from core.chain.asking import Asking, require_safe
from core.chain.jsonrpc import Call, batch, good, maybe
from core.chain.mined import Mined
from core.chain.network import Source
from core.chain.seen import BitcoinBody, FirstSeen, Health, Outpoint, Replacement, SeenBitcoin

_ID: Final = re.compile(r"0x[0-9a-f]{64}")
_MOST_INPUTS: Final = 50
"""Inputs that are followed; of a transaction with more nothing is said when it has left the queue."""
_RATES: Final = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 400)
"""Steps of the queue that a node may show, satoshis for each virtual byte."""


class BitcoinNode:
    """A node. `url` must be https, or plain http to this machine, with user and password in it."""

    def __init__(self, url: str, asking: Asking, source: Source) -> None:
        """Raises ConfigError: the url would send what people ask about unencrypted over a network."""
        require_safe(url, source.name)
        self.source = source
        self._url = url
        self._asking = asking

    def __repr__(self) -> str:
        # The url holds the node's password.
        return f"BitcoinNode({self.source.name!r}, {self.source.network.name!r})"

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> SeenBitcoin:
        """What the node knows of a transaction ("0x" and 64 small hex digits).

        Raises:
            ValueError: the id is not one.
            Unavailable: the node cannot tell.
        """
        if not _ID.fullmatch(transaction_id):
            raise ValueError("a transaction id is 0x and 64 small hex digits")
        wanted = transaction_id[2:]
        then = before.block if before is not None else None
        # The transaction before the newest block: a block that arrives between them must not make the count zero.
        told = await self._call(
            ("getrawtransaction", [wanted, 2]),
            ("getmempoolentry", [wanted]),
            ("getblockchaininfo", []),
            ("getindexinfo", []),
            *([("getblockheader", [then.hash])] if then else []),
        )
        header = maybe(told[4]) if then is not None else None  # a block that it never had tells nothing
        moved = header is not None and read.block(read.record(header)) is None
        seen = SeenBitcoin(_health(good(told[2]), maybe(told[3])), moved=moved)
        found, entry = maybe(told[0]), maybe(told[1])
        if found is not None and entry is not None:
            return await self._waiting(seen, read.record(found), read.record(entry))
        if found is not None and found.get("blockhash"):
            seen = await self._mined(seen, read.record(found))
        if seen.known or before is None or not isinstance(before.body, BitcoinBody):
            return seen
        return await self._gone(seen, wanted, before.body, before.height)

    async def mined(self, number: int | None) -> Mined:
        """The block of this number, the newest for None. Raises Unavailable."""
        which: Call = ("getbestblockhash", []) if number is None else ("getblockhash", [number])
        (hash_,) = await self._call(which)
        (told,) = await self._call(("getblock", [read.hash_(good(hash_)), 1]))
        found = read.record(good(told))
        ids = tuple(f"0x{read.hash_(one)}" for one in read.items(found.get("tx")))
        return Mined(
            read.whole(found.get("height")), str(hash_), str(found.get("previousblockhash", "")), ids
        )

    async def _call(self, *calls: Call) -> list[Any]:
        return await batch(self._asking, self._url, calls)

    async def _mined(self, seen: SeenBitcoin, found: Mapping[str, Any]) -> SeenBitcoin:
        (header,) = await self._call(("getblockheader", [read.hash_(found["blockhash"])]))
        block = read.block(read.record(good(header)))
        if block is None:  # it stands in a block that was left behind
            return seen
        paid = read.body(found)
        return replace(seen, body=paid, block=block, transfers=read.transfers(paid))

    async def _waiting(
        self, seen: SeenBitcoin, found: Mapping[str, Any], entry: Mapping[str, Any]
    ) -> SeenBitcoin:
        paid = read.body(found)
        parents = list(dict.fromkeys(spent.id for spent in paid.inputs))[:_MOST_INPUTS]
        told = await self._call(
            ("getmempoolinfo", []),
            ("getmempoolinfo", [list(_RATES)]),
            *[("estimatesmartfee", [target]) for target in read.TARGETS],
            *[("getrawtransaction", [parent, 1]) for parent in parents],
        )
        pool = read.record(maybe(told[1]) or good(told[0]))
        count = 2 + len(read.TARGETS)
        guards = {
            (parent, index): script
            for parent, transaction in zip(parents, told[count:], strict=True)
            for index, script in read.scripts(maybe(transaction)).items()
        }
        replaceable = bool(pool.get("fullrbf") or entry.get("bip125-replaceable"))
        place = read.waiting(entry, pool, [maybe(estimate) for estimate in told[2:count]], replaceable)
        return replace(seen, body=read.body(found, guards), waiting=place, transfers=read.transfers(paid))

    async def _gone(self, seen: SeenBitcoin, wanted: str, body: BitcoinBody, height: int) -> SeenBitcoin:
        """What became of the inputs of a transaction that is not known any more."""
        spent = body.inputs
        if not 0 < len(spent) <= _MOST_INPUTS:
            return seen
        told = await self._call(
            ("gettxspendingprevout", [[{"txid": point.id, "vout": point.index} for point in spent]]),
            *[("gettxout", [point.id, point.index, True]) for point in spent],
        )
        unspent = [point for point, output in zip(spent, told[1:], strict=True) if maybe(output) is not None]
        if len(unspent) == len(spent):
            return replace(seen, unspent=len(spent))
        takers = [read.record(entry).get("spendingtxid") for entry in maybe(told[0]) or ()]
        taker = next((read.hash_(taker) for taker in takers if taker and taker != wanted), None)
        if taker is None:
            taker = await self._taker_in_block([point for point in spent if point not in unspent], height)
        other = await self._replacement(taker) if taker else None
        return replace(seen, unspent=len(unspent), replacement=other)

    async def _taker_in_block(self, spent: Sequence[Outpoint], height: int) -> str | None:
        """The transaction in a block since `height` that spends one of these; None without the index of block filters."""
        wanted = [f"raw({point.script})" for point in spent if point.script]
        if not wanted:
            return None
        (scan,) = await self._call(("scanblocks", ["start", wanted, max(0, height)]))
        blocks = (maybe(scan) or {}).get("relevant_blocks")
        if not blocks:
            return None
        (told,) = await self._call(("getdescriptoractivity", [blocks, wanted, False]))
        points = {(point.id, point.index) for point in spent}
        for entry in (maybe(told) or {}).get("activity") or ():
            if entry.get("type") == "spend" and (
                (entry.get("prevout_txid"), entry.get("prevout_vout")) in points
            ):
                return read.hash_(entry.get("spend_txid"))
        return None

    async def _replacement(self, taker: str) -> Replacement | None:
        (found,) = await self._call(("getrawtransaction", [taker, 1]))
        transaction = maybe(found)
        if transaction is None:
            return None
        block = None
        if transaction.get("blockhash"):
            (header,) = await self._call(("getblockheader", [read.hash_(transaction["blockhash"])]))
            block = read.block(read.record(good(header)))
        return Replacement("0x" + taker, read.body(read.record(transaction)), block)


def _health(info: object, indexes: object) -> Health:
    told = read.record(info)
    index = indexes.get("txindex") if isinstance(indexes, dict) else None
    return Health(
        syncing=told.get("initialblockdownload") is not False,
        latest=read.whole(told.get("blocks")),
        latest_at=float(read.whole(told.get("time"))),
        complete=isinstance(index, dict) and index.get("synced") is True,
    )
