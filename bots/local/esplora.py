"""A stand-in of an Esplora service (and of mempool.space's additions) on this machine, with the quirks of the real ones.

`/tx/:id/status` answers "unconfirmed" and `/outspend` "unspent" for what never existed, as the real ones do; one
backend says "spent" without saying by whom (`core_backend`). Blocks are made by `mine`, or by the clock.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar, Final

from aiohttp import web

from bots.local.loopback import HOST, Loopback

Json = dict[str, Any]
FIRST: Final = 860_000
"""The height at which it starts."""
SAMPLES: Final[Mapping[str, str]] = {
    name: sha256(f"helpline bitcoin sample: {name}".encode()).hexdigest()
    for name in ("confirmed", "confirming", "pending", "stuck", "child")
}
"""Name -> transaction id: what a demo can be asked about. Any other is unknown."""
_AGES: Final = {"confirmed": 900, "confirming": 1}
_FEES: Final = {"pending": 30_000, "stuck": 200, "child": 30_000}
_ORDINARY: Final = 4_000


def script(name: str) -> str:
    """The output script (hex) of a named holder."""
    return "0014" + sha256(name.encode()).hexdigest()[:40]


@dataclass
class Tx:
    """A transaction: what it spends (id, index), whom it pays (name, satoshis), its fee and size."""

    id: str
    spends: tuple[tuple[str, int], ...]
    pays: tuple[tuple[str, int], ...]
    fee: int = _ORDINARY
    weight: int = 560
    since: int = 0
    mined: int | None = None
    sequence: int = 0xFFFFFFFD
    ancestors: tuple[str, ...] = field(default=())


class Esplora(Loopback):
    """The service. `url` is known after `start`. `block_seconds` 0: blocks come by `mine` only."""

    largest: ClassVar[int] = 1 << 16

    def __init__(
        self, port: int = 0, now: Callable[[], float] = time.time, block_seconds: float = 0.0
    ) -> None:
        super().__init__(port)
        self._now, self._began = now, now()
        self._block_seconds = block_seconds
        self._mined = 0
        self._forks: dict[int, int] = {}
        self.known: dict[str, Tx] = {}
        self.histogram: list[list[float]] = [[60.0, 700_000], [20.0, 2_500_000], [3.0, 6_000_000]]
        self.core_backend = False
        self.down = self.behind = False
        self.asked = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}/api"

    @property
    def height(self) -> int:
        """The newest block."""
        by_clock = int((self._now() - self._began) // self._block_seconds) if self._block_seconds else 0
        return FIRST + self._mined + by_clock

    def samples(self) -> None:
        """Add the samples, each with the parent that it spends."""
        for name, id_ in SAMPLES.items():
            parent = SAMPLES["stuck"] if name == "child" else sha256(f"parent of {name}".encode()).hexdigest()
            if name != "child":
                self.add(Tx(parent, (), (("somebody", 10_000_000),), mined=FIRST - 5000))
            mined = FIRST - _AGES[name] if name in _AGES else None
            since = int(self._began) - (4 * 3600 if name == "stuck" else 300)
            pays = (("exchange", 5_000_000), ("somebody", 4_990_000))
            waits = (parent,) if name == "child" else ()
            fee = _FEES.get(name, _ORDINARY)
            self.add(Tx(id_, ((parent, 0),), pays, fee, since=since, mined=mined, ancestors=waits))

    def add(self, tx: Tx) -> Tx:
        """Put a transaction into the queue, or into its block; whatever spends the same leaves the queue."""
        for other in list(self.known.values()):
            if other.id != tx.id and other.mined is None and set(other.spends) & set(tx.spends):
                del self.known[other.id]
        self.known[tx.id] = tx
        return tx

    def drop(self, id_: str) -> None:
        """Forget a transaction, as a full or restarted node does."""
        del self.known[id_]

    def mine(self, ids: Iterable[str] = (), empty: int = 0) -> None:
        """A block with these transactions, and so many empty ones on top."""
        self._mined += 1
        for id_ in ids:
            self.known[id_].mined = self.height
        self._mined += empty

    def reorganise(self, depth: int) -> None:
        """Replace the newest blocks by others without transactions; those that were in them wait again."""
        for number in range(self.height - depth + 1, self.height + 1):
            self._forks[number] = self._forks.get(number, 0) + 1
            for tx in self.known.values():
                tx.mined = None if tx.mined == number else tx.mined
        self._mined += 1

    def hash_of(self, number: int) -> str:
        """The hash of the block of this number in the best chain."""
        return sha256(f"bitcoin block {number} {self._forks.get(number, 0)}".encode()).hexdigest()

    # --- the interface

    def _drop(self) -> None:
        """Nothing is held open."""

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked += 1
        if self.down:
            return web.Response(status=502, text="Bad Gateway")
        path = request.path.removeprefix("/api").strip("/").split("/")
        try:
            answer = self._answer(path, request.query.getall("txId[]", []))
        except KeyError as unknown:
            return web.Response(status=404, text=str(unknown.args[0]))
        except ValueError as wrong:
            return web.Response(status=400, text=str(wrong))
        if isinstance(answer, str):
            return web.Response(text=answer)
        return web.Response(text=json.dumps(answer), content_type="application/json")

    def _answer(self, path: list[str], times: list[str]) -> Any:
        match path:
            case ["tx", id_]:
                return self._tx(_hex(id_))
            case ["tx", id_, "status"]:
                tx = self.known.get(_hex(id_))
                return self._status(tx) if tx else {"confirmed": False}
            case ["tx", id_, "outspend", index]:
                return self._outspend(_hex(id_), int(index))
            case ["blocks"]:
                return [self._block(number) for number in range(self.height, self.height - 10, -1)]
            case ["blocks", number] if number.isdigit():
                return [self._block(int(number))] if int(number) <= self.height else []
            case ["blocks", "tip", "height"]:
                return str(self.height)
            case ["blocks", "tip", "hash"]:
                return self.hash_of(self.height)
            case ["block-height", number]:
                return self.hash_of(int(number))
            case ["block", hash_, "status"]:
                return {"in_best_chain": self._number(_hex(hash_)) is not None}
            case ["block", hash_, "txids"]:
                at = self._number(_hex(hash_))
                return [tx.id for tx in self.known.values() if at is not None and tx.mined == at]
            case ["mempool"]:
                return {"count": 1, "vsize": 9_000_000, "total_fee": 1, "fee_histogram": self.histogram}
            case ["v1", "cpfp", id_]:
                return self._cpfp(_hex(id_))
            case ["v1", "transaction-times"]:
                return [self.known[one].since if one in self.known else 0 for one in times]
            case ["v1", "fees", "recommended"]:
                return {"fastestFee": 62, "halfHourFee": 40, "hourFee": 21, "economyFee": 4, "minimumFee": 1}
        raise KeyError("Not found")

    def _tx(self, id_: str) -> Json:
        tx = self.known.get(id_)
        if tx is None:
            raise KeyError("Transaction not found")
        return {
            "txid": tx.id, "version": 2, "locktime": 0, "size": tx.weight // 3, "weight": tx.weight, "fee": tx.fee,
            "vin": [self._input(*spent, tx.sequence) for spent in tx.spends] or [{"is_coinbase": True, "sequence": 0}],
            "vout": [
                {"scriptpubkey": script(name), "scriptpubkey_address": f"bc1q{name}", "value": value}
                for name, value in tx.pays
            ],
            "status": self._status(tx),
        }  # fmt: skip

    def _input(self, id_: str, index: int, sequence: int) -> Json:
        parent = self.known.get(id_)
        prevout = {"scriptpubkey": script(parent.pays[index][0])} if parent else None
        return {"txid": id_, "vout": index, "sequence": sequence, "is_coinbase": False, "prevout": prevout}

    def _status(self, tx: Tx) -> Json:
        if tx.mined is None:
            return {"confirmed": False}
        block = self._block(tx.mined)
        return {
            "confirmed": True,
            "block_height": tx.mined,
            "block_hash": block["id"],
            "block_time": block["timestamp"],
        }

    def _outspend(self, id_: str, index: int) -> Json:
        if id_ not in self.known:
            return {"spent": self.core_backend}
        for tx in self.known.values():
            if (id_, index) in tx.spends:
                vin = tx.spends.index((id_, index))
                return {"spent": True, "txid": tx.id, "vin": vin, "status": self._status(tx)}
        return {"spent": False}

    def _block(self, number: int) -> Json:
        newest = self._began if not self._block_seconds else self._began + (
            (self._now() - self._began) // self._block_seconds * self._block_seconds
        )  # fmt: skip
        at = newest - (self.height - number) * 600 - (7200 * 3 if self.behind else 0)
        before = self.hash_of(number - 1)
        return {
            "id": self.hash_of(number),
            "height": number,
            "timestamp": int(at),
            "previousblockhash": before,
        }

    def _number(self, hash_: str) -> int | None:
        recent = range(self.height, self.height - 2000, -1)
        return next((number for number in recent if self.hash_of(number) == hash_), None)

    def _cpfp(self, id_: str) -> Json:
        tx = self.known.get(id_)
        if tx is None:
            return {"ancestors": []}
        ancestors = [{"txid": a} for a in tx.ancestors if a in self.known and self.known[a].mined is None]
        return {"ancestors": ancestors, "descendants": [], "effectiveFeePerVsize": tx.fee / (tx.weight / 4)}


def _hex(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError("Invalid hex string")
    return text
