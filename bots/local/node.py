"""A small EVM node on this machine, for trying Helpline without a network: four sample transactions, real JSON-RPC.

Time moves its chain: a block every twelve seconds. So "3 of 12" becomes "4 of 12" while you look. It can be told
to break, to see what the bot says then.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from aiohttp import web

CHAIN_ID: Final = 31_337
BLOCK_SECONDS: Final = 12.0
_FIRST: Final = 21_000_000
"""The height at which the node starts."""
_HOUR_BEHIND: Final = 3600.0

SAMPLES: Final[Mapping[str, str]] = {
    name: "0x" + sha256(f"helpline sample: {name}".encode()).hexdigest()
    for name in ("confirmed", "confirming", "pending", "reverted")
}
"""Name -> transaction hash: one of each that a person may ask about. Any other hash is unknown."""

_DEPTH: Final = {"confirmed": 5000, "confirming": 2, "reverted": 40}
"""Blocks on top of a sample's own when the node starts: 2 means three confirmations."""

Fault = Literal["", "down", "behind", "syncing"]


@dataclass(slots=True)
class _State:
    fault: Fault = ""
    asked: int = 0


class Node:
    """The node. `port` 0 takes a free one; `url` is known after `start`."""

    def __init__(self, port: int = 0, now: Callable[[], float] = time.time) -> None:
        self._port = port
        self._now = now
        self._began = now()
        self._state = _State()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen on 127.0.0.1."""
        application = web.Application(client_max_size=1 << 16)
        application.router.add_post("/", self._answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def down(self) -> None:
        """From now on every request is answered with an error."""
        self._state.fault = "down"

    def behind(self) -> None:
        """From now on the newest block is an hour old."""
        self._state.fault = "behind"

    def syncing(self) -> None:
        """From now on the node says that it is still catching up."""
        self._state.fault = "syncing"

    def well(self) -> None:
        """End every fault."""
        self._state.fault = ""

    @property
    def asked(self) -> int:
        """How many requests have come."""
        return self._state.asked

    @property
    def height(self) -> int:
        """The number of the newest block."""
        return _FIRST + int((self._now() - self._began) // BLOCK_SECONDS)

    async def _answer(self, request: web.Request) -> web.Response:
        self._state.asked += 1
        if self._state.fault == "down":
            return web.Response(status=503, text="the node is down")
        try:
            asked = json.loads(await request.read())
        except ValueError:
            return web.json_response(_error(None, -32700, "parse error"))
        if isinstance(asked, list):
            return web.json_response([self._one(call) for call in asked])
        return web.json_response(self._one(asked))

    def _one(self, call: object) -> dict[str, object]:
        if not isinstance(call, dict):
            return _error(None, -32600, "invalid request")
        params = call.get("params") or [""]
        match call.get("method"):
            case "eth_getTransactionByHash":
                result = self._transaction(params[0])
            case "eth_getTransactionReceipt":
                result = self._receipt(params[0])
            case "eth_getBlockByNumber":
                result = self._block(params[0])
            case "eth_getTransactionCount":
                result = "0x0"
            case "eth_blockNumber":
                result = hex(self.height)
            case "eth_syncing":
                result = (
                    {"currentBlock": "0x1", "highestBlock": "0x2"}
                    if self._state.fault == "syncing"
                    else False
                )
            case "eth_chainId":
                result = hex(CHAIN_ID)
            case method:
                return _error(call.get("id"), -32601, f"the method {method} does not exist")
        return {"jsonrpc": "2.0", "id": call.get("id"), "result": result}

    def _block(self, which: object) -> object:
        """The newest block, or one by its number; this chain calls none safe or finalized."""
        if which == "latest":
            number = self.height
        elif isinstance(which, str) and which.startswith("0x") and int(which, 16) <= self.height:
            number = int(which, 16)
        else:
            return None
        at = self._began + (number - _FIRST) * BLOCK_SECONDS
        if self._state.fault == "behind":
            at -= _HOUR_BEHIND
        inside = [SAMPLES[name] for name, depth in _DEPTH.items() if _FIRST - depth == number]
        return {
            "number": hex(number),
            "timestamp": hex(int(at)),
            "hash": _hash(number),
            "parentHash": _hash(number - 1),
            "transactions": inside,
        }

    def _transaction(self, transaction_id: object) -> object:
        name = _name(transaction_id)
        if name is None:
            return None
        mined = _FIRST - _DEPTH[name] if name in _DEPTH else None
        return {
            "hash": transaction_id,
            "blockNumber": None if mined is None else hex(mined),
            "blockHash": None if mined is None else _hash(mined),
            "from": "0x" + "a1" * 20,
            "to": "0x" + "b2" * 20,
            "value": hex(10**18),
            "nonce": "0x0",
        }

    def _receipt(self, transaction_id: object) -> object:
        name = _name(transaction_id)
        if name not in _DEPTH:
            return None
        mined = _FIRST - _DEPTH[name]
        status = "0x0" if name == "reverted" else "0x1"
        common = {"transactionHash": transaction_id, "gasUsed": hex(21_000), "logs": []}
        return {**common, "blockNumber": hex(mined), "blockHash": _hash(mined), "status": status}


def _name(transaction_id: object) -> str | None:
    return next((name for name, known in SAMPLES.items() if known == transaction_id), None)


def _hash(number: int) -> str:
    return "0x" + sha256(f"helpline block {number}".encode()).hexdigest()


def _error(number: object, code: int, message: str) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}}
