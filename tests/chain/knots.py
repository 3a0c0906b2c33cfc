"""A real Bitcoin node (Bitcoin Knots, regtest) for the tests, and the test's own hands on it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.chain.asking import Asking
from core.chain.bitcoin import BitcoinNode
from core.chain.look_up import look_up
from core.chain.network import Network, Source
from core.chain.seen import Expected, FirstSeen
from core.chain.snapshot import from_text, remember, to_text
from core.chain.verdict import Verdict
from tests.ports import free_port

BINARY = Path(__file__).resolve().parents[2] / ".cache" / "tools" / "bitcoin" / "bitcoind"
REGTEST = Network("Bitcoin", "bitcoin", credit=2, unlock=3, block_seconds=600, stale_after=7200, coin="BTC")
FEE = 0.0001
USED: set[str] = set()
"""Coins that a test has spent, by the transaction that made them: the node is the same for all tests."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A fresh node with both indexes on a free port of this machine."""
    if not BINARY.exists():
        reason = "the Bitcoin node is not here: run scripts/tools"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    port = free_port()
    options = {
        "regtest": 1, "datadir": folder, "listen": 0, "connect": 0, "rpcbind": "127.0.0.1", "rpcallowip": "127.0.0.1",
        "rpcport": port, "rpcuser": "u", "rpcpassword": "p", "txindex": 1, "blockfilterindex": 1, "persistmempool": 0,
        "fallbackfee": FEE,
    }  # fmt: skip
    process = subprocess.Popen(
        [str(BINARY), *(f"-{name}={value}" for name, value in options.items())],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://u:p@127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@dataclass
class Coins:
    """The test's own hands on the node: every payment spends a coin that no other one touches."""

    url: str
    session: aiohttp.ClientSession
    asking: Asking
    home: str = ""

    @property
    def node(self) -> BitcoinNode:
        return BitcoinNode(self.url, self.asking, Source("knots", REGTEST, own=True))

    async def rpc(self, method: str, *params: object) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        async with self.session.post(self.url, json=body) as answer:
            told = await answer.json()
        assert told.get("error") is None, told
        return told["result"]

    async def ready(self) -> None:
        """Wait until it answers; a wallet with grown-up coins."""
        for _ in range(2000):
            try:
                await self.rpc("getblockchaininfo")
                break
            except (aiohttp.ClientError, AssertionError):
                time.sleep(0.05)
        if not await self.rpc("listwallets"):
            await self.rpc("createwallet", "w")
            self.home = await self.address()
            await self.rpc("generatetoaddress", 125, self.home)
        else:
            self.home = await self.address()

    async def address(self) -> str:
        return str(await self.rpc("getnewaddress"))

    async def mine(self, blocks: int = 1) -> None:
        await self.rpc("generatetoaddress", blocks, self.home)

    async def coin(self) -> Mapping[str, Any]:
        """A confirmed coin that was not used before."""
        for coin in await self.rpc("listunspent", 1):
            if coin["txid"] not in USED and coin["amount"] in (50, 25):
                USED.add(coin["txid"])
                return dict(coin)
        raise AssertionError("no coin is left")

    async def pay(self, coin: Mapping[str, Any], *to: str, fee: float = FEE) -> str:
        """Send a coin: 1 to each, the rest of it to the last, which is the change. The id as people write it."""
        rest = round(coin["amount"] - (len(to) - 1) - fee, 8)
        paid = [{address: 1 if place < len(to) - 1 else rest} for place, address in enumerate(to)]
        raw = await self.rpc(
            "createrawtransaction",
            [{"txid": coin["txid"], "vout": coin["vout"], "sequence": 0xFFFFFFFD}],
            paid,
        )
        signed = await self.rpc("signrawtransactionwithwallet", raw)
        return "0x" + str(await self.rpc("sendrawtransaction", signed["hex"]))

    async def now(self) -> float:
        return float((await self.rpc("getblockchaininfo"))["time"]) + 5

    async def first_seen(self, id_: str, before: FirstSeen | None = None) -> FirstSeen:
        """The snapshot as it would come back from its row."""
        first = remember(await self.node.see(id_, before), "Bitcoin", id_, await self.now(), before)
        assert first is not None
        return from_text(to_text(first))

    async def ask(
        self, id_: str, before: FirstSeen | None = None, expected: Expected | None = None, ahead: float = 0
    ) -> Verdict:
        now = await self.now() + ahead
        return await look_up([self.node], id_, lambda: now, before, expected or Expected())
