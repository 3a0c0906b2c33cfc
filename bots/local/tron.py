"""A stand-in of a TRON node on this machine, with the quirks of the real one.

200 with `{}` for what it does not know and for what is not yet executed, 200 with `{"Error": ...}` for its own troubles,
no `result` for success, `SUCESS` where an older answer spells it so, messages in hex, and a solid twin of each answer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Final

from aiohttp import web

from bots.local.loopback import HOST, Loopback
from core import base58

Json = dict[str, Any]
FIRST: Final = 66_000_000
"""The height at which it starts."""
SOLID: Final = 19
"""Blocks behind the newest one until a block cannot be undone."""
BLOCK_SECONDS: Final = 3.0
CONTRACT: Final = "a614f803b6fd780986a42c78ec9c7f77e6ded13c"
"""A token's contract, as events name it: without the 41 in front."""
_EVENT: Final = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
SAMPLES: Final[Mapping[str, str]] = {
    name: sha256(f"helpline tron sample: {name}".encode()).hexdigest()
    for name in ("solid", "executed", "pending", "out_of_energy", "expired")
}
"""Name -> transaction id: what a demo can be asked about. Any other is unknown."""


def account(name: str) -> str:
    """The address of a named holder."""
    return base58.encode_checked(b"\x41" + sha256(name.encode()).digest()[:20])


@dataclass
class Tx:
    """A transaction. `mined`: the block in which it was executed. `result` as in the receipt, "" for none."""

    id: str
    expiration: float
    token: bool = True
    mined: int | None = None
    result: str = "SUCCESS"
    message: str = ""
    queued_only: bool = False
    spelling: str = ""


class Tron(Loopback):
    """The node. Blocks come by the clock, one in three seconds."""

    largest: ClassVar[int] = 1 << 16

    def __init__(self, port: int = 0, now: Callable[[], float] = time.time) -> None:
        super().__init__(port)
        self._now, self._began = now, now()
        self.known: dict[str, Tx] = {}
        self.down = self.behind = self.failing = False
        self.fork = 0
        self.asked = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    @property
    def height(self) -> int:
        """The newest block."""
        return FIRST + int((self._now() - self._began) // BLOCK_SECONDS)

    def add(self, tx: Tx) -> Tx:
        """Make a transaction known."""
        self.known[tx.id] = tx
        return tx

    def samples(self) -> None:
        """Add the samples."""
        ids, soon = SAMPLES, self._began + 24 * 3600
        self.add(Tx(ids["solid"], soon, mined=FIRST - 400))
        self.add(Tx(ids["executed"], soon, mined=FIRST - 2))
        self.add(Tx(ids["pending"], soon))
        why = "Not enough energy for 'SSTORE' operation executing"
        self.add(Tx(ids["out_of_energy"], soon, mined=FIRST - 90, result="OUT_OF_ENERGY", message=why))
        self.add(Tx(ids["expired"], self._began - 3600))

    # --- the interface

    def _drop(self) -> None:
        """Nothing is held open."""

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked += 1
        if self.down:
            return web.Response(status=503)
        if request.method != "POST":
            return web.Response(status=405)
        if self.failing:
            return _json({"Error": "class java.lang.NullPointerException : null"})
        try:
            asked = json.loads(await request.read())
        except ValueError:
            return _json({"Error": "class com.alibaba.fastjson.JSONException : syntax error"})
        return _json(self._answer(request.path, asked))

    def _answer(self, path: str, asked: Json) -> Json:
        tx = self.known.get(str(asked.get("value", "")))
        match path:
            case "/wallet/getnowblock":
                return self._head(self.height)
            case "/walletsolidity/getnowblock":
                return self._head(self.height - SOLID)
            case "/wallet/getblockbynum":
                return self._head(int(asked["num"])) if int(asked["num"]) <= self.height else {}
            case "/wallet/getblock":
                return self._head(int(asked["id_or_num"]))
            case "/wallet/gettransactionbyid":
                return self._made(tx) if tx and not tx.queued_only else {}
            case "/wallet/gettransactionfrompending":
                return self._made(tx) if tx and tx.mined is None and self._now() < tx.expiration else {}
            case "/wallet/gettransactioninfobyid":
                return self._info(tx, self.height)
            case "/walletsolidity/gettransactioninfobyid":
                return self._info(tx, self.height - SOLID)
        return {"Error": "no such method"}

    def _head(self, number: int) -> Json:
        at = self._began + (number - FIRST) * BLOCK_SECONDS - (3600 if self.behind else 0)
        raw = {"number": number, "timestamp": int(at * 1000), "parentHash": self._hash(number - 1)}
        block: Json = {"blockID": self._hash(number), "block_header": {"raw_data": raw}}
        made = [self._made(tx) for tx in self.known.values() if tx.mined == number]
        return block | ({"transactions": made} if made else {})

    def _hash(self, number: int) -> str:
        return f"{number:016x}" + sha256(f"tron {number} {self.fork}".encode()).hexdigest()[16:]

    def _made(self, tx: Tx) -> Json:
        owner, to = account("sender"), account("exchange")
        if tx.token:
            value: Json = {"owner_address": owner, "contract_address": "T…", "data": "a9059cbb"}
            kind = "TriggerSmartContract"
        else:
            value, kind = {"owner_address": owner, "to_address": to, "amount": 5_000_000}, "TransferContract"
        contract = [{"type": kind, "parameter": {"value": value}}]
        made: Json = {
            "txID": tx.id,
            "raw_data": {"contract": contract, "expiration": int(tx.expiration * 1000)},
        }
        if tx.mined is not None:
            made["ret"] = [{"contractRet": tx.result or "SUCCESS"}]
        return made

    def _info(self, tx: Tx | None, until: int) -> Json:
        """{} for what is unknown and for what is not executed up to that block: nobody can tell them apart here."""
        if tx is None or tx.mined is None or tx.mined > until:
            return {}
        at = int((self._began + (tx.mined - FIRST) * BLOCK_SECONDS) * 1000)
        info: Json = {"id": tx.id, "fee": 345_000, "blockNumber": tx.mined, "blockTimeStamp": at}
        info["receipt"] = {"net_usage": 345} | ({"result": tx.result} if tx.token else {})
        failed = tx.result != "SUCCESS"
        if failed:
            info |= {"result": "FAILED", "resMessage": tx.message.encode().hex()}
        elif tx.spelling:
            info["result"] = tx.spelling
        if tx.token and not failed:
            info["log"] = [_log("sender", "exchange", 25_000_000)]
        return info


def _log(sender: str, to: str, amount: int) -> Json:
    topics = [_EVENT, *("0" * 24 + base58.checked(account(name))[1:].hex() for name in (sender, to))]  # type: ignore[index]
    return {"address": CONTRACT, "topics": topics, "data": f"{amount:064x}"}


def _json(value: Json) -> web.Response:
    return web.Response(text=json.dumps(value), content_type="application/json")
