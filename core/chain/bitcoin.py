"""One Bitcoin node (Bitcoin Core, Knots, and nodes of kindred chains), asked over JSON-RPC.

A node needs `txindex=1`, or its silence means nothing; with `blockfilterindex=1` it can also name the transaction that took
the place of another after it was mined: the queue forgets its conflicts then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from core.chain import bitcoin_read as read
from core.chain.client import SourceClient, digits
from core.chain.jsonrpc import Call, batch, good, maybe
from core.chain.mined import Mined
from core.chain.seen import BitcoinBody, FirstSeen, Health, Outpoint, Replacement, SeenBitcoin
from core.chain.shapes import bare_hash, items, record, whole

_MOST_INPUTS: Final = 50
"""Inputs that are followed; of a transaction with more nothing is said when it has left the queue."""
_MOST_SCANNED: Final = 1000
"""Blocks that are searched for the transaction that took the place of another: about a week."""
_RATES: Final = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 400)
"""Steps of the queue that a node may show, satoshis for each virtual byte."""


class BitcoinNode(SourceClient):
    """A node. The url holds user and password."""

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> SeenBitcoin:
        """What the node knows of a transaction.

        Raises:
            ValueError: the id is not one.
            Unavailable: the node cannot tell.
        """
        wanted = digits(transaction_id)
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
        moved = header is not None and read.block(record(header)) is None
        seen = SeenBitcoin(_health(good(told[2]), maybe(told[3])), moved=moved)
        found, entry = maybe(told[0]), maybe(told[1])
        if found is not None and entry is not None:
            return await self._waiting(seen, record(found), record(entry))
        if found is not None and found.get("blockhash"):
            seen = await self._mined(seen, record(found))
        if seen.known or before is None or not isinstance(before.body, BitcoinBody):
            return seen
        return await self._gone(seen, wanted, before.body, before.height)

    async def mined(self, number: int | None) -> Mined:
        """The block of this number, the newest for None. Raises Unavailable."""
        which: Call = ("getbestblockhash", []) if number is None else ("getblockhash", [number])
        (hash_,) = await self._call(which)
        (told,) = await self._call(("getblock", [bare_hash(good(hash_)), 1]))
        found = record(good(told))
        ids = tuple(f"0x{bare_hash(one)}" for one in items(found.get("tx")))
        height, at = whole(found.get("height")), float(whole(found.get("time")))
        return Mined(height, str(hash_), str(found.get("previousblockhash", "")), ids, at)

    async def _call(self, *calls: Call) -> list[Any]:
        return await batch(self._asking, self._url, calls)

    async def _mined(self, seen: SeenBitcoin, found: Mapping[str, Any]) -> SeenBitcoin:
        (header,) = await self._call(("getblockheader", [bare_hash(found["blockhash"])]))
        block = read.block(record(good(header)))
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
        pool = record(maybe(told[1]) or good(told[0]))
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
        takers = [record(entry).get("spendingtxid") for entry in maybe(told[0]) or ()]
        taker = next((bare_hash(taker) for taker in takers if taker and taker != wanted), None)
        if taker is None:
            since = max(0, height, seen.health.latest - _MOST_SCANNED)
            taker = await self._taker_in_block([point for point in spent if point not in unspent], since)
        other = await self._replacement(taker) if taker else None
        return replace(seen, unspent=len(unspent), replacement=other)

    async def _taker_in_block(self, spent: Sequence[Outpoint], height: int) -> str | None:
        """The transaction in a block since `height` that spends one of these; None without the index of block filters."""
        wanted = [f"raw({point.script})" for point in spent if point.script]
        if not wanted:
            return None
        (scan,) = await self._call(("scanblocks", ["start", wanted, height]))
        blocks = (maybe(scan) or {}).get("relevant_blocks")
        if not blocks:
            return None
        (told,) = await self._call(("getdescriptoractivity", [blocks, wanted, False]))
        points = {(point.id, point.index) for point in spent}
        for entry in (maybe(told) or {}).get("activity") or ():
            if entry.get("type") == "spend" and (
                (entry.get("prevout_txid"), entry.get("prevout_vout")) in points
            ):
                return bare_hash(entry.get("spend_txid"))
        return None

    async def _replacement(self, taker: str) -> Replacement | None:
        (found,) = await self._call(("getrawtransaction", [taker, 1]))
        transaction = maybe(found)
        if transaction is None:
            return None
        block = None
        if transaction.get("blockhash"):
            (header,) = await self._call(("getblockheader", [bare_hash(transaction["blockhash"])]))
            block = read.block(record(good(header)))
        return Replacement("0x" + taker, read.body(record(transaction)), block)


def _health(info: object, indexes: object) -> Health:
    told = record(info)
    index = indexes.get("txindex") if isinstance(indexes, dict) else None
    return Health(
        syncing=told.get("initialblockdownload") is not False,
        latest=whole(told.get("blocks")),
        latest_at=float(whole(told.get("time"))),
        complete=isinstance(index, dict) and index.get("synced") is True,
    )
